"""How do figures look? One table a topic."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from benchmarks.figures import Figure

COLUMNS = ("what", "ours", "yardstick", "ratio", "floor", "met")

out = Console(highlight=False)


def table(title: str, figures: Sequence[Figure]) -> Table:
    """The figures as lines, those that miss their floor in red."""
    shown = Table(title=title, title_justify="left")
    for name in COLUMNS:
        shown.add_column(name, justify="right" if name in ("ours", "ratio", "floor") else "left")
    for each in figures:
        shown.add_row(*_cells(each), style=None if each.met else "red")
    return shown


def _cells(figure: Figure) -> tuple[str, ...]:
    return (
        figure.what,
        f"{_number(figure.ours)} {figure.unit}",
        f"{_number(figure.yardstick)} {figure.unit}, {figure.yardstick_is}",
        f"{figure.ratio:.2f}",
        f"{'≤' if figure.most else '≥'} {figure.floor:.2f}",
        "yes" if figure.met else "NO",
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
