"""Which labelled values and tables stand in these pages, and where?

Pages are text laid out in columns: two spaces or a tab part one cell from the next.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from connector.simulators.layout import Cell, Polygon, cells
from connector.simulators.values import Value, number, typed

LABEL = re.compile(r"(?P<label>[A-Za-z][\w .,/&#'()-]{0,40}?)\s?:(\s+(?P<value>\S.*))?")
FIRST_TABLE = "line_items"


@dataclass(frozen=True, slots=True)
class Found:
    """One value, typed, with the text it was read from; ``page`` counts from 0."""

    value: Value
    text: str
    page: int
    polygon: Polygon


Row = dict[str, Found]


@dataclass(frozen=True, slots=True)
class Fields:
    """Everything found: values by snake_case label, tables as lists of rows."""

    values: dict[str, Found] = field(default_factory=dict)
    tables: dict[str, list[Row]] = field(default_factory=dict)


def find_fields(pages: tuple[str, ...]) -> Fields:
    """Read ``Label: value`` and tables. A label's first value counts; a table that goes on with
    the same header on a later page is one table."""
    fields = Fields()
    for index, page in enumerate(pages):
        lines = [line for line in cells(page) if line]
        for line in lines:
            for label, found in labelled(line, index):
                fields.values.setdefault(label, found)
        for rows in tables(lines, index):
            table_for(fields, rows).extend(rows)
    return fields


def snake(label: str) -> str:
    """``Unit price`` -> ``unit_price``."""
    return re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")


def labelled(line: list[Cell], page: int) -> Iterator[tuple[str, Found]]:
    """The pairs on one line; the value may stand in the label's cell or in the next."""
    for cell, after in pairwise([*line, None]):
        assert cell is not None
        said = LABEL.fullmatch(cell.text)
        if not said:
            continue
        if said["value"]:
            yield (
                snake(said["label"]),
                Found(typed(said["value"]), said["value"], page, cell.polygon),
            )
        elif after and not LABEL.fullmatch(after.text):
            yield snake(said["label"]), found_in(after, page)


def found_in(cell: Cell, page: int) -> Found:
    """A whole cell as a value."""
    return Found(typed(cell.text), cell.text, page, cell.polygon)


def tables(lines: list[list[Cell]], page: int) -> Iterator[list[Row]]:
    """Rows under a header: three or more words, then lines with as many cells and some number."""
    at = 0
    while at < len(lines):
        header = lines[at]
        at += 1
        if not is_header(header):
            continue
        names = [snake(cell.text) for cell in header]
        rows: list[Row] = []
        while at < len(lines) and is_row(lines[at], len(names)):
            rows.append(dict(zip(names, (found_in(c, page) for c in lines[at]), strict=True)))
            at += 1
        if rows:
            yield rows


def is_header(line: list[Cell]) -> bool:
    """Words only, no labels, all different."""
    texts = [cell.text for cell in line]
    plain = all(":" not in text and text[0].isalpha() and number(text) is None for text in texts)
    return len(texts) >= 3 and plain and len({snake(text) for text in texts}) == len(texts)


def is_row(line: list[Cell], width: int) -> bool:
    """As wide as the header, with a number somewhere."""
    return len(line) == width and any(number(cell.text) is not None for cell in line)


def table_for(fields: Fields, rows: list[Row]) -> list[Row]:
    """The table these rows belong to: one with the same columns, or a new one."""
    for known in fields.tables.values():
        if known[0].keys() == rows[0].keys():
            return known
    count = len(fields.tables)
    return fields.tables.setdefault(f"table_{count + 1}" if count else FIRST_TABLE, [])
