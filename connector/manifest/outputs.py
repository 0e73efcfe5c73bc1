"""Is it said where a result holds files? Two questions of sense."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from connector.core.outputs import delivered, has_files, is_binary
from connector.manifest.build import calls_of
from connector.manifest.problems import Complaint, pointer
from connector.manifest.walk import Doc, place_of, reached_from


def bad_files(document: Doc) -> Iterator[Complaint]:
    """A file is a string of a named kind, and stands where a large result can keep it."""
    for name, action in document["actions"].items():
        place = pointer("actions", name, "output")
        for way, schema in _files(action["output"]):
            here = place + pointer(*way)
            kind = schema.get("contentMediaType")
            if schema.get("type") != "string" or not isinstance(kind, str):
                text = "a file is a string of format binary with its contentMediaType"
                yield here, f"{text}, such as application/pdf"
            elif way and not _is_kept(way):
                yield here, "a file is the whole output, a member of it, or an item of a member"


def unsaid_files(document: Doc) -> Iterator[Complaint]:
    """Where a call brings bytes the output says so, and where it says so some call brings them."""
    for name, action in document["actions"].items():
        calls, start = calls_of(document, name), action.get("start", "submit")
        bringing = [
            call
            for call in sorted(reached_from(calls, start))
            if calls[call].get("answer") == "bytes"
        ]
        said = has_files(delivered(action["output"]))
        if said and not bringing:
            text = "it has a file, and no call that answers with bytes is on the way"
            yield pointer("actions", name, "output"), text
        for call in bringing if not said else ():
            text = "the output does not say where its file stands; do so with format binary"
            yield place_of(document, name, call) + "/answer", text


def _is_kept(way: tuple[str, ...]) -> bool:
    """Whether a file at this place stays at hand when the rest of its result is large."""
    return way[0] == "properties" and way[2:] in ((), ("items",))


def _files(schema: Any, way: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Doc]]:
    """Every part of an output that is a file, with the way to it."""
    if not isinstance(schema, Mapping):
        return
    if is_binary(schema):
        yield way, schema
    members = schema.get("properties")
    for name, inner in members.items() if isinstance(members, Mapping) else ():
        yield from _files(inner, (*way, "properties", name))
    for key in ("items", "additionalProperties"):
        yield from _files(schema.get(key), (*way, key))
