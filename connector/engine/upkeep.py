"""What must go after its time? Results and files first, operations later, strays at last."""

from __future__ import annotations

from connector.engine.parts import Parts

DAY = 86400.0
STRAY = DAY  # a file without a row this long after it was written belongs to nobody
BATCH = 500


def prune(parts: Parts) -> int:
    """Deletes what is past its retention; returns how many files went."""
    now = parts.clock()
    operations_before = now - parts.operation_days * DAY
    ids = parts.store.prune(now, results_before(parts), operations_before, BATCH)
    parts.files.delete(ids)
    return len(ids) + _sweep(parts, now - STRAY)


def results_before(parts: Parts) -> float:
    """The moment before which results and files are past their retention."""
    return parts.clock() - parts.result_days * DAY


def _sweep(parts: Parts, before: float) -> int:
    """Files that no row knows: of requests that were turned down, or cut off by a crash."""
    swept, batch = 0, list[str]()
    for id in parts.files.older_than(before):
        batch.append(id)
        if len(batch) == BATCH:
            swept, batch = swept + _drop(parts, batch), []
    return swept + _drop(parts, batch)


def _drop(parts: Parts, ids: list[str]) -> int:
    strays = set(ids) - parts.store.known_files(ids)
    parts.files.delete(strays)
    return len(strays)
