"""Can the shape of a result be known the way the manifest says? One question of sense."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from connector.core.ask import file_fields
from connector.core.shape import part
from connector.manifest.problems import Complaint, pointer
from connector.manifest.walk import Doc, compiles

HOLDS = {"string", "object", "array"}
"""The types of an input that can hold a schema or a list of fields."""


def bad_shapes(document: Doc) -> Iterator[Complaint]:
    """Shapes stand at an object of the output and look at inputs that can tell."""
    for name, action in document["actions"].items():
        shape = action.get("shape")
        if shape is not None:
            place = pointer("actions", name, "shape")
            yield from ((place + inner, text) for inner, text in _wrong(shape, action))


def _wrong(shape: Doc, action: Doc) -> Iterator[Complaint]:
    spot = part(action["output"], shape["at"])
    if spot is None:
        yield "/at", f"there is no object at {shape['at']} in the output"
    yield from _bad_inputs(shape, action["fields"])
    for key, text in shape.get("list", {}).items():
        yield from compiles(pointer("list", key), text)
    each = spot.get("additionalProperties") if spot is not None else {}
    if "list" in shape and not isinstance(each, Mapping):
        yield "/list", f"say at {shape['at']} in additionalProperties what each field is"


def _bad_inputs(shape: Doc, fields: Doc) -> Iterator[Complaint]:
    files, known = file_fields(fields), fields["properties"]
    named = [("/schema", shape["schema"])] if "schema" in shape else []
    named += [(pointer("like", nth), name) for nth, name in enumerate(shape.get("like", ()))]
    for place, name in named:
        if name not in known:
            yield place, f"there is no input field named {name}"
        elif name in files:
            yield place, f"{name} is a file; name an input that is none"
        elif place == "/schema" and known[name]["type"] not in HOLDS:
            yield place, f"{name} is a {known[name]['type']}, which cannot hold a schema"
