"""What does a caller see of an operation? The document, and the answers built around it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Response, jsonify

from connector.core.model import CLOSED, FILE, Operation, Status
from connector.core.references import is_file
from connector.engine.asking import BARE, SPILLED
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
        "result": inline(op),
        "created_at": iso(op.created_at),
        "updated_at": iso(op.updated_at),
        "finished_at": iso(op.finished_at),
        "client_ref": op.client_ref,
        "links": links(op, addresses),
    }


def inline(op: Operation) -> Any:
    """The result if it stands in the row, else None."""
    result = op.facts.get("result") if op.status == Status.SUCCEEDED else None
    return None if is_file(result) else result


def result_file(op: Operation) -> Mapping[str, Any] | None:
    """The reference to a result that is kept as a file."""
    result = op.facts.get("result")
    return result if op.status == Status.SUCCEEDED and is_file(result) else None


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
    file = result_file(op)
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
