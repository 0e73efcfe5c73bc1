"""What is wrong with a package, and where?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whether a problem refuses an export (error) or costs quality, or certification, alone."""

    ERROR = "error"
    WARNING = "warning"


ERROR, WARNING = Severity.ERROR, Severity.WARNING


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: the file, a JSON pointer (RFC 6901) into it, the rule, and what to do."""

    file: str
    pointer: str
    rule: str
    message: str
    severity: Severity = ERROR

    def __str__(self) -> str:
        return f"{self.file}: {self.pointer or '/'}: {self.message} ({self.severity}, {self.rule})"
