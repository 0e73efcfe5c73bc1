"""What is a JSON Schema in Swagger 2.0, as Power Automate's designer reads it? Pure.

The designer knows one type per value and no alternatives; what it cannot express is left open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from connector.exporters.power_automate.names import display, sentence, title

Json = dict[str, Any]

FORMATS = frozenset(
    {"int32", "int64", "float", "double", "byte", "date", "date-time", "password", "date-no-tz",
     "email", "html", "uri", "uuid"}
)  # fmt: skip
"""The formats of Microsoft's published schema, without binary: that is for whole bodies only."""

KEPT = ("minimum", "maximum", "multipleOf", "minLength", "maxLength", "pattern", "minItems",
        "maxItems")  # fmt: skip
"""Keywords that mean the same in both."""

TYPES: Mapping[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "array": lambda value: isinstance(value, list | tuple),
    "object": lambda value: isinstance(value, Mapping),
}

DEEPEST = 20  # levels; and references, one after the other: a schema may refer to itself
MOST_REFERENCES = 2000  # in all: with two at every level, they double


def to_swagger(schema: Mapping[str, Any]) -> Json:
    """A JSON Schema (2020-12) as a Swagger 2.0 schema; every property has x-ms-summary and
    description. Names of properties and values stay as they are, also when they are not ASCII."""
    return _Reader(schema).schema(schema)


def to_property(name: str, schema: Mapping[str, Any]) -> Json:
    """One property: its schema, and the texts that people read."""
    return _Reader(schema).property(name, schema)


class _Reader:
    """Reads one schema; ``root`` is what its references (``#/...``) point into."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._root = root
        self._references = MOST_REFERENCES

    def schema(self, said: Any, level: int = 0) -> Json:
        schema = self._settled(said)
        made = _typed(schema)
        kind = made.get("type")
        return made | _values(schema, kind) | self._within(schema, kind, level + 1)

    def property(self, name: str, said: Any, level: int = 0) -> Json:
        schema = self._settled(said)
        made = self.schema(schema, level)
        summary = title(str(schema.get("title") or "")) or title(name) or "Value"
        texts = {
            "x-ms-summary": summary,
            "description": sentence(str(schema.get("description") or ""), summary),
        }
        advanced = {"x-ms-visibility": "advanced"} if schema.get("x-advanced") else {}
        head: Json = {key: made.pop(key) for key in ("type", "format") if key in made}
        return {**head, **texts, **advanced, **made}

    def _within(self, schema: Mapping[str, Any], kind: str | None, level: int) -> Json:
        """What is said of members and items."""
        if kind == "array":
            return {"items": self._unnamed(schema.get("items"), level)}
        if kind != "object" or level > DEEPEST:
            return {}
        made: Json = {}
        inner, others = _mapping(schema, "properties"), _mapping(schema, "additionalProperties")
        if inner:
            made["properties"] = {n: self.property(n, each, level) for n, each in inner.items()}
            required = [name for name in _list(schema, "required") if name in inner]
            made |= {"required": required} if required else {}
        if others:
            made["additionalProperties"] = self._unnamed(others, level)
        return made

    def _unnamed(self, said: Any, level: int) -> Json:
        """Items, and members without a name of their own: described where the schema does."""
        if level > DEEPEST:
            return {}
        schema = self._settled(said)
        named = schema.get("title")
        return self.property("", schema, level) if named else self.schema(schema, level)

    def _settled(self, said: Any, seen: tuple[str, ...] = ()) -> Mapping[str, Any]:
        """The schema itself: its reference followed, its parts joined, and its only alternative
        besides null chosen."""
        schema = said if isinstance(said, Mapping) else {}
        word = next((each for each in ("$ref", "allOf", "anyOf", "oneOf") if each in schema), None)
        if word is None:
            return schema
        beside = {key: value for key, value in schema.items() if key != word}
        if word == "$ref":
            place = str(schema[word])
            found = {} if place in seen or len(seen) > DEEPEST else self._found(place)
            return self._settled({**found, **beside}, (*seen, place))
        if word == "allOf":
            parts = [self._settled(each, seen) for each in _list(schema, word)]
            return self._settled(_joined([*parts, beside]), seen)
        chosen = {} if "type" in schema else self._alternative(_list(schema, word), seen)
        return self._settled({**chosen, **beside}, seen)

    def _alternative(self, said: list[Any], seen: tuple[str, ...]) -> Mapping[str, Any]:
        """The only one that is not null; of several, nothing can be said."""
        real = [each for each in said if _kinds(each) != ["null"]]
        if len(real) != 1:
            return {}
        nullable = {"x-nullable": True} if len(said) > 1 else {}
        return {**self._settled(real[0], seen), **nullable}

    def _found(self, place: str) -> Mapping[str, Any]:
        """What a local reference points to; nothing, when there were too many of them."""
        self._references -= 1
        here: Any = self._root if self._references >= 0 and place.startswith("#") else None
        for step in place.removeprefix("#").strip("/").split("/"):
            name = step.replace("~1", "/").replace("~0", "~")
            here = here.get(name) if isinstance(here, Mapping) and name else here
        return here if isinstance(here, Mapping) else {}


def _joined(parts: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Parts that all apply, as one schema: their members together, otherwise the last word."""
    made: Json = {}
    for part in parts:
        properties = {**_mapping(made, "properties"), **_mapping(part, "properties")}
        required = [*_list(made, "required"), *_list(part, "required")]
        made |= part
        made |= {"properties": properties} if properties else {}
        made |= {"required": required} if required else {}
    return made


def _mapping(schema: Mapping[str, Any], word: str) -> Mapping[str, Any]:
    said = schema.get(word)
    return said if isinstance(said, Mapping) else {}


def _list(schema: Mapping[str, Any], word: str) -> list[Any]:
    said = schema.get(word)
    return said if isinstance(said, list) else []


def _kinds(schema: Any) -> list[Any]:
    """The types that a schema names."""
    kind = schema.get("type") if isinstance(schema, Mapping) else None
    return list(kind) if isinstance(kind, list) else [kind]


def _typed(schema: Mapping[str, Any]) -> Json:
    kinds = _kinds(schema)
    real = [kind for kind in kinds if kind in TYPES]
    if not real and isinstance(schema.get("properties"), Mapping):
        real = ["object"]
    made: Json = {"type": real[0]} if real else {}
    if real and ("null" in kinds or schema.get("x-nullable")):
        made["x-nullable"] = True
    form = "byte" if schema.get("format") == "binary" else schema.get("format")
    return {**made, "format": form} if form in FORMATS else made


def _values(schema: Mapping[str, Any], kind: str | None) -> Json:
    """What is said of the value itself, without what does not fit the one type."""
    fits: Callable[[Any], bool] = TYPES[kind] if kind else lambda value: value is not None
    made: Json = {key: schema[key] for key in KEPT if key in schema}
    for end in ("Minimum", "Maximum"):
        bound = schema.get(f"exclusive{end}")
        if TYPES["number"](bound):
            made |= {end.lower(): bound, f"exclusive{end}": True}  # as draft 4 says it
    listed = [schema["const"]] if "const" in schema else _list(schema, "enum")
    known = [value for value in listed if fits(value)]
    if known:
        names = [{"value": value, "displayName": display(value)} for value in known]
        made |= {"enum": known, "x-ms-enum-values": names}
    default = schema.get("default")
    if default not in (None, [], {}) and fits(default):
        made["default"] = default
    return made
