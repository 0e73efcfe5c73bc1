"""What does the door need of a file store? Types only."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import BinaryIO, Protocol


class Writer(Protocol):
    """A file being written. ``head`` is its first 512 bytes, ``sha256`` hex so far."""

    @property
    def size(self) -> int: ...

    @property
    def sha256(self) -> str: ...

    @property
    def head(self) -> bytes: ...

    def write(self, chunk: bytes) -> None: ...


class Kept(Protocol):
    """Where bytes lie under an id. A file appears when its writer's block ends well."""

    def create(self, id: str) -> AbstractContextManager[Writer]: ...

    def open(self, id: str) -> BinaryIO: ...

    def sniff(self, head: bytes, name: str, declared: str | None) -> str: ...

    def ending(self, type: str) -> str: ...
