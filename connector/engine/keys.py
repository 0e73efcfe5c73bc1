"""Whose key is it? Looked up, and remembered for a second: a revoked key lives no longer."""

from __future__ import annotations

from connector.engine.parts import Parts
from connector.errors import WrongKey
from connector.vault import hash_key

FRESH = 1.0
MOST = 10_000


class Keys:
    """The owners of callers' keys. Keys that are not known are looked up each time."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._known: dict[str, tuple[float, str]] = {}

    def owner_of(self, key: str) -> str:
        """Whose key this is; raises WrongKey."""
        hashed, now = hash_key(key), self._parts.clock()
        read_at, owner = self._known.get(hashed, (0.0, None))
        if owner is not None and now - read_at < FRESH:
            return owner
        found = self._parts.store.owner_of(hashed)
        if found is None:
            raise WrongKey("The key is not known; send a live one as X-API-Key.")
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[hashed] = (now, found)
        return found
