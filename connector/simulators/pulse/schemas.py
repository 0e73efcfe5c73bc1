"""What do a maker's own fields get from a document? JSON Schema in, values and citations out.

A field is found by its name or its title among the labels and table columns of the document; what
the document does not say is null. Citations name the bounding boxes that values were read from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from connector.simulators.documents import Document
from connector.simulators.fields import Found, find_fields, snake
from connector.simulators.pulse.blocks import Block
from connector.simulators.pulse.form import plain_name
from connector.simulators.pulse.problems import Refusal
from connector.simulators.values import Value, boolean, day, number

Schema = Mapping[str, Any]
SIMPLE = {"float": "number", "date": "string", "int": "integer"}
"""Types of the oldest form of a schema, ``{"total": "float"}`` -> JSON Schema's."""


class Source(NamedTuple):
    """Pages of a document; ``prefix`` goes before its citations when there are several."""

    document: Document
    pages: tuple[int, ...]
    blocks: Sequence[Block]
    prefix: str = ""


class Cited(NamedTuple):
    """A value as it was found, and the bounding box it stands in."""

    found: Found
    box: str


Row = Mapping[str, Cited]


@dataclass(frozen=True, slots=True)
class Known:
    """All that the sources say."""

    values: dict[str, Cited] = field(default_factory=dict)
    tables: list[tuple[str, list[Row]]] = field(default_factory=list)
    text: str = ""


def check_schema(schema: Any) -> dict[str, Any]:
    """A schema that can be filled; SCHEMA_001 for any other."""
    if not isinstance(schema, dict) or not schema:
        raise Refusal("SCHEMA_001", "The schema must be a JSON object")
    if all(isinstance(kind, str) for kind in schema.values()) and "type" not in schema:
        kinds = {name: kind.partition("|")[0] for name, kind in schema.items()}
        named = {name: {"type": SIMPLE.get(kind, kind)} for name, kind in kinds.items()}
        return {"type": "object", "properties": named}
    properties = schema.get("properties")
    if not isinstance(properties, dict) or not properties:
        raise Refusal("SCHEMA_001", "The schema needs properties")
    if wrong := next((name for name, one in properties.items() if not isinstance(one, dict)), None):
        raise Refusal("SCHEMA_001", f"{wrong} is not a schema", field=wrong)
    return schema


def fill(schema: Schema, sources: Sequence[Source]) -> dict[str, Any]:
    """``{"values", "citations"}``, both in the shape of the schema."""
    known = gather(sources)
    values, citations = read_object(schema, known, known.values)
    return {"values": values, "citations": citations}


def gather(sources: Sequence[Source]) -> Known:
    """What the sources say together: the first value counts, tables follow each other."""
    known = Known(text="\n".join(s.document.pages[n - 1] for s in sources for n in s.pages))
    for source in sources:
        fields = find_fields(tuple(source.document.pages[n - 1] for n in source.pages))
        for name, found in fields.values.items():
            known.values.setdefault(name, Cited(found, cite(found, source)))
        for name, rows in fields.tables.items():
            cited = [{k: Cited(f, cite(f, source)) for k, f in row.items()} for row in rows]
            same = [old for _, old in known.tables if old[0].keys() == cited[0].keys()]
            if same:
                same[0].extend(cited)
            else:
                known.tables.append((name, list(cited)))
    return known


def cite(found: Found, source: Source) -> str:
    """The bounding box a value stands in."""
    page = source.pages[found.page]
    places = (b.id for b in source.blocks if b.page == page and found.text in b.text)
    return source.prefix + next(places, f"page-{page}")


def read(name: str, schema: Schema, known: Known, row: Row) -> tuple[Any, Any]:
    """The value of one field and its citations."""
    kind = type_of(schema)
    if kind == "object":
        return read_object(schema, known, row)
    if kind == "array":
        return read_array(name, schema, known)
    return read_scalar(lookup(row, name, schema), schema, known)


def type_of(schema: Schema) -> str:
    """The type, without the null that may stand beside it."""
    kind = schema.get("type") or ("object" if "properties" in schema else "string")
    return (
        next((one for one in kind if one != "null"), "string") if isinstance(kind, list) else kind
    )


def read_object(schema: Schema, known: Known, row: Row) -> tuple[dict[str, Any], dict[str, Any]]:
    """Every property; citations only for what was found."""
    values: dict[str, Any] = {}
    citations: dict[str, Any] = {}
    for name, inner in (schema.get("properties") or {}).items():
        values[name], cited = read(name, inner, known, row)
        if cited:
            citations[name] = cited
    return values, citations


def read_array(name: str, schema: Schema, known: Known) -> tuple[list[Any], list[Any]]:
    """The rows of a table, or one of its columns."""
    items = schema.get("items") or {}
    if type_of(items) == "object":
        read_rows = [read_object(items, known, row) for row in rows_for(name, items, known)]
        return [value for value, _ in read_rows], [cited for _, cited in read_rows]
    found = [read_scalar(cell, items, known) for cell in column(name, items, known)]
    return [value for value, _ in found], [cited for _, cited in found]


def rows_for(name: str, items: Schema, known: Known) -> list[Row]:
    """The table of that name, else the first that has a wanted column."""
    inner = (items.get("properties") or {}).items()
    for title, rows in known.tables:
        if title in names(name, {}) or any(lookup(rows[0], n, s) for n, s in inner):
            return rows
    return []


def column(name: str, items: Schema, known: Known) -> Iterator[Cited]:
    """A table's column of that name, else the one value that has the name."""
    for _, rows in known.tables:
        if lookup(rows[0], name, items):
            yield from filter(None, (lookup(row, name, items) for row in rows))
            return
    if one := lookup(known.values, name, items):
        yield one


def lookup(row: Row, name: str, schema: Schema) -> Cited | None:
    """By the field's name, else by its title."""
    return next((row[key] for key in names(name, schema) if key in row), None)


def names(name: str, schema: Schema) -> list[str]:
    """How a label may read: ``invoiceNumber`` looks for ``Invoice number``."""
    return [snake(plain_name(name)), snake(str(schema.get("title", "")))]


def read_scalar(cell: Cited | None, schema: Schema, known: Known) -> tuple[Value, list[str]]:
    """The value as its type wants it; null when the text cannot be read so."""
    if allowed := schema.get("enum"):
        return chosen(cell, allowed, known)
    if cell is None:
        return None, []
    kind = "date" if schema.get("format") == "date" else type_of(schema)
    value = READERS.get(kind, str)(cell.found.text)
    return value, [] if value is None else [cell.box]


def chosen(cell: Cited | None, allowed: list[Any], known: Known) -> tuple[Value, list[str]]:
    """The allowed word that was found, else the first that stands anywhere in the text."""
    said = cell.found.text.lower() if cell else None
    for word in allowed:
        if cell and str(word).lower() == said:
            return word, [cell.box]
    text = known.text.lower()
    return next((w for w in allowed if isinstance(w, str) and w.lower() in text), None), []


def whole(text: str) -> int | None:
    """A number without a fraction."""
    found = number(text)
    return int(found) if found is not None and found == int(found) else None


READERS: dict[str, Callable[[str], Value]] = {
    "string": str,
    "number": number,
    "integer": whole,
    "boolean": boolean,
    "date": lambda text: day(text) or text,
}
