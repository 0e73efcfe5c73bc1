"""Can the files of a package be read: strict JSON, plain characters, small enough?

These rules see a file's name and bytes; the others see what was read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from connector.exporters.power_automate.lint.package import (
    DEFINITION,
    ICON,
    PROPERTIES,
    SETTINGS,
)
from connector.manifest.problems import Complaint

LARGEST = 1024 * 1024  # bytes: "Swagger files shouldn't be greater than 1 MB"
SENT = frozenset({DEFINITION, PROPERTIES, ICON, "script.csx"})
JSON_FILES = frozenset({DEFINITION, PROPERTIES, SETTINGS})


def readable(files: Mapping[str, bytes]) -> bool:
    """Whether there is a definition, and all that should be a JSON object is one."""
    return DEFINITION in files and all(
        _is_object(files[name]) for name in JSON_FILES & files.keys()
    )


def not_strict(name: str, content: bytes) -> Iterator[Complaint]:
    """One JSON object in UTF-8: no comments, no byte order mark, no name twice, no NaN."""
    if name not in JSON_FILES:
        return
    doubled: list[str] = []
    try:
        found = json.loads(
            content.decode(), parse_constant=_no_constant, object_pairs_hook=_counting(doubled)
        )
    except UnicodeDecodeError as error:
        yield "", f"this is no UTF-8 from byte {error.start} on"
    except RecursionError:
        yield "", "this is nested too deeply to be read"
    except ValueError as error:
        yield "", f"this is no strict JSON: {error}"
    else:
        if not isinstance(found, dict):
            yield "", "this must be a JSON object"
        for key in sorted(set(doubled)):
            yield "", f"the name {key!r} stands twice in one object; remove one of them"


def not_ascii(name: str, content: bytes) -> Iterator[Complaint]:
    """Characters of US-ASCII only, and no escapes of others (only texts in English pass)."""
    if name not in JSON_FILES:
        return
    if not content.isascii():
        line = content[: _first_strange(content)].count(b"\n") + 1
        yield "", f"line {line} holds a character beyond ASCII; write it in plain letters"
    elif escape := re.search(rb"(?<!\\)(?:\\\\)*(\\u[0-9a-fA-F]{4})", content):
        line = content[: escape.start()].count(b"\n") + 1
        shown = escape[1].decode()
        yield "", f"line {line} holds the escape {shown}; write it in plain letters"


def too_large(name: str, content: bytes) -> Iterator[Complaint]:
    """Less than 1 MB, of what is sent to the platform."""
    if name in SENT and len(content) >= LARGEST:
        yield (
            "",
            f"this has {len(content)} bytes and must have less than {LARGEST}; leave out parts",
        )


def _is_object(content: bytes) -> bool:
    try:
        return isinstance(json.loads(content.decode()), dict)
    except (ValueError, RecursionError):
        return False


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is no JSON number")


def _counting(doubled: list[str]) -> Any:
    def make(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        doubled.extend(key for key in keys if keys.count(key) > 1)
        return dict(pairs)

    return make


def _first_strange(content: bytes) -> int:
    return next(place for place, byte in enumerate(content) if byte > 127)
