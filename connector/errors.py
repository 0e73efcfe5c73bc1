"""The callers' mistakes, each with its HTTP status. They are raised below and shown at the top.

Every one says what to do. Their messages may hold a caller's own words, never a secret.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one input: a JSON pointer to it, and what to do."""

    pointer: str
    detail: str


class CallerError(Exception):
    """A mistake of the caller; ``code`` is for programs, the message for people."""

    status = 400
    code = "bad_request"

    def __init__(
        self,
        message: str,
        code: str | None = None,
        fields: Sequence[FieldProblem] = (),
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.fields = tuple(fields)
        self.more = dict(more or {})


class WrongKey(CallerError):
    """401: our own key is missing or unknown. Nothing else is ever answered 401."""

    status = 401
    code = "wrong_key"


class NotFound(CallerError):
    """404: unknown, or another owner's."""

    status = 404
    code = "not_found"


class Conflict(CallerError):
    """409: it does not fit what is there already."""

    status = 409
    code = "conflict"


class Gone(CallerError):
    """410: it was there, and its time has passed."""

    status = 410
    code = "gone"


class TooLarge(CallerError):
    """413: more bytes than the limit."""

    status = 413
    code = "too_large"


class BadInput(CallerError):
    """422: the request is understood and wrong; ``fields`` lists every problem."""

    status = 422
    code = "bad_input"


class Busy(CallerError):
    """503: not now; ``retry_after`` says in how many whole seconds."""

    status = 503
    code = "busy"

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after
