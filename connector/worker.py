"""Who does the work? A crew that asks providers, a crew that tells platforms, and a broom."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

from connector.core.model import Change, Delivery, DeliveryChange, Operation
from connector.crew import Crew
from connector.engine import Engine

HOUR = 3600.0
TELLERS = 4  # at least; else as many threads tell as ask, and a host holds a quarter of them

log = logging.getLogger(__name__)


class Worker:
    """Works until ``stop``; calls in flight then end, and are saved, before ``run`` returns.

    ``threads`` calls are made at once; no provider gets more than half of them while there are
    others, so that a slow one does not stop the rest. Messages have threads of their own, and no
    host that is told gets more than a quarter of these: anyone may name one that never answers.
    """

    def __init__(self, engine: Engine, threads: int = 16) -> None:
        self._engine = engine
        alone = len(engine.parts.manifests) == 1
        most = threads if alone else max(1, threads // 2)
        self._asking: Crew[Operation, Change] = Crew(
            "ask", threads, self._turn, engine.ask, lambda op: op.provider, most
        )
        tellers = max(TELLERS, threads)
        self._telling: Crew[Delivery, DeliveryChange] = Crew(
            "tell", tellers, self._told, engine.tell, lambda message: message.lane, tellers // 4
        )
        self._stopping = threading.Event()

    def stop(self) -> None:
        """Claim no more; may be called from any thread or signal handler."""
        self._stopping.set()
        self._asking.stop()
        self._telling.stop()

    def run(self) -> None:
        """Works until ``stop``."""
        others = [
            threading.Thread(target=self._telling.run, name="telling"),
            threading.Thread(target=self._sweep, name="sweeping", daemon=True),
        ]
        for thread in others:
            thread.start()
        self._asking.run()
        others[0].join()

    def _turn(self, done: Sequence[Change], free: int, skip: Sequence[str]) -> Sequence[Operation]:
        return self._engine.turn(done, free, skip)[1]

    def _told(
        self, done: Sequence[DeliveryChange], free: int, skip: Sequence[str]
    ) -> Sequence[Delivery]:
        if done:
            self._engine.told(done)
        return self._engine.claim_deliveries(free, skip) if free else ()

    def _sweep(self) -> None:
        """Once an hour, what is past its retention goes."""
        while not self._stopping.is_set():
            try:
                self._engine.prune()
            except Exception:
                log.exception("sweeping failed; it is tried again in an hour")
            self._stopping.wait(HOUR)
