"""How does Mindee write an error? RFC 9457 members and a code, as ``application/json``.

Codes seen in Mindee's own fixtures are used where they fit; where none is known, the code is the
status and ``-000``, so that nobody takes it for Mindee's.
"""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

Problem = dict[str, Any]


def problem(
    status: int, title: str, code: str, detail: str, errors: Iterable[Problem] = ()
) -> Problem:
    """The body of an error; the same object stands in ``job.error``."""
    return {
        "status": status,
        "title": title,
        "code": code,
        "detail": detail,
        "errors": list(errors),
    }


def plain(status: int, detail: str | None = None) -> Problem:
    """An error that has nothing of its own to say."""
    phrase = HTTPStatus(status)
    return problem(status, phrase.phrase, f"{status}-000", detail or phrase.description + ".")


def invalid(errors: Iterable[Problem]) -> Problem:
    """422 with one ``{"pointer", "detail"}`` for each field that is wrong."""
    detail = "One or more fields failed validation."
    return problem(422, "Invalid fields in form", "422-001", detail, errors)


def at(field: str, detail: str) -> Problem:
    """One entry of ``errors``."""
    return {"pointer": f"#/{field}", "detail": detail}


NO_KEY = problem(401, "Missing credentials", "401-008", "Credentials are required.")
BAD_KEY = problem(401, "Invalid API key", "401-001", "The provided API key is invalid.")
BROKEN = problem(
    500, "Inference failed", "500-012", "The inference failed due to an internal error."
)


def unreadable(detail: str) -> Problem:
    """The error of a job whose document could not be read."""
    return problem(422, "Invalid document", "422-000", detail, [at("file", detail)])
