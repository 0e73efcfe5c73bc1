"""How is a mistake shown? As RFC 9457 problem JSON that says what to do; never a stack trace."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, jsonify, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge

from connector.core.model import Operation, Status
from connector.errors import CallerError
from connector.files import TooLarge

MEDIA = "application/problem+json"
LONGEST = 250  # characters that platforms show of a message

WORDS = {
    400: "The request cannot be read.",
    404: "There is nothing at this address; /openapi.json lists what there is.",
    405: "This address does not take this method.",
    415: "Send JSON, a form or multipart.",
}

log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    """Every error of the app becomes a problem."""
    app.register_error_handler(CallerError, of_caller)
    app.register_error_handler(TooLarge, of_size)
    app.register_error_handler(HTTPException, of_http)
    app.register_error_handler(Exception, of_ours)


def problem(status: int, code: str, message: str, **more: Any) -> Response:
    """A problem document with ``code`` and ``error: {code, message}``."""
    text = short(message)
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": text,
        "code": code,
        "error": {"code": code, "message": text},
        **more,
    }
    response = jsonify(body)
    response.status_code = status
    response.mimetype = MEDIA
    return response


def short(message: str, longest: int = LONGEST) -> str:
    """The message, cut after so many characters."""
    return message if len(message) <= longest else message[: longest - 3] + "..."


def of_caller(error: CallerError) -> Response:
    """A mistake that we know, with every field that is wrong."""
    fields = [{"pointer": each.pointer, "detail": each.detail} for each in error.fields]
    more = {"errors": fields} if fields else {}
    response = problem(error.status, error.code, error.message, **more, **error.more)
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    retry_after = getattr(error, "retry_after", None)
    if retry_after is not None:
        response.headers["Retry-After"] = str(int(retry_after))
    return response


def of_size(error: TooLarge) -> Response:
    """A document over the limit, found while it streamed in."""
    limit = f"{error.max_bytes / 1_000_000:g} MB"
    return problem(413, "too_large", f"The file is larger than {limit}; send a smaller one.")


def of_http(error: HTTPException) -> Response:
    """What the web framework itself refuses."""
    status = error.code or 500
    code = "too_large" if isinstance(error, RequestEntityTooLarge) else _code(status)
    words = WORDS.get(status, HTTPStatus(status).description + ".")
    if status == 413:
        limit = current_app.config["MAX_CONTENT_LENGTH"] / 1_000_000
        words = f"The request is larger than {limit:.0f} MB; send a smaller file or its URL."
    response = problem(status, code, words)
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def of_ours(error: Exception) -> Response:
    """A bug of ours: logged with its trace, answered without."""
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    return problem(500, "internal", "Something broke on our side; the operator's log says what.")


def of_operation(op: Operation, **more: Any) -> Response:
    """A closed operation without a result: 422 failed, 409 canceled."""
    if op.status == Status.CANCELED:
        message = op.note or "The operation was canceled."
        return problem(409, "canceled", message, id=op.id, operation_status="canceled", **more)
    error = dict(op.facts.get("error") or {})
    code, message = str(error.pop("code", "failed")), str(error.pop("message", "The job failed."))
    known = {
        name: error[name]
        for name in ("provider_status", "provider_code", "handle")
        if name in error
    }
    return problem(422, code, message, id=op.id, operation_status="failed", **known, **more)


def _code(status: int) -> str:
    return HTTPStatus(status).phrase.lower().replace(" ", "_").replace("-", "_")
