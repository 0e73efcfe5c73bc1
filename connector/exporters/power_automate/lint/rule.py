"""What is a rule of the linter?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from connector.exporters.power_automate.lint.package import Package
from connector.exporters.problems import ERROR, WARNING, Severity
from connector.manifest.problems import Complaint

__all__ = ["ERROR", "WARNING", "Rule", "rules"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its name, whether it refuses, the file it speaks of, and what yields its problems."""

    name: str
    severity: Severity
    file: str
    check: Callable[[Package], Iterator[Complaint]]


Row = tuple[str, Severity, Callable[..., Iterator[Complaint]]]


def rules(file: str, *rows: Row) -> tuple[Rule, ...]:
    """The rules of one file, from rows of a table."""
    return tuple(Rule(name, severity, file, check) for name, severity, check in rows)
