"""How does a result that holds files go out? As JSON that tells of each, and carries small ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from itertools import chain
from typing import Any

from flask import Response, jsonify

from connector.core.model import FILE, Operation
from connector.core.references import held, references
from connector.errors import NotFound
from connector.http.encode import JSON, Source, as_json
from connector.platforms import documents
from connector.platforms.site import Site

File = Mapping[str, Any]


def answer(
    site: Site, op: Operation, result: Any, room: int = 0, rest: File | None = None
) -> Response:
    """The result with what is told of a file in a file's place. Files of up to ``room`` bytes in
    all are there themselves too, in base64 (``content``), made while it is sent. ``rest`` is a
    stored JSON object, not empty, whose members come first; raises NotFound when it is gone."""
    small = _small(result, room)

    def tell(file: File) -> dict[str, Any]:
        said = documents.told(file, op, site.addresses)
        return {**said, "content": file} if file[FILE] in small else said

    told = documents.described(result, tell)
    return _sent(site, told, rest) if small or rest else jsonify(told)


def _small(result: Any, room: int) -> set[str]:
    """The files, by their ids, that fit into so many bytes, one after the other."""
    taken: set[str] = set()
    for file in references(held(result)):
        if int(file["size"]) <= room:
            room -= int(file["size"])
            taken.add(file[FILE])
    return taken


def _sent(site: Site, body: Any, rest: File | None) -> Response:
    """JSON with stored files in it as base64, behind the members of another object."""
    files = site.engine.parts.files
    with ExitStack() as opened:

        def reach(file: File) -> Source:
            return Source(opened.enter_context(files.open(file[FILE])))

        try:
            own = as_json(body, reach)
            before = _beginning(reach(rest)) if rest else None
        except FileNotFoundError:
            raise NotFound("There is no such file, or its time has passed.") from None
        pieces = own.content if isinstance(own.content, Iterator) else iter((own.content,))
        response = Response(_joined(before, pieces), mimetype=JSON)
        response.call_on_close(opened.pop_all().close)
    size = own.size + int(rest["size"]) - 1 if rest else own.size
    response.headers["Content-Length"] = str(size)
    return response


def _beginning(source: Source) -> Iterator[bytes]:
    """An object without the brace that closes it."""
    while source.len > 1:
        yield source.read(min(64 * 1024, source.len - 1))


def _joined(before: Iterator[bytes] | None, pieces: Iterator[bytes]) -> Iterator[bytes]:
    if before is None:
        return pieces
    return chain(before, (b"," + next(pieces)[1:],), pieces)
