"""Which jobs does a Zap speak of? Statuses as words between commas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from connector.core.model import CLOSED, Status
from connector.errors import FieldProblem

WORDS: Mapping[str, tuple[Status, ...]] = {
    "open": tuple(each for each in Status if each not in CLOSED),
    **{each.value: (each,) for each in Status},
}
"""What may be said. ``open`` stands for several."""


def read(said: Any) -> tuple[Status, ...]:
    """The statuses, in their own order and each once; none where nothing is said, or where
    something is ``wrong``."""
    words = _words(said)
    named = {each for word in words for each in WORDS.get(word, ())}
    return tuple(each for each in Status if each in named)


def wrong(said: Any) -> Iterator[FieldProblem]:
    """What is wrong with what is said, at ``/status``; empty text and null are fine."""
    known = set(_words(said)) <= set(WORDS)
    if not known or not isinstance(said, str | None):
        detail = f"Give one or more of: {', '.join(WORDS)}; or leave it out."
        yield FieldProblem("/status", detail)


def _words(said: Any) -> list[str]:
    text = said if isinstance(said, str) else ""
    return [word.strip() for word in text.split(",") if word.strip()]
