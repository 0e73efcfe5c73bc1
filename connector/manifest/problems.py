"""What is a problem of a manifest, and where is it?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Complaint = tuple[str, str]
"""Place and message of a problem, before its file is named."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: the file, a JSON pointer (RFC 6901) to the place, and what to do about it."""

    file: str
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.place or '/'}: {self.message}"


def pointer(*parts: Any) -> str:
    """A JSON pointer from its parts."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
