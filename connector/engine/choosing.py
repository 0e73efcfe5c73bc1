"""What can be picked? Lists read from the provider while someone waits: the one exception to
"only the worker talks to providers". Eight seconds at most, remembered for a minute."""

from __future__ import annotations

import threading
from collections.abc import Mapping
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


class Choosing:
    """Asks for lists of choices and remembers them, per provider key."""

    def __init__(self, parts: Parts, credentials: Credentials) -> None:
        self._parts = parts
        self._credentials = credentials
        self._known: dict[tuple[str, str, str], tuple[float, Picks]] = {}
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
        now = self._parts.clock()
        with self._lock:
            asked_at, picks = self._known.get(slot, (-FRESH, []))
        if now - asked_at < FRESH:
            return picks
        picks = self._ask(manifest, choice, key, with_defaults(choice.fields, narrowed))
        with self._lock:
            self._known = {s: each for s, each in self._known.items() if now - each[0] < FRESH}
            self._known[slot] = (now, picks)
        return picks

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
