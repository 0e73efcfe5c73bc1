"""Which packages can be exported?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from connector.core.language import Manifest
from connector.exporters.options import CannotExport, Options
from connector.exporters.power_automate import export as power_automate
from connector.exporters.power_automate.changes import breaking
from connector.exporters.power_automate.lint import Problem, lint
from connector.exporters.zapier import export as zapier
from connector.exporters.zapier.breaking import breaking as zapier_breaking
from connector.exporters.zapier.lint import lint as zapier_lint

__all__ = ["EXPORTERS", "CannotExport", "Exporter", "Options", "Package", "Problem"]

Package = Mapping[str, bytes]
"""File name -> content."""


@dataclass(frozen=True, slots=True)
class Exporter:
    """One platform's exporter: its name, what makes a package and finds its problems, what would
    break flows between an old and a new one, what of an old one is carried over, and what people
    do with it next."""

    name: str
    export: Callable[[Manifest, Options], Package]
    lint: Callable[[Package], Sequence[Problem]]
    breaking: Callable[[Package, Package], Sequence[Problem]]
    carried: Callable[[Package, Package], Package]
    next: str


EXPORTERS: Mapping[str, Exporter] = {
    each.name: each
    for each in (
        Exporter(
            power_automate.NAME,
            power_automate.export,
            lint,
            breaking,
            power_automate.carried,
            power_automate.NEXT,
        ),
        Exporter(
            zapier.NAME,
            zapier.export,
            zapier_lint,
            zapier_breaking,
            zapier.carried,
            zapier.NEXT,
        ),
    )
}
