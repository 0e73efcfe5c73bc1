"""What happens with an operation whose time has come? It is asked for, once, in a thread."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from connector.core import machine
from connector.core.ask import FETCH, call_of, next_request
from connector.core.auth import authorize
from connector.core.endings import fail
from connector.core.language import Action
from connector.core.model import (
    CLOSED,
    FILE,
    Change,
    Failure,
    Operation,
    Outcome,
    Response,
    StoredFile,
)
from connector.core.references import disarm, held, is_file, references
from connector.engine.credentials import Credentials, tag
from connector.engine.limits import Limits
from connector.engine.parts import Parts

LARGEST_INLINE = 64_000  # bytes of a result that stays in its row
JSON = "application/json"
SPILLED = "spilled"  # marks a reference that stands for a large JSON result, not for a file
BARE = "bare"  # that result is no JSON object but a list, a text, a number
HELD = "held"  # members of that result which are files: they stay in the row

log = logging.getLogger(__name__)


class Asking:
    """Asks providers about claimed operations; the caller claims them and saves the changes."""

    def __init__(self, parts: Parts, credentials: Credentials) -> None:
        self._parts = parts
        self._credentials = credentials
        self._limits = Limits()

    def ask(self, claimed: Operation) -> Change | None:
        """The operation after its next call; None when our own code failed.

        The row then stays leased, comes back by itself, and is given up after a number of tries.
        """
        try:
            after = self._after(claimed)
            kept, files = self._keep_files(claimed, after)
            return Change(claimed, kept, files)
        except Exception:
            log.exception("operation %s: the call %s failed here", claimed.id, claimed.next_call)
            return None

    def _after(self, claimed: Operation) -> Operation:
        parts, now = self._parts, self._parts.clock()
        manifest = parts.manifests.get(claimed.provider)
        action = manifest.actions.get(claimed.action) if manifest else None
        if action is None or not _knows(action, claimed):
            message = f"The manifest of {claimed.provider} no longer has what this job needs."
            return fail(claimed, now, "no_manifest", message)
        op = machine.cancel(machine.give_up(claimed, action, now), action, now)
        if op.next_call is None:
            return op
        if op.next_call != claimed.next_call:
            op = replace(op, claims=1)  # turned to another call, and asked in this same claim
        outcome = self._outcome(op, action)
        after = machine.advance(op, action, outcome, parts.clock(), parts.dice)
        if after.facts is op.facts:
            return after
        ours = _ours(op, action, outcome)
        return replace(after, facts=disarm(after.facts, ours))

    def _outcome(self, op: Operation, action: Action) -> Outcome:
        request = next_request(op, action)
        if isinstance(request, Failure):
            return request
        manifest = self._parts.manifests[op.provider]
        key = self._credentials.key_for(op) if request.credentials else None
        pause = self._limits.wait(manifest, str(op.next_call), tag(key), self._parts.clock())
        if pause > 0:
            return Failure("the provider's rate limit is used up", sent=False, retry_after=pause)
        outcome = self._parts.send(authorize(request, manifest.auth, key))
        if key and isinstance(outcome, Response) and outcome.status >= 400:
            return replace(outcome, body=without(key, outcome.body))
        return outcome

    def _keep_files(
        self, before: Operation, after: Operation
    ) -> tuple[Operation, tuple[StoredFile, ...]]:
        """A large result moves into a file once it is whole; every file that the answer brought
        gets its row."""
        kept = after
        result = after.facts.get("result")
        if result is not None and after.status in CLOSED and not is_file(result):
            kept = replace(after, facts={**after.facts, "result": self._placed(result)})
        found = list(references([kept.facts, kept.input]))
        old = _ids(before) if found else set()
        new = {each[FILE]: each for each in found if each[FILE] not in old}
        now = self._parts.clock()
        return kept, tuple(_stored(each, kept, now) for each in new.values())

    def _placed(self, result: Any) -> Any:
        """The result as its row keeps it: itself, or what stands for it when it is large. Files
        stay at hand in either case."""
        files = held(result)
        rest = {k: v for k, v in result.items() if k not in files} if files else result
        text = json.dumps(rest, ensure_ascii=False, separators=(",", ":")).encode()
        if len(text) <= LARGEST_INLINE:
            return result
        return self._spilled(text) | ({HELD: files} if files else {})

    def _spilled(self, text: bytes) -> dict[str, Any]:
        id = self._parts.new_id()
        with self._parts.files.create(id) as file:
            file.write(text)
        stored = StoredFile(id, "", "result.json", JSON, file.size, file.sha256, created_at=0.0)
        return {**stored.reference(), SPILLED: True, BARE: text[:1] != b"{"}


def without(key: str, value: Any) -> Any:
    """An error's body, should the provider repeat our key in it: callers get to read it."""
    if isinstance(value, str):
        return value.replace(key, "***")
    if isinstance(value, Mapping):
        return {name: without(key, inner) for name, inner in value.items()}
    return [without(key, each) for each in value] if isinstance(value, list) else value


def _knows(action: Action, op: Operation) -> bool:
    """Whether the manifest, changed since, still has the call that is next."""
    return op.next_call == FETCH or op.next_call in action.calls


def _ids(op: Operation) -> set[str]:
    return {each[FILE] for each in references([op.facts, op.input])}


def _ours(op: Operation, action: Action, outcome: Outcome) -> set[str]:
    """The files that an operation may refer to: those it had, and the one that just came."""
    kept = isinstance(outcome, Response) and 200 <= outcome.status < 300
    if kept and call_of(op, action).answer == "bytes":
        return _ids(op) | {each[FILE] for each in references(outcome.body)}  # type: ignore[union-attr]
    return _ids(op)


def _stored(reference: Mapping[str, Any], op: Operation, now: float) -> StoredFile:
    return StoredFile(
        id=reference[FILE],
        owner=op.owner,
        name=str(reference.get("name", "")),
        type=str(reference.get("type", "application/octet-stream")),
        size=int(reference.get("size", 0)),
        sha256=str(reference.get("sha256", "")),
        created_at=now,
        operation_id=op.id,
    )
