"""How does a body go onto the wire? Files leave the store here, as streams; nothing is sent."""

from __future__ import annotations

import re
import secrets
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, BinaryIO
from urllib.parse import urlencode

import msgspec
from requests_toolbelt.multipart.encoder import MultipartEncoder

from connector.core.model import FILE
from connector.core.references import is_file
from connector.http.exchange import Ended
from connector.http.kept import Kept

JSON = "application/json"
BINARY = "application/octet-stream"
MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)

THREES = 48 * 1024
"""Bytes of a file per piece of base64: a multiple of 3, so that the pieces can be joined."""


@dataclass(frozen=True, slots=True)
class Body:
    """``content`` is bytes, something with ``read(n)``, an iterable of bytes, or None for no
    body; ``size`` is its exact length in bytes."""

    content: Any = None
    type: str = ""
    size: int = 0


class Source:
    """An open file of the store that knows how much of it is left."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.size = stream.seek(0, 2)
        stream.seek(0)

    @property
    def len(self) -> int:
        """Bytes not read yet; the name is the multipart encoder's."""
        return self.size - self.stream.tell()

    def read(self, amount: int = -1) -> bytes:
        """The next bytes, fewer than ``amount`` only at the end."""
        return self.stream.read(amount)


Reach = Callable[[Mapping[str, Any]], Source]
"""Opens a file reference."""


def encode(body: Any, encoding: str, files: Kept, opened: ExitStack) -> Body:
    """The body of a request; files stay open as long as ``opened``. Raises Ended, ValueError."""
    if body is None:
        return Body()
    if encoding not in ENCODINGS:
        raise ValueError("there is no such encoding")

    def reach(reference: Mapping[str, Any]) -> Source:
        try:
            return Source(opened.enter_context(files.open(reference[FILE])))
        except (FileNotFoundError, ValueError):
            raise Ended("a file of the request is gone", refused=True) from None

    return ENCODINGS[encoding](body, reach)


def as_json(body: Any, reach: Reach) -> Body:
    """JSON text, files as base64 text in it: encoded around marks, woven while sending."""
    sources: list[Source] = []
    mark = secrets.token_hex(16)
    text = msgspec.json.encode(marked(body, mark, sources, reach))
    if not sources:
        return Body(text, JSON, len(text))
    pieces = text.split(mark.encode())
    size = sum(map(len, pieces)) + sum((source.size + 2) // 3 * 4 for source in sources)
    return Body(woven(pieces, sources), JSON, size)


def marked(value: Any, mark: str, sources: list[Source], reach: Reach) -> Any:
    """``value`` with a mark for every file; ``sources`` gets the files in the same order."""
    if is_file(value):
        sources.append(reach(value))
        return mark
    if isinstance(value, Mapping):
        return {name: marked(part, mark, sources, reach) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [marked(part, mark, sources, reach) for part in value]
    return value


def woven(pieces: list[bytes], sources: list[Source]) -> Iterator[bytes]:
    """The pieces of text with the files between them, as base64."""
    yield pieces[0]
    for source, piece in zip(sources, pieces[1:], strict=True):
        while chunk := source.read(THREES):
            yield b64encode(chunk)
        yield piece


def as_form(body: Any, reach: Reach) -> Body:
    """``name=value`` pairs: lists repeat the name, objects are JSON text, None is left out."""
    pairs = [
        (name, text(part))
        for name, given in fields(body)
        for part in (given if isinstance(given, list | tuple) else [given])
        if part is not None
    ]
    content = urlencode(pairs).encode()
    return Body(content, "application/x-www-form-urlencoded", len(content))


def as_multipart(body: Any, reach: Reach) -> Body:
    """Parts: files stream, objects are JSON parts, lists repeat the part, None is left out."""
    found = [(name, part) for name, given in fields(body) for part in parts(given, reach)]
    if not found:
        return Body()
    encoder = MultipartEncoder(found)
    return Body(encoder, encoder.content_type, encoder.len)


def parts(given: Any, reach: Reach) -> Iterator[Any]:
    """What the multipart encoder takes for one value: text, or (file name, content, type)."""
    if given is None:
        return
    if is_file(given):
        yield (str(given.get("name") or "file"), reach(given), media_type(given))
    elif isinstance(given, list | tuple) and all(is_file(one) or is_scalar(one) for one in given):
        for one in given:
            yield from parts(one, reach)
    elif is_scalar(given):
        yield text(given)
    else:
        content = as_json(given, reach).content
        yield (None, content if isinstance(content, bytes) else b"".join(content), JSON)


def as_bytes(body: Any, reach: Reach) -> Body:
    """One file as it is."""
    if not is_file(body):
        raise ValueError("the body must be one file")
    source = reach(body)
    return Body(source, media_type(body), source.size)


def as_text(body: Any, reach: Reach) -> Body:
    """Text exactly as it is, for messages that are signed to the letter."""
    if not isinstance(body, str):
        raise ValueError("the body must be text")
    content = body.encode()
    return Body(content, "text/plain; charset=utf-8", len(content))


ENCODINGS: Mapping[str, Callable[[Any, Reach], Body]] = {
    "json": as_json,
    "form": as_form,
    "multipart": as_multipart,
    "bytes": as_bytes,
    "text": as_text,
}


def fields(body: Any) -> list[tuple[str, Any]]:
    """Names and values of a body that must be an object."""
    if not isinstance(body, Mapping):
        raise ValueError("the body must be an object")
    return [(str(name), given) for name, given in body.items()]


def is_scalar(value: Any) -> bool:
    """Whether a value can stand as plain text."""
    return value is None or isinstance(value, str | int | float)


def text(value: Any) -> str:
    """A value in a form: text as it is, everything else as JSON (``true``, ``1.5``)."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def media_type(reference: Mapping[str, Any]) -> str:
    """The type a reference names, if it may stand in a header."""
    named = str(reference.get("type") or "")
    return named if MEDIA_TYPE.fullmatch(named) else BINARY
