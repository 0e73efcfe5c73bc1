"""Which fields does a ``data_schema`` ask for, and what do they get from a document?

Only the documented form is known: ``{"replace": {"fields": [...]}}`` in a JSON string. The result
then has just these fields; what the document does not say is null.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from connector.simulators.fields import Fields, Found, Row, snake
from connector.simulators.values import Value, boolean, day, number

Wanted = Mapping[str, Any]
READERS: dict[str, Callable[[str], Value]] = {
    "string": str,
    "number": number,
    "date": day,
    "boolean": boolean,
}
TYPES = (*READERS, "classification", "nested_object", "object_detection", "barcode")


def read_schema(text: str) -> tuple[tuple[Wanted, ...] | None, list[str]]:
    """The fields wanted, and all that is wrong with them."""
    try:
        fields = json.loads(text)["replace"]["fields"]
    except (ValueError, TypeError, KeyError):
        return None, ['data_schema must be a JSON string {"replace": {"fields": [...]}}']
    problems = list(field_problems(fields))
    return (None if problems else tuple(fields)), problems


def field_problems(fields: Any) -> Iterator[str]:
    """What is wrong with a list of fields, nested ones included."""
    if not isinstance(fields, list) or not fields:
        yield "fields must be a list with at least one field"
        return
    for field in fields:
        if not isinstance(field, dict) or not isinstance(field.get("name"), str):
            yield "every field needs a name"
        elif field.get("type") not in TYPES:
            yield f"{field['name']}: type must be one of {', '.join(TYPES)}"
        elif not isinstance(field.get("title"), str):
            yield f"{field['name']}: title is required"
        elif not isinstance(field.get("is_array", False), bool):
            yield f"{field['name']}: is_array must be true or false"
        elif field["type"] == "nested_object":
            yield from field_problems(nested(field))


def nested(field: Wanted) -> Any:
    """The nested fields, which Mindee's schemas write as a list or as an object by name."""
    inner = field.get("nested_fields")
    if isinstance(inner, dict):
        return [{"name": name, **rest} for name, rest in inner.items() if isinstance(rest, dict)]
    return inner


def fill(fields: Fields, schema: tuple[Wanted, ...], text: str) -> dict[str, Any]:
    """The wanted fields by name: Found, a list, a Row, or None where nothing was found."""
    return {wanted["name"]: answer(fields, wanted, text) for wanted in schema}


def answer(fields: Fields, wanted: Wanted, text: str) -> Any:
    """What one wanted field gets."""
    if wanted["type"] == "nested_object":
        rows = [row_for(row, wanted) for row in table_like(fields, wanted)]
        return rows if wanted.get("is_array") else (rows or [row_for(fields.values, wanted)])[0]
    if wanted["type"] == "classification":
        found = classified(wanted, text)
    else:
        found = read_as(lookup(fields.values, wanted), wanted["type"])
    if not wanted.get("is_array"):
        return found
    items = [found] if found else column(fields, wanted)
    return unique(items) if wanted.get("unique_values") else items


def lookup(values: Mapping[str, Found], wanted: Wanted) -> Found | None:
    """A value by the field's name, else by its title."""
    return values.get(wanted["name"]) or values.get(snake(wanted.get("title", "")))


def read_as(found: Found | None, kind: str) -> Found | None:
    """The value as the wanted type; None when its text cannot be read so."""
    reader = READERS.get(kind)
    if found is None or reader is None or reader(found.text) is None:
        return None
    return Found(reader(found.text), found.text, found.page, found.polygon)


def classified(wanted: Wanted, text: str) -> Found | None:
    """The first of the allowed words that stands in the text."""
    for word in wanted.get("classification_values") or ():
        if str(word).lower() in text.lower():
            return Found(word, str(word), 0, [])
    return None


def table_like(fields: Fields, wanted: Wanted) -> list[Row]:
    """The table of that name, else the first that has one of the nested columns."""
    if wanted["name"] in fields.tables:
        return fields.tables[wanted["name"]]
    for rows in fields.tables.values():
        if any(lookup(rows[0], inner) for inner in nested(wanted)):
            return rows
    return []


def row_for(row: Mapping[str, Found], wanted: Wanted) -> dict[str, Any]:
    """One object: the nested fields out of a row (or out of the labelled values)."""
    return {inner["name"]: read_as(lookup(row, inner), inner["type"]) for inner in nested(wanted)}


def column(fields: Fields, wanted: Wanted) -> list[Found]:
    """A list of simple values: the column of that name in the first table that has it."""
    for rows in fields.tables.values():
        found = [read_as(lookup(row, wanted), wanted["type"]) for row in rows]
        if any(found):
            return [one for one in found if one]
    return []


def unique(items: list[Found]) -> list[Found]:
    """Each value once, where it first stood."""
    return list({item.value: item for item in reversed(items)}.values())[::-1]
