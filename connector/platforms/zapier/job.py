"""What does a Zap see of an operation? The flat job: the same names wherever one is shown, null
where nothing is known, and texts that fit on a screen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from connector.core.model import FILE, Operation, Status
from connector.platforms.addresses import Addresses
from connector.platforms.documents import as_object, inline, iso, main_file
from connector.platforms.problems import short

NAME = "zapier"
BASE = f"/{NAME}"
LARGEST = 64_000  # bytes of a message, as JSON
LONGEST_NOTE = 1000  # characters


def flat(op: Operation, addresses: Addresses, warning: str | None = None) -> dict[str, Any]:
    """The operation as a flat object.

    ``result`` is an object, ``{"result": ...}`` when the provider's is none; it is null when it
    is a file or over 64 kB, which ``file_url`` then opens without a key until it expires.
    ``result_url`` needs the key.
    """
    progress, error = _progress(op), _error(op)
    return {
        "id": op.id,
        "status": op.status.value,
        "provider": op.provider,
        "action": op.action,
        "client_ref": op.client_ref,
        "created_at": iso(op.created_at),
        "updated_at": iso(op.updated_at),
        "finished_at": iso(op.finished_at),
        "progress_done": _plain(progress.get("done")),
        "progress_total": _plain(progress.get("total")),
        "progress_text": _text(progress.get("text")),
        "note": _text(op.note),
        "handle": _text(op.facts.get("handle")),
        "error": error,
        "error_code": error["code"] if error else None,
        "error_message": error["message"] if error else None,
        "result": as_object(inline(op, addresses)),
        "result_url": addresses.at(f"{BASE}/{op.provider}/jobs/{op.id}/result"),
        "file_url": _file_url(op, addresses),
        "warning": warning,
    }


def message(op: Operation, addresses: Addresses) -> dict[str, Any]:
    """The flat job for a callback or a hook: without its result where it would be over 64 kB."""
    told = flat(op, addresses)
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    small = len(text.encode("utf-8", "surrogatepass")) <= LARGEST
    return told if small else {**told, "result": None}


def unfinished(seconds: float) -> str:
    """What warns of a job that was waited for in vain."""
    return (
        f"The job is not finished after {seconds:g} s: its result is missing here. "
        "It goes on; look for it later by its id."
    )


def _progress(op: Operation) -> Mapping[str, Any]:
    said = op.facts.get("progress")
    return said if isinstance(said, Mapping) else {}


def _error(op: Operation) -> dict[str, str] | None:
    """Why it failed, in the words that its problem would have."""
    if op.status != Status.FAILED:
        return None
    said = op.facts.get("error") or {}
    code, text = said.get("code", "failed"), said.get("message", "The job failed.")
    return {"code": short(str(code)), "message": short(str(text))}


def _file_url(op: Operation, addresses: Addresses) -> str | None:
    file = main_file(op) if op.forgotten_at is None else None
    return addresses.file(op, file[FILE]) if file else None


def _plain(value: Any) -> Any:
    """A number as it is, anything else as text."""
    return value if isinstance(value, int | float) else _text(value)


def _text(value: Any) -> str | None:
    """A text, or what else was said as JSON."""
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return short(text, LONGEST_NOTE)
