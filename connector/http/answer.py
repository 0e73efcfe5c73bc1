"""What does the body of an answer say? Trusts nothing: not its size, depth, type or characters."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from email.message import Message
from typing import Any

import msgspec
import requests

from connector.http.exchange import Ended, Exchange

CHUNK = 64 * 1024
MAX_TEXT = 2000
"""Characters kept of a plain text answer."""

MEGABYTE = 1024 * 1024
DEEP = "the answer is nested too deep"
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""PostgreSQL cannot store NUL, and UTF-8 has no lone surrogates."""

UNCLEAN = re.compile(rb"\x00|\\u0000|\\u[dD][89a-fA-F]")
"""How such characters can come out of JSON."""


def chunks(response: requests.Response, exchange: Exchange, limit: int) -> Iterator[bytes]:
    """The decompressed body piece by piece. Raises Ended beyond ``limit`` bytes, which also
    stops what was packed to explode, and when time is over."""
    size = 0
    while chunk := response.raw.read(CHUNK, decode_content=True):
        size += len(chunk)
        if size > limit:
            raise Ended(f"the answer is larger than {limit / MEGABYTE:g} MB")
        yield chunk
    if exchange.over:
        # A body without a length ends where the connection ends, also when we ended it.
        raise exchange.late()


def read(response: requests.Response, exchange: Exchange, limit: int, depth: int) -> Any:
    """The body as JSON, whatever its type says; plain text as text; anything else is None."""
    raw = bytearray()
    for chunk in chunks(response, exchange, limit):
        raw += chunk
    if not raw or raw.isspace():
        return None
    try:
        value = parse(raw)
    except RecursionError:
        raise Ended(DEEP) from None
    except ValueError:
        return plain(raw, response.headers.get("content-type", ""))
    if not shallow(value, depth):
        raise Ended(DEEP)
    return clean(value) if UNCLEAN.search(raw) else value


def parse(raw: bytearray) -> Any:
    """JSON, and what some servers take for it: NaN, a byte order mark, other Unicode forms,
    broken characters. Raises ValueError, RecursionError."""
    try:
        return msgspec.json.decode(raw)
    except ValueError:
        words = raw.decode(json.detect_encoding(bytes(raw[:4])), "replace")
        return json.loads(words, strict=False, parse_constant=nothing, parse_float=finite)


def nothing(word: str) -> None:
    """NaN and Infinity are no JSON: there is no such value."""


def finite(word: str) -> float | None:
    """A number, or None when it is larger than a float can be."""
    number = float(word)
    return number if math.isfinite(number) else None


def shallow(value: Any, depth: int) -> bool:
    """Whether containers are nested at most ``depth`` deep, level by level, without recursion."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(depth):
        if not level:
            return True
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, dict | list)
        ]
    return not level


def clean(value: Any) -> Any:
    """The value with every text fit to be stored."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(name): clean(part) for name, part in value.items()}
    if isinstance(value, list):
        return [clean(part) for part in value]
    return value


def storable(words: str) -> str:
    """Text without NUL, with a sign of replacement for every lone surrogate."""
    return UNSTORABLE.sub(lambda found: "" if found[0] == "\0" else "\ufffd", words)


def plain(raw: bytearray, content_type: str) -> str | None:
    """The beginning of a plain text answer; None for every other type."""
    header = Message()
    header["content-type"] = content_type
    if header.get_content_type() != "text/plain" or not content_type:
        return None
    beginning = raw[: 4 * MAX_TEXT]
    try:
        words = beginning.decode(header.get_content_charset("utf-8"), "replace")
    except LookupError:
        words = beginning.decode("utf-8", "replace")
    return storable(words)[:MAX_TEXT]
