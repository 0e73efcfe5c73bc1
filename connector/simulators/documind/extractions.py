"""Which extractions are there, and how were they a moment ago? Every change is kept.

A version never changes; a list that is behind the truth shows older versions.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from connector.simulators.documind.orders import Entities
from connector.simulators.documind.reading import Reading

PROCESSING, COMPLETED, FAILED, PENDING = "processing", "completed", "failed", "pending"
STATUSES = (COMPLETED, PROCESSING, FAILED, PENDING)


@dataclass(frozen=True, slots=True)
class Extraction:
    """One extraction at one moment. ``flags`` are the fields a person should look at, ``text``
    the pages it was read from, ``reviewer`` the name behind ``reviewed_by``."""

    id: str
    document_id: str
    original_filename: str
    created_at: float
    updated_at: float
    entities: Entities
    required: tuple[str, ...]
    status: str = PROCESSING
    needs_review: bool = False
    is_reviewed: bool = False
    reviewed_at: float | None = None
    reviewed_by: str | None = None
    reviewer: str | None = None
    results: Mapping[str, Any] | None = None
    reviewed_results: Mapping[str, Any] | None = None
    scores: Mapping[str, int] = field(default_factory=dict)
    flags: Mapping[str, bool] = field(default_factory=dict)
    text: tuple[str, ...] = ()
    note: str | None = None

    def metadata(self) -> dict[str, Any]:
        """``needs_review_metadata``; basic mode leaves both members empty."""
        return {"confidence_scores": dict(self.scores), "review_flags": dict(self.flags)}

    def item(self) -> dict[str, Any]:
        """As ``GET /data/extractions`` lists it."""
        return {
            "id": self.id,
            "document_id": self.document_id,
            "original_filename": self.original_filename,
            "status": self.status,
            "created_at": stamp(self.created_at),
            "updated_at": stamp(self.updated_at),
            "needs_review": self.needs_review,
            "is_reviewed": self.is_reviewed,
            "reviewed_at": None if self.reviewed_at is None else stamp(self.reviewed_at),
            "reviewed_by": self.reviewed_by,
            "results": self.results,
            "reviewed_results": self.reviewed_results,
            "needs_review_metadata": self.metadata(),
        }

    def answer(self) -> dict[str, Any]:
        """As ``POST /extract/{document_id}`` answers it."""
        return {
            "document_id": self.document_id,
            "results": self.results,
            "needs_review": self.needs_review,
            "needs_review_metadata": self.metadata(),
        }

    def waits(self) -> bool:
        """A person should look at it and has not."""
        return self.status == COMPLETED and self.needs_review and not self.is_reviewed


Deed = Callable[[Extraction], Extraction]


class Extractions:
    """All extractions, safe to ask from many threads. A finished one is gone ``retention``
    seconds after its last change."""

    def __init__(self, retention: float) -> None:
        self._retention = retention
        self._lock = threading.Lock()
        self._versions: dict[str, list[Extraction]] = {}
        self._of: dict[str, list[str]] = {}

    def add(self, extraction: Extraction) -> None:
        """Take a new one in."""
        with self._lock:
            self._versions[extraction.id] = [extraction]
            self._of.setdefault(extraction.document_id, []).append(extraction.id)

    def change(self, id: str, now: float, deed: Deed) -> Extraction:
        """Put ``deed`` of the newest version after it; nobody else changes it meanwhile."""
        with self._lock:
            versions = self._versions[id]
            versions.append(replace(deed(versions[-1]), updated_at=now))
            return versions[-1]

    def find(self, id: str, now: float) -> Extraction | None:
        """The newest version of one."""
        versions = self._versions.get(id.lower())
        return versions[-1] if versions and self._is_there(versions[-1], now) else None

    def at(self, now: float, lag: float = 0.0, document_id: str | None = None) -> list[Extraction]:
        """All as they were ``lag`` seconds ago, in the order they began."""
        with self._lock:
            ids = self._versions if document_id is None else self._of.get(document_id, [])
            found = [version_at(self._versions[id], now - lag) for id in ids]
        return [each for each in found if each and self._is_there(each, now)]

    def _is_there(self, extraction: Extraction, now: float) -> bool:
        return extraction.status == PROCESSING or now <= extraction.updated_at + self._retention


def version_at(versions: list[Extraction], moment: float) -> Extraction | None:
    """The version that was the newest then."""
    return next((each for each in reversed(versions) if each.updated_at <= moment), None)


def completed(
    extraction: Extraction,
    readings: Mapping[str, Reading],
    flagged: Mapping[str, bool] | None,
    text: tuple[str, ...],
    note: str | None,
) -> Extraction:
    """What was read is in; ``flagged`` None is basic mode, which knows no confidence."""
    scores = {} if flagged is None else {name: each.score for name, each in readings.items()}
    return replace(
        extraction,
        status=COMPLETED,
        results={name: each.value for name, each in readings.items()},
        scores=scores,
        flags=flagged or {},
        needs_review=any((flagged or {}).values()),
        text=text,
        note=note,
    )


def stamp(at: float) -> str:
    """ISO 8601 in UTC, as the documentation's examples have it."""
    return moment(at).isoformat(timespec="microseconds").replace("+00:00", "Z")


def moment(at: float) -> datetime:
    """A time as what its stamp says, to the microsecond."""
    return datetime.fromtimestamp(at, UTC)
