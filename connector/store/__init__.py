"""Every query of the program. Values come in and go out; what to do about them is decided
elsewhere, and so is the time: a clock that is read here was handed in."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError as StoreError

from connector.core.model import Change, DeliveryChange
from connector.store import schema
from connector.store.access import Access, Key
from connector.store.database import Database
from connector.store.deliveries import Deliveries
from connector.store.files import Files
from connector.store.operations import Operations
from connector.store.queue import Owed, Queue
from connector.store.subscriptions import Subscriptions
from connector.store.upkeep import Stats, Upkeep
from connector.store.watching import Watching

__all__ = ["Change", "DeliveryChange", "Key", "Owed", "Stats", "Store", "StoreError"]


class Store(Operations, Queue, Subscriptions, Watching, Deliveries, Access, Files, Upkeep):
    """All questions to one database; each group of them lies in its own file.

    Every write is durable when its method returns. Threads may share a store.
    """

    def __init__(self, url: str) -> None:
        """``sqlite:///path`` or ``postgresql://...``; nothing is opened before the first use."""
        super().__init__(Database(url))

    def migrate(self) -> None:
        """Bring the schema to this program's; several processes may do so at once."""
        schema.migrate(self.database)

    def ready(self) -> bool:
        """The database answers and its schema is this program's. Never raises."""
        return schema.at_head(self.database)

    def ping(self) -> None:
        """Raises StoreError when the database does not answer."""
        self.database.read(text("SELECT 1"))

    def close(self) -> None:
        """Finish the queued writes and let go of all connections; final."""
        self.database.close()
