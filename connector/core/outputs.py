"""Where does a result hold files, and what do callers see there? Pure.

In a manifest's output a string of format ``binary`` is a file of the kind ``contentMediaType``: the
whole output, one of its members, or each item of a member that is a list. A file inside a result
is shown as what it is and where it can be fetched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from connector.core.references import held, is_file

Json = Mapping[str, Any]

MARK = "x-file"
"""In an output as callers see it: this object tells of a file, of this media type."""


def is_binary(schema: Any) -> bool:
    """Whether a schema says that here is a file."""
    return isinstance(schema, Mapping) and schema.get("format") == "binary"


def delivered(output: Json) -> dict[str, Any]:
    """The output as callers see it: its files as objects that tell of them. An output that is
    itself a file stays one."""
    if is_binary(output) or not isinstance(output.get("properties"), Mapping):
        return dict(output)
    members = {name: _member(each) for name, each in output["properties"].items()}
    return {**output, "properties": members}


def as_object(output: Json) -> dict[str, Any]:
    """A delivered output for those who take objects only: a file stands in it as ``file``, what
    else is no object as ``result``."""
    if is_binary(output):
        return {"type": "object", "properties": {"file": _described(output)}}
    if "object" in output.get("type", "object"):
        return dict(output)
    return {"type": "object", "properties": {"result": dict(output)}}


def has_files(output: Json) -> bool:
    """Whether a delivered output is a file or holds any."""
    return bool(set(file_places(output)))


def file_places(output: Json) -> Iterator[str]:
    """Where a delivered output has its files: the empty text for itself, ``name``, ``name[]``."""
    if is_binary(output):
        yield ""
    members = output.get("properties")
    for name, each in members.items() if isinstance(members, Mapping) else ():
        known = each if isinstance(each, Mapping) else {}
        if MARK in known:
            yield name
        elif isinstance(known.get("items"), Mapping) and MARK in known["items"]:
            yield f"{name}[]"


def files_at(result: Any) -> Iterator[str]:
    """Where a result has files, in the same words."""
    if is_file(result):
        yield ""
        return
    for name, each in held(result).items():
        yield f"{name}[]" if isinstance(each, list) else name


def _member(schema: Any) -> Any:
    if is_binary(schema):
        return _described(schema)
    if isinstance(schema, Mapping) and is_binary(schema.get("items")):
        return {**schema, "items": _described(schema["items"])}
    return schema


def _described(schema: Json) -> dict[str, Any]:
    """What is told of a file, under the file's own title."""
    texts = {key: schema[key] for key in ("title", "description") if key in schema}
    kind = schema.get("contentMediaType", "application/octet-stream")
    return {"type": "object", **texts, MARK: kind, "properties": TOLD}


TOLD: Json = {
    "name": {"type": "string", "title": "File name", "description": "The file's name."},
    "type": {
        "type": "string",
        "title": "File type",
        "description": "Its media type, such as application/pdf.",
    },
    "size": {"type": "integer", "title": "File size", "description": "How many bytes it has."},
    "url": {
        "type": "string",
        "format": "uri",
        "title": "File link",
        "description": "Where it can be fetched without a key, until the link expires.",
    },
}
"""What callers are told of a file inside a result."""
