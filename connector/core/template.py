"""How is a request written? Placeholders ``{...}``, filled from a context. Pure.

A placeholder holds a JMESPath. Alone in its text it keeps the type of what it finds; inside
longer text it becomes text; in a path it is percent-encoded. ``{{`` and ``}}`` are braces.
Whatever misses a value is MISSING, and the field that holds it is dropped.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote

from connector.core.look import compiled, look


class _Missing:
    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()


@dataclass(frozen=True, slots=True)
class Hole:
    """One placeholder: the expression between the braces."""

    expression: str


@lru_cache(maxsize=4096)
def parts(text: str) -> tuple[str | Hole, ...]:
    """Text and placeholders in their order; raises ValueError where a brace is not closed."""
    found: list[str | Hole] = []
    plain, at = "", 0
    while at < len(text):
        if text[at : at + 2] in ("{{", "}}"):
            plain, at = plain + text[at], at + 2
        elif text[at] == "{":
            end = _closing(text, at)
            found += (
                [plain, Hole(text[at + 1 : end].strip())]
                if plain
                else [Hole(text[at + 1 : end].strip())]
            )
            plain, at = "", end + 1
        elif text[at] == "}":
            raise ValueError(
                f"{text!r} closes a brace that it never opened; write }}}} for a brace"
            )
        else:
            plain, at = plain + text[at], at + 1
    return (*found, plain) if plain else tuple(found)


def _closing(text: str, start: int) -> int:
    """Where the brace opened at ``start`` closes; JMESPath may hold braces and quotes itself."""
    depth, quoted, at = 0, "", start
    while at < len(text):
        char = text[at]
        if quoted and char == "\\":
            at += 1
        elif quoted:
            quoted = "" if char == quoted else quoted
        elif char in "'\"`":
            quoted = char
        elif char in "{}":
            depth += 1 if char == "{" else -1
            if depth == 0:
                return at
        at += 1
    raise ValueError(f"{text!r} opens a brace that it never closes; write {{{{ for a brace")


def fill(value: Any, context: Mapping[str, Any]) -> Any:
    """The value with its placeholders filled, or MISSING."""
    if isinstance(value, str):
        return _fill_text(value, context)
    if isinstance(value, Mapping):
        filled = {key: fill(inner, context) for key, inner in value.items()}
        kept = {key: inner for key, inner in filled.items() if inner is not MISSING}
        return MISSING if value and not kept else kept
    if isinstance(value, list | tuple):
        return [inner for inner in (fill(each, context) for each in value) if inner is not MISSING]
    return value


def _fill_text(text: str, context: Mapping[str, Any]) -> Any:
    pieces = parts(text)
    if len(pieces) == 1 and isinstance(pieces[0], Hole):
        found = look(pieces[0].expression, context)
        return MISSING if found is None else found
    return _joined(pieces, context, as_text)


def fill_path(path: str, context: Mapping[str, Any]) -> Any:
    """The path as text with every value percent-encoded, or MISSING.

    A value that makes a step ``.`` or ``..`` counts as missing: clients would climb the path.
    """
    filled = _joined(parts(path), context, lambda found: quote(as_text(found), safe=""))
    climbs = filled is not MISSING and not {".", ".."}.isdisjoint(filled.split("/"))
    return MISSING if climbs else filled


def _joined(pieces: tuple[str | Hole, ...], context: Mapping[str, Any], write: Any) -> Any:
    text = ""
    for piece in pieces:
        if isinstance(piece, str):
            text += piece
            continue
        found = look(piece.expression, context)
        if found is None or found == "":
            return MISSING
        text += write(found)
    return text


def as_text(value: Any) -> str:
    """A value as it stands in text, a query or a form: ``true``, ``3``, ``{"a":1}``."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def expressions(value: Any) -> Iterator[str]:
    """Every expression in a template, compiled once so that bad ones raise ValueError."""
    if isinstance(value, str):
        for piece in parts(value):
            if isinstance(piece, Hole):
                compiled(piece.expression)
                yield piece.expression
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from expressions(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from expressions(inner)
