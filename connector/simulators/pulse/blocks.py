"""What stands on the pages, and in which order? Titles, paragraphs, tables, footers, figures.

Everything printed ends up in exactly one block. Blocks are named as Pulse names them (``txt-1``,
``tbl-1``) and keep the number their page has in the whole document.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from connector.simulators.documents import Document
from connector.simulators.fields import LABEL, is_header, is_row
from connector.simulators.layout import WHOLE_PAGE, Cell, Polygon, cells

TITLE, TEXT, FOOTER, TABLE, FIGURE = "Title", "Text", "Footer", "Tables", "Images"
PREFIXES = {TITLE: "ttl", TEXT: "txt", FOOTER: "ftr", TABLE: "tbl", FIGURE: "img"}
NUMBERED = re.compile(r"(\d{1,2}\.)+(\d{1,2})? [A-Z][^.,]{0,60}")
PAGE_NUMBER = re.compile(r"\bpage \d+", re.IGNORECASE)

Line = list[Cell]


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a page. ``level`` is a title's, ``rows`` are a table's, header first."""

    kind: str
    id: str
    page: int
    text: str
    polygon: Polygon
    level: int = 0
    rows: tuple[tuple[Cell, ...], ...] = ()

    def joined(self, others: Iterable[Block]) -> Block:
        """This table with the rows of others that go on under the same header."""
        more = tuple(row for other in others for row in other.rows[1:])
        return replace(self, rows=(*self.rows, *more))


@lru_cache(maxsize=64)
def read_blocks(document: Document, pages: tuple[int, ...]) -> tuple[Block, ...]:
    """The blocks of these pages (from 1), in reading order."""
    counts: Counter[str] = Counter()
    found = []
    for number in pages:
        for kind, text, polygon, level, rows in pieces(document, number, first=number == pages[0]):
            counts[kind] += 1
            id = f"{PREFIXES[kind]}-{counts[kind]}"
            found.append(Block(kind, id, number, text, polygon, level, rows))
    return tuple(found)


Piece = tuple[str, str, Polygon, int, tuple[tuple[Cell, ...], ...]]


def pieces(document: Document, number: int, first: bool) -> Iterator[Piece]:
    """The pieces of one page; the page of an image is a figure."""
    if document.mime_type.startswith("image/"):
        yield FIGURE, "", WHOLE_PAGE, 0, ()
        return
    lines = cells(document.pages[number - 1])
    filled = [index for index, line in enumerate(lines) if line]
    at = 0
    while at < len(filled):
        line = lines[filled[at]]
        rows = table_at(lines, filled[at:])
        if rows:
            yield TABLE, said(sum(rows, ())), around(rows), 0, rows
            at += len(rows)
        elif is_footer(lines, filled, at):
            yield FOOTER, said(line), span(line), 0, ()
            at += 1
        elif first and at == 0:
            yield from ((TITLE, cell.text, cell.polygon, 1, ()) for cell in line)
            at += 1
        elif len(line) == 1 and NUMBERED.fullmatch(line[0].text):
            yield TITLE, line[0].text, line[0].polygon, 2, ()
            at += 1
        else:
            taken = paragraph(lines, filled[at:])
            yield from texts(taken)
            at += len(taken)


def table_at(lines: list[Line], filled: list[int]) -> tuple[tuple[Cell, ...], ...]:
    """The header and rows that begin here; nothing when no table does."""
    header = lines[filled[0]]
    if not is_header(header):
        return ()
    rows = [tuple(header)]
    for index in filled[1:]:
        if not is_row(lines[index], len(header)):
            break
        rows.append(tuple(lines[index]))
    return tuple(rows) if len(rows) > 1 else ()


def is_footer(lines: list[Line], filled: list[int], at: int) -> bool:
    """The last line of a page, when it tells the page's number."""
    return at > 0 and at == len(filled) - 1 and bool(PAGE_NUMBER.search(said(lines[filled[at]])))


def paragraph(lines: list[Line], filled: list[int]) -> list[Line]:
    """The lines of one paragraph: plain ones that follow each other; any other stands alone."""
    taken = [lines[filled[0]]]
    for before, index in pairwise(filled):
        if index != before + 1 or not (is_plain(taken[-1]) and is_plain(lines[index])):
            break
        taken.append(lines[index])
    return taken


def is_plain(line: Line) -> bool:
    """One cell, and no label."""
    return len(line) == 1 and not LABEL.fullmatch(line[0].text)


def texts(lines: list[Line]) -> Iterator[Piece]:
    """A paragraph of several lines as one text; of one line, each label with its value."""
    if len(lines) > 1:
        whole = [cell for line in lines for cell in line]
        yield TEXT, said(whole), span(whole), 0, ()
        return
    group: Line = []
    for cell in lines[0]:
        if group and not (len(group) == 1 and group[0].text.endswith(":")):
            yield TEXT, said(group), span(group), 0, ()
            group = []
        group.append(cell)
    yield TEXT, said(group), span(group), 0, ()


def said(cells: Line | tuple[Cell, ...]) -> str:
    """The words of some cells."""
    return " ".join(cell.text for cell in cells)


def around(rows: tuple[tuple[Cell, ...], ...]) -> Polygon:
    """The rectangle around a table."""
    return span([cell for row in rows for cell in row])


def span(cells: Line) -> Polygon:
    """The rectangle around some cells."""
    xs = [x for cell in cells for x, _ in cell.polygon]
    ys = [y for cell in cells for _, y in cell.polygon]
    return [[min(xs), min(ys)], [max(xs), min(ys)], [max(xs), max(ys)], [min(xs), max(ys)]]
