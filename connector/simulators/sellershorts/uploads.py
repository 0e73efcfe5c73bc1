"""Where do large files go? To an address that was announced, and of which only the hash is kept."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

LARGEST = 157_286_400  # bytes: 150 MiB
EXPIRES = 3600  # seconds


@dataclass(frozen=True, slots=True)
class Place:
    """One announced file; ``size`` and ``sha256`` of what was put are None until then."""

    key: str
    token: str
    filename: str
    mime_type: str
    announced: int
    until: float
    size: int | None = None
    sha256: str | None = None


class Uploads:
    """The places by their keys."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places: dict[str, Place] = {}

    def announce(self, said: Mapping[str, Any], now: float) -> Place:
        """A new place for a file, which gets a name of its own."""
        name = f"{secrets.token_hex(4)}-{said['filename']}"
        place = Place(
            key=f"orders/{said['order_id']}/{name}",
            token=secrets.token_urlsafe(16),
            filename=name,
            mime_type=said["mime_type"],
            announced=said["file_size"],
            until=now + EXPIRES,
        )
        with self._lock:
            self._places[place.key] = place
        return place

    def put(
        self,
        key: str,
        token: str | None,
        mime_type: str | None,
        content: Iterable[bytes],
        now: float,
    ) -> int:
        """The status of an answer: 200; 403 for another address, type or time; 400 for a file that
        is not as long as it was announced."""
        place = self._places.get(key)
        if place is None or token != place.token or now >= place.until:
            return 403
        if mime_type != place.mime_type:
            return 403  # the type is part of what such addresses sign
        hashed, size = hashlib.sha256(), 0
        for chunk in content:
            hashed.update(chunk)
            size += len(chunk)
        if size != place.announced:
            return 400
        with self._lock:
            self._places[key] = replace(place, size=size, sha256=hashed.hexdigest())
        return 200

    def done(self) -> dict[str, Place]:
        """What was put, by its keys."""
        with self._lock:
            return {key: each for key, each in self._places.items() if each.size is not None}
