"""What does a result look like, where the input decides it? JSON Schemas (2020-12) made of a
maker's own schema, of a list of fields, or of a result that was seen. Pure.

All three come from strangers: only known words survive, and no more than ``DEEPEST`` levels and
``MOST`` properties.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connector.core.language import FieldList, Shape
from connector.core.look import look

Json = Mapping[str, Any]

DEEPEST = 10
MOST = 300

FORMATS = frozenset({"date", "date-time", "email", "time", "uri", "uuid"})
TYPES = ("string", "integer", "number", "boolean", "array", "object", "null")
LONGEST_TITLE, LONGEST_TEXT = 80, 1000  # characters

KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (type(None), "null"),
    (bool, "boolean"),
    ((int, float), "number"),  # never integer: the next document may have a fraction there
    (Mapping, "object"),
    (list, "array"),
)
"""Which values are of which type; the others are texts. The first that fits counts."""


def deciding(shape: Shape | None) -> tuple[str, ...]:
    """The names of the inputs that decide what the result looks like."""
    names = (shape.schema, *shape.like) if shape else ()
    return tuple(dict.fromkeys(name for name in names if name))


def said(output: Json, shape: Shape, given: Json) -> dict[str, Any] | None:
    """The fields that the input itself describes; None where it holds nothing readable."""
    words = read(given.get(shape.schema)) if shape.schema else None
    if shape.list is None:
        return own(words, shape.properties)
    each = (part(output, shape.at) or {}).get("additionalProperties")
    return listed(words, shape.list, each if isinstance(each, Mapping) else {})


def shown(output: Json, shape: Shape, result: Any) -> dict[str, Any] | None:
    """The fields that a result has, with what the output says of them; None without any."""
    for name in shape.at.split("."):
        result = result.get(name) if isinstance(result, Mapping) else None
    if not isinstance(result, Mapping) or not result:
        return None
    return informed(seen(result), part(output, shape.at))


def placed(output: Json, at: str, fields: Json) -> dict[str, Any]:
    """The output with these fields at a dotted place, beside those that it has there."""
    return _placed(output, at.split("."), fields)


def part(output: Json, at: str) -> Json | None:
    """The object at a dotted place of an output, or None."""
    here: Any = output
    for name in at.split("."):
        inner = here.get("properties") if isinstance(here, Mapping) else None
        here = inner.get(name) if isinstance(inner, Mapping) else None
    return here if isinstance(here, Mapping) and "object" in _types(here) else None


def read(value: Any) -> Any:
    """The value itself, or what its JSON text holds (None where it is no JSON)."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None


def own(schema: Any, word: str = "properties") -> dict[str, Any] | None:
    """A maker's schema as a harmless one. ``word`` is what it says for ``properties``, at every
    level; None where it has none of them."""
    if not isinstance(schema, Mapping) or not isinstance(schema.get(word), Mapping):
        return None
    made = _own(schema, word, 0, Room()) | {"type": "object"}
    return made if made.get("properties") else None


def listed(value: Any, fields: FieldList, each: Json) -> dict[str, Any] | None:
    """An object with a member for every field in a list; ``each`` is the schema of them all."""
    items = look(fields.items, value)
    made: dict[str, Any] = {}
    for item in items[:MOST] if isinstance(items, list) else ():
        name = look(fields.name, item)
        if isinstance(name, str) and name not in made:
            description = look(fields.description, item) if fields.description else None
            texts = _texts({"title": look(fields.title, item), "description": description})
            made[name] = {**each, **_title(name), **texts}
    return {"type": "object", "properties": made} if made else None


def seen(value: Any) -> dict[str, Any]:
    """The schema that a value fits; lists show theirs in all their items, null shows none."""
    return _seen([value], 0, Room())


def informed(schema: Json, known: Any) -> dict[str, Any]:
    """A schema that was seen, with what is known of it beyond that: texts, further types, and
    everything about what was empty. What was seen does not lose to what contradicts it."""
    if not isinstance(known, Mapping):
        return dict(schema)
    if not _agrees(schema, known):
        return {**schema, **{key: known[key] for key in ("title", "description") if key in known}}
    made = {**schema, **known}
    if "properties" in schema:
        inner = schema["properties"].items()
        made["properties"] = {name: _informed_member(name, each, known) for name, each in inner}
    if "items" in schema:
        made["items"] = informed(schema["items"], known.get("items"))
    return made


def titled(name: str) -> str:
    """A name as people read it: ``total_amount`` and ``totalAmount`` as ``Total amount``."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", re.sub(r"[\W_]+", " ", name))
    words = " ".join(word if word.isupper() else word.lower() for word in apart.split())
    return (words[:1].upper() + words[1:])[:LONGEST_TITLE]


@dataclass(slots=True)
class Room:
    """How many properties a schema may still get."""

    left: int = MOST

    def take(self, members: Json) -> list[tuple[str, Any]]:
        """As many members as there is room for; all of a level come before those below it."""
        taken = list(members.items())[: self.left]
        self.left -= len(taken)
        return taken


def _placed(output: Json, way: Sequence[str], fields: Json) -> dict[str, Any]:
    inner = output.get("properties", {})
    if way:
        lower = _placed(inner[way[0]], way[1:], fields)
        return {**output, "properties": {**inner, way[0]: lower}}
    required = list(dict.fromkeys([*output.get("required", ()), *fields.get("required", ())]))
    made = {**output, "properties": {**inner, **fields["properties"]}}
    return {**made, "required": required} if required else made


def _own(schema: Any, word: str, depth: int, room: Room) -> dict[str, Any]:
    if not isinstance(schema, Mapping):
        return {}
    kinds = _types(schema)
    made: dict[str, Any] = {**_kind(schema), **_texts(schema), **_values(schema)}
    if depth == DEEPEST:
        return made
    inner, items = schema.get(word), schema.get("items")
    if isinstance(inner, Mapping) and (not kinds or "object" in kinds):
        members = room.take(inner)
        lower = {name: _title(name) | _own(each, word, depth + 1, room) for name, each in members}
        made = {"type": "object", **made, "properties": lower} if lower else made
        required = schema.get("required")
        names = [name for name in lower if isinstance(required, list) and name in required]
        made |= {"required": names} if names else {}
    elif isinstance(items, Mapping) and (not kinds or "array" in kinds):
        made = {"type": "array", **made, "items": _own(items, word, depth + 1, room)}
    return made


def _kind(schema: Json) -> dict[str, Any]:
    """The type as it was said, and the format if it is a known one."""
    kinds = _types(schema)
    made: dict[str, Any] = {"type": kinds[0] if len(kinds) == 1 else kinds} if kinds else {}
    named = schema.get("format")
    return made | ({"format": named} if isinstance(named, str) and named in FORMATS else {})


def _types(schema: Json) -> list[str]:
    """The types that a schema names, without those that JSON Schema does not have."""
    named = schema.get("type")
    names = named if isinstance(named, list) else [named]
    return [each for each in TYPES if each in names]


def _texts(schema: Json) -> dict[str, str]:
    longest = {"title": LONGEST_TITLE, "description": LONGEST_TEXT}
    return {
        key: schema[key].strip()[:most]
        for key, most in longest.items()
        if isinstance(schema.get(key), str) and schema[key].strip()
    }


def _title(name: str) -> dict[str, str]:
    title = titled(name)
    return {"title": title} if title else {}


def _values(schema: Json) -> dict[str, Any]:
    """The values to choose from, where all of them are plain."""
    values = schema.get("enum")
    if not isinstance(values, list) or not 0 < len(values) <= MOST:
        return {}
    return {"enum": values} if all(map(_is_plain, values)) else {}


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST_TEXT
    return value is None or (isinstance(value, int | float) and abs(value) < float("inf"))


def _seen(values: list[Any], depth: int, room: Room) -> dict[str, Any]:
    kinds = {_kind_of(each) for each in values}
    real = kinds - {"null"}
    if len(real) != 1:
        return {}
    (kind,) = real
    made: dict[str, Any] = {"type": [kind, "null"] if "null" in kinds else kind}
    full = [each for each in values if each is not None] if depth < DEEPEST else []
    if kind == "object":
        members: dict[str, list[Any]] = {}
        for name, each in (pair for every in full for pair in every.items()):
            members.setdefault(name, []).append(each)
        taken = room.take(members)
        lower = {name: _title(name) | _seen(each, depth + 1, room) for name, each in taken}
        made |= {"properties": lower} if lower else {}
    if kind == "array":
        items = [each for every in full for each in every]
        made |= {"items": _seen(items, depth + 1, room)} if items else {}
    return made


def _kind_of(value: Any) -> str:
    return next((name for kind, name in KINDS if isinstance(value, kind)), "string")


def _agrees(schema: Json, known: Json) -> bool:
    kinds = _types(known)
    wider = ["number"] if "integer" in kinds else []
    return not kinds or set(_types(schema)) <= {*kinds, *wider}


def _informed_member(name: str, schema: Json, known: Json) -> dict[str, Any]:
    """One member: known by its name, or like all others and then called by its own name."""
    by_name = known.get("properties", {})
    if name in by_name:
        return informed(schema, by_name[name])
    return informed(schema, known.get("additionalProperties")) | _title(name)


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")
