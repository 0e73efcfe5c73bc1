"""How does the command line speak? Tables and sentences for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import click
from rich.console import Console, ConsoleDimensions
from rich.table import Table
from rich.text import Text

WIDE = 10_000  # columns of a file or a pipe: nothing is wrapped there
SHOWN = 3  # items of a list of objects that people are shown


class Wide(Console):
    """As wide as the terminal; without one, wide enough for everything."""

    @property  # type: ignore[misc]  # nobody sets it
    def size(self) -> ConsoleDimensions:
        """Columns and lines."""
        return super().size if self.is_terminal else ConsoleDimensions(WIDE, 25)


out = Wide()
err = Wide(stderr=True)

LONGEST = 160  # characters of a value in a table; 'connector result' prints all of it

as_json = click.option("--json", "json_", is_flag=True, help="Print JSON, for programs.")


def print_json(value: Any) -> None:
    """One JSON value, indented."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A table for people. Nothing is cut off, and the first column keeps its share of the width."""
    texts = [[("" if each is None else str(each)) for each in row] for row in rows]
    first = max((len(row[0]) for row in texts), default=0)
    shown = Table(box=None, header_style="bold", pad_edge=False)
    share = out.width // len(columns) - 1  # rich would cut the others if the first took more
    shown.add_column(columns[0], min_width=min(first, share), overflow="fold")
    for name in columns[1:]:
        shown.add_column(name, overflow="fold")
    for row in texts:
        shown.add_row(*map(Text, row))
    out.print(shown)


def flat(value: Any, name: str = "") -> Iterable[tuple[str, str]]:
    """A JSON value as (path, text) lines: what people want to see of a result."""
    if isinstance(value, dict) and set(value) >= {"value"}:
        yield name, _text(value["value"])  # a field with its confidence and positions
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from flat(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list) and any(isinstance(each, dict | list) for each in value):
        yield from _items(value, name)
    elif isinstance(value, list):
        yield name, " · ".join(map(_text, value))
    elif value is not None:
        yield name, _text(value)


def _items(value: Sequence[Any], name: str) -> Iterable[tuple[str, str]]:
    """A line for each of the first items, and how many more there are."""
    for number, inner in enumerate(value[:SHOWN], 1):
        yield f"{name}[{number}]", " · ".join(text for _, text in flat(inner) if text)
    if len(value) > SHOWN:
        yield "", f"… and {len(value) - SHOWN} more"


def _text(value: Any) -> str:
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    first, _, rest = text.strip().partition("\n")
    cut = first[:LONGEST] + ("…" if len(first) > LONGEST else "")
    return f"{cut} … and {rest.count(chr(10)) + 1} more lines" if rest else cut
