"""Which files are known, and whose are they? Rows only; the bytes lie in the file store."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from connector.core.model import StoredFile
from connector.store import tables
from connector.store.forgetting import drop_files
from connector.store.rows import Part, add_rows

rows = tables.files.c

MOST = 500  # ids named in one statement


class Files(Part):
    """Questions about stored files."""

    def get_file(self, id: str) -> StoredFile | None:
        """What is known of the file; None once its operation was forgotten."""
        found = self.database.read(select(tables.files).where(rows.id == id))
        return StoredFile(*found[0]) if found else None

    def add_files(self, files: Iterable[StoredFile]) -> None:
        """Write rows for files whose bytes are stored already."""
        values = list(files)
        self.database.write(lambda connection: add_rows(connection, tables.files, values))

    def files_of(self, operation_id: str) -> list[StoredFile]:
        """The operation's files, input and result, oldest first."""
        query = select(tables.files).where(rows.operation_id == operation_id)
        found = self.database.read(query.order_by(rows.created_at, rows.id))
        return [StoredFile(*row) for row in found]

    def known_files(self, ids: Iterable[str]) -> set[str]:
        """Those of the ids that have a row; bytes without one may go."""
        known: set[str] = set()
        for some in in_parts(ids):
            found = self.database.read(select(rows.id).where(rows.id.in_(some)))
            known.update(row.id for row in found)
        return known

    def remove_files(self, ids: Iterable[str]) -> None:
        """Delete the rows; ids without one are passed over."""
        parts = in_parts(ids)
        self.database.write(lambda c: [drop_files(c, rows.id.in_(some)) for some in parts])


def in_parts(ids: Iterable[str]) -> list[list[str]]:
    """The ids in lists that a statement can hold."""
    every = list(ids)
    return [every[start : start + MOST] for start in range(0, len(every), MOST)]
