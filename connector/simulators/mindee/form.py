"""What does one field of a submit say? All problems are collected, none stops the reading.

Values come as lists of strings (forms) or of anything (JSON).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from connector.simulators.mindee.problems import Problem, at

FLAGS = {"true": True, "false": False}


class Form:
    """The fields that were given; ``errors`` fills while they are read."""

    def __init__(self, values: Mapping[str, Sequence[Any]]) -> None:
        self.values = values
        self.errors: list[Problem] = []

    def wrong(self, field: str, detail: str) -> None:
        """Note a problem with a field."""
        self.errors.append(at(field, detail))

    def text(self, field: str, most: int | None = None) -> str | None:
        """A string of at most ``most`` characters; None when it is absent."""
        value = self._one(field)
        if value is None:
            return None
        if not isinstance(value, str):
            self.wrong(field, f"{field} must be a string")
            return None
        if most is not None and len(value) > most:
            self.wrong(field, f"{field} must have at most {most} characters")
            return None
        return value

    def flag(self, field: str) -> bool:
        """``true`` or ``false`` in lower case, or a JSON boolean; absent is the model's default,
        which is off."""
        value = self._one(field)
        if value is None or isinstance(value, bool):
            return bool(value)
        if not isinstance(value, str) or value not in FLAGS:
            self.wrong(field, f"{field} must be true or false")
            return False
        return FLAGS[value]

    def uuids(self, field: str) -> tuple[str, ...]:
        """A repeated field, a JSON list, or one comma-separated string: Mindee takes all three."""
        ids: list[str] = []
        for value in self.values.get(field, ()):
            if not isinstance(value, str):
                self.wrong(field, f"{field} must be a list or a comma-separated string")
                return ()
            ids += [part.strip() for part in value.split(",") if part.strip()]
        if not all(map(is_uuid4, ids)):
            self.wrong(field, f"{field} must contain valid UUIDs")
            return ()
        return tuple(ids)

    def _one(self, field: str) -> Any:
        given = self.values.get(field, ())
        if len(given) > 1:
            self.wrong(field, f"{field} must be given once")
        return given[0] if given else None


def is_uuid4(text: str) -> bool:
    """A UUID of version 4 in its usual form, either case."""
    try:
        found = uuid.UUID(text)
    except ValueError:
        return False
    return found.version == 4 and str(found) == text.lower()
