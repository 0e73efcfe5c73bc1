"""What can be asked of a simulator when it is built?"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Options:
    """How one simulator behaves. Times are seconds.

    ``seconds`` is how long a job takes, ``fail`` holds fault specs (see ``faults``), ``key`` is
    the one API key accepted (None: any well-formed one), ``retention`` is how long a finished
    job can be asked for. ``second_origin`` (``http://host:port``, the same app served there too)
    is where results are to be fetched. ``delete_when_fetched`` makes results single-use, and
    ``fetch_loopback`` lets documents be downloaded from loopback addresses, http included;
    other addresses are never fetched. ``sleep`` is how an answer that comes late waits.
    ``switches`` answers what a provider's documentation leaves open, by the simulator's own table.
    """

    seconds: float = 2.0
    fail: tuple[str, ...] = ()
    key: str | None = None
    retention: float = 43_200.0
    second_origin: str | None = None
    delete_when_fetched: bool = False
    fetch_loopback: bool = False
    switches: Mapping[str, str] = field(default_factory=dict)
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
