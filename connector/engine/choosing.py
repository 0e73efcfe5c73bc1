"""What can be picked? Lists read from the provider while someone waits: the one exception to
"only the worker talks to providers". Eight seconds at most, remembered for a minute, and asked
once however many want it: who waits here holds a thread of the server."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from connector.core.ask import to_request
from connector.core.auth import authorize
from connector.core.language import Choice, Manifest
from connector.core.look import look
from connector.core.model import Failure, Response
from connector.engine.credentials import Credentials, tag
from connector.engine.inputs import narrowing, with_defaults
from connector.engine.parts import Parts
from connector.errors import BadInput, Busy, NotFound

LONGEST = 8.0  # designers give up on a list after ten seconds
FRESH = 60.0

Picks = list[dict[str, Any]]
Slot = tuple[str, str, str]
"""Whose list it is: the provider, the choices with what narrows them, and the key's tag."""


class Choosing:
    """Asks for lists of choices and remembers them, per provider key."""

    def __init__(self, parts: Parts, credentials: Credentials) -> None:
        self._parts = parts
        self._credentials = credentials
        self._known: dict[Slot, tuple[float, Future[Picks]]] = {}
        self._lock = threading.Lock()

    def choices(
        self, owner: str, provider: str, name: str, given: str | None, narrowed: Mapping[str, Any]
    ) -> Picks:
        """``[{"id": ..., "name": ...}]``; raises NotFound, BadInput (the provider refuses) or
        Busy (it does not answer). ``given`` is the caller's own key."""
        manifest = self._parts.manifest(provider)
        if name not in manifest.choices:
            known = ", ".join(manifest.choices) or "none"
            raise NotFound(f"{provider} has no choices {name!r}; it has: {known}.")
        key = given or self._credentials.usual(owner, provider)
        choice = manifest.choices[name]
        wrong = narrowing(choice, narrowed)
        if wrong:
            raise BadInput(f"{wrong[0].pointer}: {wrong[0].detail}", fields=wrong)
        slot = (provider, f"{name}{sorted(narrowed.items())}", tag(key))
        values = with_defaults(choice.fields, narrowed)
        return self._shared(slot, lambda: self._ask(manifest, choice, key, values))

    def _shared(self, slot: Slot, ask: Callable[[], Picks]) -> Picks:
        """What is remembered; else what one call answers to all who want it meanwhile."""
        now, mine = self._parts.clock(), Future[Picks]()
        with self._lock:
            self._known = {s: each for s, each in self._known.items() if now - each[0] < FRESH}
            _, found = self._known.setdefault(slot, (now, mine))
        if found is mine:
            return self._settled(slot, mine, ask)
        return found.result() if found.done() else self._placed(lambda: found.result(LONGEST))

    def _settled(self, slot: Slot, mine: Future[Picks], ask: Callable[[], Picks]) -> Picks:
        """The answer, also for who waits for it; what went wrong is not remembered."""
        try:
            mine.set_result(self._placed(ask))
        except BaseException as error:
            with self._lock:
                self._known.pop(slot, None)
            mine.set_exception(error)
        return mine.result()

    def _placed(self, wait: Callable[[], Picks]) -> Picks:
        """What is waited for, in one of the places for callers who wait; raises Busy."""
        if not self._parts.waiters.acquire(blocking=False):
            raise Busy("Too many callers wait at this moment; try again.", retry_after=5)
        try:
            return wait()
        except TimeoutError as error:
            raise Busy("The list does not come in time; try again.", retry_after=5) from error
        finally:
            self._parts.waiters.release()

    def _ask(
        self, manifest: Manifest, choice: Choice, key: str | None, narrowed: Mapping[str, Any]
    ) -> Picks:
        call = replace(choice.call, timeout=min(choice.call.timeout, LONGEST))
        request = to_request(call, manifest.base_url, manifest.hosts, {"input": narrowed})
        if isinstance(request, Failure):
            raise BadInput(f"{manifest.title} cannot be asked: {request.reason}.")
        outcome = self._parts.send(authorize(request, manifest.auth, key))
        if isinstance(outcome, Failure) or outcome.status >= 500 or outcome.status == 429:
            raise Busy(f"{manifest.title} does not answer now; try again.", retry_after=5)
        if outcome.status >= 400:
            raise _refused(manifest, outcome)
        items = look(choice.items, {"http": outcome.status, "body": outcome.body})
        if not isinstance(items, list):
            raise Busy(f"{manifest.title} answered without a list; try again.", retry_after=5)
        pairs = ((look(choice.id, each), look(choice.title, each)) for each in items)
        return [{"id": id, "name": str(title or id)} for id, title in pairs if id is not None]


def _refused(manifest: Manifest, answer: Response) -> BadInput:
    message = f"{manifest.title} refused to list them: it answered {answer.status}."
    if answer.status in (401, 403):
        message += " Look at the provider's key."
    return BadInput(message, "refused", more={"provider_status": answer.status})
