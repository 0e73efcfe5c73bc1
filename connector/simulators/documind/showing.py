"""What does a person see of an extraction? Values for the templates."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connector.simulators.documind.corrections import LISTS, shown
from connector.simulators.documind.extractions import Extraction, moment
from connector.simulators.documind.orders import kind_of

SURE, DOUBTFUL = 80, 50
"""From which scores on a badge is green, and amber."""
GAP = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One field of the form."""

    name: str
    label: str
    kind: str
    hint: str
    text: str
    original: str
    required: bool
    flagged: bool
    score: int | None
    wrong: str | None

    @property
    def is_long(self) -> bool:
        """It needs more than one line."""
        return self.kind in LISTS

    @property
    def colour(self) -> str:
        """The class of its badge."""
        return colour(self.score)

    @property
    def certainty(self) -> str:
        """What its badge says."""
        if not self.score:
            return "not found"
        return f"{self.score} % sure" if self.original else "not legible"


@dataclass(frozen=True, slots=True)
class Page:
    """The text of a page, and how many columns wide it is."""

    text: str
    width: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list."""

    id: str
    name: str
    age: str
    flags: list[tuple[str, int, str]]
    fields: int
    reviewer: str | None
    changed: int


def rows(extraction: Extraction, given: Mapping[str, Any], wrong: Mapping[str, str]) -> list[Row]:
    """The fields in the order of the schema; ``given`` is what was typed and not accepted."""
    results = extraction.results or {}
    current = extraction.reviewed_results or {**results, **given}
    return [
        Row(
            name=name,
            label=label(name),
            kind=kind_of(entity),
            hint=str(entity.get("description", "")),
            text=shown(current.get(name)),
            original=shown(results.get(name)),
            required=name in extraction.required,
            flagged=extraction.flags.get(name, False),
            score=extraction.scores.get(name),
            wrong=wrong.get(name),
        )
        for name, entity in extraction.entities.items()
    ]


def entries(extractions: list[Extraction], now: float) -> list[Entry]:
    """The lines of the list."""
    return [
        Entry(
            id=each.id,
            name=each.original_filename,
            age=age(now - (each.reviewed_at or each.updated_at)),
            flags=[
                (label(name), each.scores[name], colour(each.scores[name]))
                for name, is_flagged in each.flags.items()
                if is_flagged
            ],
            fields=len(each.entities),
            reviewer=each.reviewer,
            changed=changed(each),
        )
        for each in extractions
    ]


def changed(extraction: Extraction) -> int:
    """How many fields the person changed."""
    before, after = extraction.results or {}, extraction.reviewed_results or {}
    return sum(before.get(name) != value for name, value in after.items())


def pages(extraction: Extraction) -> list[Page]:
    """The document's text, as narrow and as short as its layout allows."""
    return [Page("\n".join(lines), max(map(len, lines))) for lines in map(narrow, extraction.text)]


def narrow(page: str) -> list[str]:
    """The lines of a page without needless white space: of columns that are blank from top to
    bottom only GAP in a row stay, and of blank lines one."""
    lines = re.sub(r"\n\s*\n(\s*\n)+", "\n\n", page.expandtabs().strip("\n")).split("\n")
    width = max(map(len, lines))
    blank = [all(line[at : at + 1].strip() == "" for line in lines) for at in range(width)]
    kept = [at for at in range(width) if not all(blank[max(0, at - GAP) : at + 1])]
    return ["".join(line[at : at + 1] for at in kept).rstrip() for line in lines]


def label(name: str) -> str:
    """``invoice_number`` -> ``Invoice number``."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def colour(score: int | None) -> str:
    """The class of a badge: ``sure``, ``doubtful``, ``poor``, or ``none``."""
    if score is None:
        return "none"
    return "sure" if score >= SURE else "doubtful" if score >= DOUBTFUL else "poor"


def age(seconds: float) -> str:
    """``3 minutes ago``."""
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def when(at: float) -> str:
    """``2 March 2026, 14:32 UTC``."""
    return f"{moment(at):%-d %B %Y, %H:%M} UTC"
