"""How does the command line speak? Tables and sentences for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import click
from rich.console import Console
from rich.table import Table

out = Console()
err = Console(stderr=True)

as_json = click.option("--json", "json_", is_flag=True, help="Print JSON, for programs.")


def print_json(value: Any) -> None:
    """One JSON value, indented."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A table for people."""
    shown = Table(*columns, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        shown.add_row(*("" if each is None else str(each) for each in row))
    out.print(shown)


def flat(value: Any, name: str = "") -> Iterable[tuple[str, str]]:
    """A JSON value as (path, text) lines: what people want to see of a result."""
    if isinstance(value, dict) and set(value) >= {"value"}:
        yield name, _text(value["value"])  # a field with its confidence and positions
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from flat(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            yield from flat(inner, f"{name}[{number}]")
    elif value is not None:
        yield name, _text(value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
