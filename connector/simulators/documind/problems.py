"""How does DocuMind write an error? As FastAPI does: ``{"detail": ...}``.

``detail`` is a sentence; for 422 it is a list of ``{"type", "loc", "msg"}``.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

DETAILS = {
    401: "Invalid or missing API key",
    402: "Insufficient credits",
    403: "Insufficient permissions",
    404: "Not Found",
    413: "File size exceeds limit",
    429: "Rate limit exceeded",
    500: "Internal Server Error",
}

Problem = dict[str, Any]


class Refused(Exception):
    """A request that is answered with an error; ``detail`` is the body's."""

    def __init__(self, status: int, detail: str | Sequence[Problem] | None = None) -> None:
        super().__init__(status, detail)
        self.status = status
        self.body = problem(status) if detail is None else {"detail": detail}


def problem(status: int) -> Problem:
    """An error that has nothing of its own to say."""
    return {"detail": DETAILS.get(status) or HTTPStatus(status).phrase}


def invalid(type: str, loc: Sequence[str | int], msg: str) -> Problem:
    """One entry of a 422's list."""
    return {"type": type, "loc": list(loc), "msg": msg}
