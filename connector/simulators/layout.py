"""Where on the page does a piece of text stand? Reckoned from its line and column.

Polygons are four corners ``[x, y]`` from the top left clockwise, as parts of the page (0 to 1).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

CELL = re.compile(r"\S+(?: \S+)*")
WORD = re.compile(r"\S+")
MARGIN = 0.06
NARROWEST = 80
"""Columns a page has at least, so that one short line is not as wide as the page."""
LETTER = 0.8
"""How much of a line's height its letters fill."""
WHOLE_PAGE = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]

Polygon = list[list[float]]


@dataclass(frozen=True, slots=True)
class Cell:
    """Some text and where it stands."""

    text: str
    polygon: Polygon


def cells(page: str) -> list[list[Cell]]:
    """The cells of every line: two spaces or a tab end one."""
    return pieces(page, CELL)


def words(page: str) -> list[Cell]:
    """The words of a page, in reading order."""
    return [word for line in pieces(page, WORD) for word in line]


def pieces(page: str, form: re.Pattern[str]) -> list[list[Cell]]:
    """What matches ``form`` on each line."""
    lines = page.replace("\t", "  ").rstrip().split("\n")
    width, height = max(NARROWEST, *map(len, lines)), len(lines)
    return [
        [place(found, row / height, 1 / height, width) for found in form.finditer(line)]
        for row, line in enumerate(lines)
    ]


def place(found: re.Match[str], top: float, line: float, width: int) -> Cell:
    """What was found on a line that is ``line`` high, on a page ``width`` columns wide."""
    left, right = found.start() / width, found.end() / width
    return Cell(found[0], box(left, top, right, top + LETTER * line))


def box(left: float, top: float, right: float, bottom: float) -> Polygon:
    """A rectangle in the printed part of the page."""
    x0, y0, x1, y1 = (
        round(MARGIN + part * (1 - 2 * MARGIN), 4) for part in (left, top, right, bottom)
    )
    return [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]


def around(page: str) -> Polygon:
    """The rectangle around all text of a page; the whole page when there is none."""
    corners = [corner for word in words(page) for corner in word.polygon]
    if not corners:
        return WHOLE_PAGE
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return [[min(xs), min(ys)], [max(xs), min(ys)], [max(xs), max(ys)], [min(xs), max(ys)]]
