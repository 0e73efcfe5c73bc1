"""What does a Zap see of a job? The flat job's fields, and an example of one. Pure.

It has the same members wherever it is shown: as what an action returns, in lists, in messages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.core.language import Action, Manifest
from connector.core.outputs import file_places, is_binary

Json = dict[str, Any]


def _field(key: str, label: str, kind: str = "string") -> Json:
    return {"key": key, "label": label, "type": kind}


FIELDS: tuple[Json, ...] = (
    _field("id", "Job ID"),
    _field("status", "Status"),
    _field("provider", "Provider"),
    _field("action", "Action"),
    _field("client_ref", "Client Reference"),
    _field("created_at", "Created At", "datetime"),
    _field("updated_at", "Updated At", "datetime"),
    _field("finished_at", "Finished At", "datetime"),
    _field("progress_done", "Progress Done", "number"),
    _field("progress_total", "Progress Total", "number"),
    _field("progress_text", "Progress Text"),
    _field("note", "Note"),
    _field("handle", "Provider Job ID"),
    _field("error_code", "Error Code"),
    _field("error_message", "Error Message"),
    _field("result_url", "Result Link"),
    _field("file_url", "File Link"),
    _field("file", "Result File", "file"),
    _field("warning", "Warning"),
)
"""Every member but ``error``, which says the same as the two after it, and ``result``."""

ID = "01987a5c2f4b7c3e9d1a6b8c0e2f4a6b"


def sample(manifest: Manifest, action: Action, public_url: str) -> Json:
    """A job of this action that has succeeded, with the result of the manifest's own example."""
    whole = is_binary(action.output)
    result = action.sample if isinstance(action.sample, Mapping) and not whole else None
    link = f"{public_url.rstrip('/')}/zapier/{manifest.name}/jobs/{ID}/result"
    return {
        "id": ID,
        "status": "succeeded",
        "provider": manifest.name,
        "action": action.name,
        "client_ref": "invoice-117",
        "created_at": "2026-01-15T09:30:00.000+00:00",
        "updated_at": "2026-01-15T09:31:12.000+00:00",
        "finished_at": "2026-01-15T09:31:12.000+00:00",
        **dict.fromkeys(("progress_done", "progress_total", "progress_text", "note")),
        "handle": "8c75c035-e083-4e77-ba3b-7c3598bd1d8a",
        **dict.fromkeys(("error", "error_code", "error_message")),
        "result": result,
        "result_url": link,
        "file_url": _file_url(action),
        **dict.fromkeys(("file", "warning")),
    }


def _file_url(action: Action) -> str | None:
    """Where the sample's file is found, where the action makes one."""
    for place in file_places(action.output):
        at = action.sample if place == "" else action.sample.get(place.removesuffix("[]"))
        first = at[0] if isinstance(at, list) and at else at
        return str(first["url"]) if isinstance(first, Mapping) else None
    return None


def open_sample(manifest: Manifest, action: Action, public_url: str) -> Json:
    """The same job, just submitted."""
    made = sample(manifest, action, public_url)
    empty = dict.fromkeys(("finished_at", "result", "file_url"))
    submitted = {"updated_at": made["created_at"], **empty}
    return {**made, "status": "pending", **submitted}


def canceled_sample(manifest: Manifest, action: Action, public_url: str) -> Json:
    """The same job, canceled."""
    made = sample(manifest, action, public_url)
    return {**made, "status": "canceled", "result": None, "file_url": None}
