"""How is a result handed over? As JSON from the row, or streamed from its file, by range."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Any

from flask import Response, request
from werkzeug.datastructures import Range
from werkzeug.http import dump_options_header, parse_range_header

from connector.core.model import FILE, Operation, Status
from connector.engine import Engine
from connector.engine.asking import HELD
from connector.errors import Gone, NotFound
from connector.platforms import carrying, documents, problems
from connector.platforms.site import Site

SAFE = "default-src 'none'; sandbox"  # a provider's HTML or SVG must not run on our origin


def closed(site: Site, op: Operation) -> Response:
    """The answer for a closed operation: its result, or the problem that it ended with. A file
    inside the result is told of: ``{"name", "type", "size" (bytes), "url"}``."""
    if op.status != Status.SUCCEEDED:
        return problems.of_operation(op)
    gone(op)
    file = documents.result_file(op)
    if file is None:
        return carrying.answer(site, op, op.facts.get("result"))
    if HELD in file:
        return carrying.answer(site, op, file[HELD], rest=file)
    return stream(site.engine, file)


def as_object(site: Site, op: Operation, room: int = 0) -> Response:
    """The same, but a result is always a JSON object, for platforms that take nothing else:
    ``{"result": ...}`` when it is none, and ``{"file": ...}`` when it is a file, told of as above.
    Files of up to ``room`` bytes in all also carry their ``content``, in base64."""
    if op.status != Status.SUCCEEDED or op.forgotten_at is not None:
        return closed(site, op)
    file = documents.result_file(op)
    if file is None:
        found = op.facts.get("result")
        said = found if isinstance(found, dict) else {"result": found}
        return carrying.answer(site, op, said, room)
    if not documents.is_spilled(file):
        return carrying.answer(site, op, {"file": file}, room)
    if HELD in file:
        return carrying.answer(site, op, file[HELD], room, rest=file)
    return wrapped(site.engine, file) if documents.is_bare(file) else stream(site.engine, file)


def gone(op: Operation) -> None:
    """Raises Gone when input and result were deleted."""
    if op.forgotten_at is not None:
        raise Gone("The result was deleted; results are kept for a limited time.", "result_deleted")


def stream(engine: Engine, file: Mapping[str, Any]) -> Response:
    """The bytes of a stored file, or the range of them that was asked for (RFC 9110, 14)."""
    id, size = file[FILE], int(file["size"])
    start, stop, status = 0, size, 200
    asked = parse_range_header(request.headers.get("Range"))
    if asked is not None and asked.units == "bytes" and len(asked.ranges) == 1:
        span = _span(asked, size)
        if span is None:
            return _outside(size)
        start, stop, status = span[0], span[1], 206
    chunks = engine.parts.files.chunks(id, start, stop)
    try:
        first = next(chunks, b"")  # a missing file is noticed before the answer begins
    except FileNotFoundError:
        raise NotFound("There is no such file, or its time has passed.") from None
    response = Response(_all(first, chunks), status, mimetype=str(file.get("type")))
    response.headers["Content-Length"] = str(stop - start)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Content-Security-Policy"] = SAFE
    response.headers["X-Content-Type-Options"] = "nosniff"
    if status == 206:
        response.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    if not documents.is_spilled(file):
        options = {"filename": str(file.get("name") or "result")}
        response.headers["Content-Disposition"] = dump_options_header("attachment", options)
    return response


def _span(asked: Range, size: int) -> tuple[int, int] | None:
    """First byte and end of the one range, or None when there is nothing in it. A suffix longer
    than the file is all of it (RFC 9110, 14.1.2)."""
    start = asked.ranges[0][0]
    return (0, size) if size and -start > size else asked.range_for_length(size)


def _outside(size: int) -> Response:
    message = f"The range lies outside of the file, which has {size} bytes."
    response = problems.problem(416, "range_not_satisfiable", message)
    response.headers["Content-Range"] = f"bytes */{size}"
    return response


def wrapped(engine: Engine, file: Mapping[str, Any]) -> Response:
    """A large JSON result that is no object, as ``{"result": ...}``: like a small one."""
    before, after = b'{"result":', b"}"
    chunks = engine.parts.files.chunks(file[FILE])
    response = Response(chain((before,), chunks, (after,)), mimetype="application/json")
    response.headers["Content-Length"] = str(len(before) + int(file["size"]) + len(after))
    return response


def _all(first: bytes, rest: Any) -> Any:
    yield first
    yield from rest
