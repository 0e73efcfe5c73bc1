"""What does a caller see of an operation? The document, and the answers built around it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Response, jsonify

from connector.core.model import CLOSED, FILE, Operation, Status
from connector.core.references import held, is_file, references
from connector.engine.asking import BARE, HELD, SPILLED
from connector.platforms.addresses import Addresses

SHORTEST, LONGEST = 1, 300  # seconds of a Retry-After
ASKING = 2  # seconds, while the provider is being asked: the due time is then only a lease


def document(op: Operation, addresses: Addresses) -> dict[str, Any]:
    """The operation as JSON; a result over 64 kB or of bytes is a link instead."""
    error = op.facts.get("error") if op.status == Status.FAILED else None
    return {
        "id": op.id,
        "status": op.status.value,
        "provider": op.provider,
        "action": op.action,
        "progress": op.facts.get("progress"),
        "note": op.note,
        "handle": op.facts.get("handle"),
        "error": error,
        "preliminary": None if op.status == Status.SUCCEEDED else op.facts.get("preliminary"),
        "result": inline(op, addresses),
        "created_at": iso(op.created_at),
        "updated_at": iso(op.updated_at),
        "finished_at": iso(op.finished_at),
        "client_ref": op.client_ref,
        "links": links(op, addresses),
    }


def inline(op: Operation, addresses: Addresses) -> Any:
    """The result if it stands in the row, else None; files in it as what they are and where."""
    result = op.facts.get("result") if op.status == Status.SUCCEEDED else None
    return None if is_file(result) else described(result, lambda file: told(file, op, addresses))


def as_object(result: Any) -> Any:
    """A result for those who take objects only; None stays, as there is none."""
    return result if result is None or isinstance(result, dict) else {"result": result}


def described(value: Any, tell: Callable[[Mapping[str, Any]], dict[str, Any]]) -> Any:
    """A result, or its members that are files, with what ``tell`` says in the place of each."""
    files = {
        name: [tell(one) for one in each] if isinstance(each, list) else tell(each)
        for name, each in held(value).items()
    }
    return {**value, **files} if files else value


def told(file: Mapping[str, Any], op: Operation, addresses: Addresses) -> dict[str, Any]:
    """What callers are told of a file: ``{"name", "type", "size" (bytes), "url"}``."""
    known = {name: file.get(name) for name in ("name", "type", "size")}
    return {**known, "url": addresses.file(op, file[FILE])}


def result_file(op: Operation) -> Mapping[str, Any] | None:
    """The reference to a result that is kept as a file."""
    result = op.facts.get("result")
    return result if op.status == Status.SUCCEEDED and is_file(result) else None


def files_of(op: Operation) -> list[Mapping[str, Any]]:
    """The provider's files that are the result, or that it holds, in their order."""
    file = result_file(op)
    if file is not None and not is_spilled(file):
        return [file]
    result = op.facts.get("result") if op.status == Status.SUCCEEDED else None
    inside = file.get(HELD) if file is not None else held(result)
    return list({each[FILE]: each for each in references(inside)}.values())


def main_file(op: Operation) -> Mapping[str, Any] | None:
    """The one file that stands for the result: its first of the provider's, else the large JSON
    result that it is."""
    return next(iter(files_of(op)), None) or result_file(op)


def is_spilled(reference: Mapping[str, Any]) -> bool:
    """Whether the file is a large JSON result, rather than a file of the provider's."""
    return bool(reference.get(SPILLED))


def is_bare(reference: Mapping[str, Any]) -> bool:
    """Whether that JSON result is something else than an object."""
    return bool(reference.get(BARE))


def links(op: Operation, addresses: Addresses) -> dict[str, str]:
    """Where the operation and what belongs to it are found."""
    found = {"self": addresses.operation(op), "result": addresses.operation(op, "result")}
    if op.status not in CLOSED:
        found["cancel"] = addresses.operation(op, "cancel")
    file = main_file(op)
    if file is not None and op.forgotten_at is None:
        found["file"] = addresses.file(op, file[FILE])
    return found


def pending(body: Any, location: str, op: Operation, now: float) -> Response:
    """202: look again at ``location``, in so many whole seconds."""
    response = jsonify(body)
    response.status_code = 202
    response.headers["Location"] = location
    response.headers["Retry-After"] = str(retry_after(op, now))
    return response


def retry_after(op: Operation, now: float) -> int:
    """Whole seconds until there may be news: just after we ask the provider ourselves."""
    if op.claims > op.misses:
        return ASKING
    due = (op.due_at if op.due_at is not None else now) - now
    return max(SHORTEST, min(LONGEST, math.ceil(due)))


def iso(moment: float | None) -> str | None:
    """ISO 8601 with zone and milliseconds, or None."""
    if moment is None:
        return None
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")
