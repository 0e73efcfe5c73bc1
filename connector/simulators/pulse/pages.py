"""Which pages does ``1-2,5`` name? Counted from 1, as Pulse does."""

from __future__ import annotations

import re

from connector.simulators.pulse.problems import Refusal

SEGMENT = re.compile(r"([1-9]\d{0,5})(?:-([1-9]\d{0,5}))?")


def read_pages(text: str | None) -> tuple[tuple[int, int], ...]:
    """The ranges, both ends included; none means all pages. REQ_006 for any other form."""
    if text is None:
        return ()
    ranges = []
    for part in text.split(","):
        found = SEGMENT.fullmatch(part.strip())
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
        if first > last:
            raise Refusal("REQ_006", "Use a format like 1-5 or 1,3,5", pages=text)
        ranges.append((first, last))
    return tuple(ranges)


def choose(ranges: tuple[tuple[int, int], ...], count: int) -> list[int]:
    """The page numbers among ``count`` pages, in the document's order, each once."""
    numbers = range(1, count + 1)
    if not ranges:
        return list(numbers)
    chosen = [n for n in numbers if any(first <= n <= last for first, last in ranges)]
    if not chosen:
        raise Refusal("REQ_006", f"The document has {count} page(s) and none of these")
    return chosen
