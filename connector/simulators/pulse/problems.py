"""How does Pulse say no? Codes by family, in ``{"error": {"code", "message", "details"}}``.

Statuses and messages are those of Pulse's page on errors where it has them; a job's body carries
the message alone, as a string.
"""

from __future__ import annotations

from typing import Any

CODES: dict[str, tuple[int, str]] = {
    "AUTH_001": (401, "API key is required"),
    "AUTH_002": (401, "Invalid API key"),
    "AUTH_004": (403, "Insufficient permissions"),
    "REQ_001": (400, "No file or URL provided"),
    "REQ_002": (400, "Invalid request body"),
    "REQ_003": (400, "Invalid parameter value"),
    "REQ_004": (400, "Missing required parameter"),
    "REQ_005": (400, "Invalid chunk size"),
    "REQ_006": (400, "Invalid page range"),
    "FILE_001": (400, "Invalid file type"),
    "FILE_002": (413, "File too large"),
    "FILE_003": (400, "File corrupted"),
    "FILE_004": (400, "Empty file"),
    "FILE_005": (400, "Failed to download from URL"),
    "SCHEMA_001": (400, "Invalid schema"),
    "BILLING_001": (402, "Usage limit exceeded"),
    "PROC_001": (500, "Processing failed"),
    "PROC_002": (504, "Processing timed out"),
    "PROC_004": (503, "Service is busy, try again later"),
    "JOB_001": (404, "Job not found"),
    "JOB_003": (410, "Job expired"),
    "JOB_004": (409, "Job is in another state"),
    "STORAGE_001": (404, "Stored result not found"),
    "GENERAL_001": (500, "Internal server error"),
    "GENERAL_003": (404, "Not found"),
    "GENERAL_004": (429, "Rate limit exceeded"),
}
"""Code -> HTTP status and message. Pulse publishes no table entry for STORAGE_001, GENERAL_003
and PROC_002; they are this simulator's reading of their families."""

BY_STATUS = {
    400: "REQ_002",
    401: "AUTH_002",
    402: "BILLING_001",
    403: "AUTH_004",
    404: "JOB_001",
    405: "REQ_002",
    409: "JOB_004",
    410: "JOB_003",
    413: "FILE_002",
    429: "GENERAL_004",
    503: "PROC_004",
    504: "PROC_002",
}


class Refusal(Exception):
    """A request that is refused, or a job that fails: a code of CODES and what is wrong."""

    def __init__(self, code: str, message: str | None = None, **details: Any) -> None:
        self.status, usual = CODES[code]
        self.code, self.message, self.details = code, message or usual, details
        super().__init__(self.message)

    def body(self) -> dict[str, Any]:
        """The body of the HTTP error."""
        return error(self.code, self.message, self.details)


def error(code: str, message: str, details: dict[str, Any] | None = None) -> dict[str, Any]:
    """Pulse's one error shape."""
    return {"error": {"code": code, "message": message, "details": details or {}}}


def plain(status: int) -> dict[str, Any]:
    """The body that goes with a status, for errors that come from nowhere in particular."""
    code = BY_STATUS.get(status, "GENERAL_001")
    return error(code, CODES[code][1])


def unknown(what: str, id: Any) -> Refusal:
    """404: nothing is stored under this id."""
    return Refusal("STORAGE_001", f"{what} not found", id=id)
