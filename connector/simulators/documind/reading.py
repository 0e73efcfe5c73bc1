"""What does a document say about the fields of a schema, and how surely?

A score is 0 to 100, as DocuMind counts confidence. Nothing is invented: what does not stand in
the document, or cannot be read as the type asked for, is null.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from connector.simulators.documind.orders import Entities, Entity, entities, kind_of
from connector.simulators.fields import Fields, Found, Row, snake
from connector.simulators.values import Value, boolean, day, number

EXACT = 97
SMUDGED = 45
UNREADABLE = 20
LIKE, ALIKE = 60, 85
"""Scores of the faintest and of the closest likeness between a label and a name."""
NEAR = 0.85
SMUDGE = re.compile(r"[\ufffd░▒▓█■]|\?{2}|(?<=\w)\?(?=[\w.,])")
"""Signs that stand for what could not be made out: blots, and question marks inside a word."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The value of one field, and how sure it is."""

    value: Any = None
    score: int = 0


MISSING = Reading()


def read_entities(fields: Fields, wanted: Entities) -> dict[str, Reading]:
    """Every wanted field, by name."""
    return {name: read_entity(fields, name, entity) for name, entity in wanted.items()}


def read_entity(fields: Fields, name: str, entity: Entity) -> Reading:
    """One wanted field, of any type."""
    kind = kind_of(entity)
    if kind == "object":
        return together(read_row(fields.values, entity, f"{name}_"))
    if kind == "array":
        return read_array(fields, name, entity)
    return read_value(fields.values, (name, entity.get("title", "")), entity)


def read_array(fields: Fields, name: str, entity: Entity) -> Reading:
    """The rows of a table as objects, or one column of it as plain values."""
    inner = entity.get("items", {})
    if kind_of(inner) == "object":
        table = table_like(fields, name, entities(inner))
        return listed([together(read_row(row, inner)) for row in table])
    for table in fields.tables.values():
        column = [read_value(row, (name,), inner) for row in table]
        if any(reading.score for reading in column):
            return listed(column)
    alone = read_value(fields.values, (name,), inner)
    return listed([alone] if alone.score else [])


def table_like(fields: Fields, name: str, wanted: Entities) -> list[Row]:
    """The table of that name, else the first with a column like a wanted one."""
    if snake(name) in fields.tables:
        return fields.tables[snake(name)]
    for table in fields.tables.values():
        if any(find(table[0], (column,))[0] for column in wanted):
            return table
    return []


def read_row(row: Mapping[str, Found], entity: Entity, prefix: str = "") -> dict[str, Reading]:
    """The fields of an object out of labelled values; ``vendor.name`` may be ``Vendor name``."""
    return {
        name: read_value(row, (prefix + name, name), inner)
        for name, inner in entities(entity).items()
    }


def together(parts: Mapping[str, Reading]) -> Reading:
    """An object is as sure as its least sure part, and null if it has none."""
    if all(part.value is None for part in parts.values()):
        return MISSING
    values = {name: part.value for name, part in parts.items()}
    return Reading(values, min(part.score for part in parts.values()))


def listed(items: list[Reading]) -> Reading:
    """A list is as sure as its least sure item, and null if it is empty."""
    if not items:
        return MISSING
    return Reading([item.value for item in items], min(item.score for item in items))


def read_value(values: Mapping[str, Found], names: tuple[str, ...], entity: Entity) -> Reading:
    """A single value; ``names`` in the order they count."""
    found, score = find(values, names)
    if found is None:
        return MISSING
    value = reader_for(entity)(found.text)
    if value is None:
        return Reading(None, min(score, UNREADABLE))
    return Reading(value, min(score, SMUDGED) if SMUDGE.search(found.text) else score)


def find(values: Mapping[str, Found], names: tuple[str, ...]) -> tuple[Found | None, int]:
    """The value whose label says one of the names, else the one whose label is most like it."""
    wanted = [snake(name) for name in names if name]
    for name in wanted:
        if name in values:
            return values[name], EXACT
    likest, label = max(
        ((likeness(name, label), label) for name in wanted for label in values),
        key=lambda each: each[0],
        default=(0.0, ""),
    )
    return (values[label], round(LIKE + (ALIKE - LIKE) * likest)) if likest else (None, 0)


def likeness(name: str, label: str) -> float:
    """0 to 1: how much of the longer one's words the shorter has, all of its own among them;
    or how near the spelling is. ``total`` is like ``total_amount``; ``total_net`` is not."""
    ours, theirs = set(name.split("_")), set(label.split("_"))
    if ours <= theirs or theirs <= ours:
        return min(len(ours), len(theirs)) / max(len(ours), len(theirs))
    spelling = SequenceMatcher(None, name, label).ratio()
    return spelling if spelling >= NEAR else 0.0


def whole(text: str) -> int | None:
    """A number without a fraction."""
    found = number(text)
    return int(found) if found is not None and found == int(found) else None


READERS: dict[str, Callable[[str], Value]] = {
    "string": str,
    "date": day,
    "number": number,
    "integer": whole,
    "boolean": boolean,
}


def reader_for(entity: Entity) -> Callable[[str], Value]:
    """What turns text into the type asked for; None from it is text that is not of the type."""
    kind = "date" if entity.get("format") == "date" else kind_of(entity)
    return READERS.get(kind, str)
