"""How does a document get from a request into the file store? Streamed, never held in memory."""

from __future__ import annotations

from typing import Any

from flask import Request, g

from connector.core.model import StoredFile
from connector.engine import Engine
from connector.files import FileWriter, sniff


class Upload:
    """A multipart file as it is parsed: its bytes go straight to the store.

    The parser writes, and rewinds once at the end; the file is complete then.
    """

    def __init__(self, engine: Engine) -> None:
        self.id = engine.parts.new_id()
        self._writer: FileWriter = engine.parts.files.create(self.id, engine.parts.max_file_bytes)
        self._writer.__enter__()
        self._open = True

    def write(self, chunk: bytes) -> int:
        """The next bytes of the file; raises files.TooLarge."""
        self._writer.write(chunk)
        return len(chunk)

    def seek(self, offset: int, whence: int = 0) -> int:
        """The parser's sign that the file is complete."""
        if self._open:
            self._open = False
            self._writer.__exit__(None, None, None)
        return 0

    def close(self) -> None:
        """Drops a file that never became complete."""
        if self._open:
            self._open = False
            cut = EOFError("the request ended early")
            self._writer.__exit__(EOFError, cut, None)

    def stored(self, owner: str, name: str, type: str | None, now: float) -> StoredFile:
        """What is known of the complete file."""
        kind = sniff(self._writer.head, name, type)
        return StoredFile(self.id, owner, name, kind, self._writer.size, self._writer.sha256, now)


class StreamingRequest(Request):
    """A request whose multipart files go to the engine's file store."""

    engine: Engine

    def _get_file_stream(self, *args: Any, **kwargs: Any) -> Any:
        upload = Upload(self.engine)
        stored()[upload.id] = upload
        return upload


def stored() -> dict[str, Upload | None]:
    """The files that this request stored so far, by id; those that came as base64 are None."""
    if "stored" not in g:
        g.stored = {}
    found: dict[str, Upload | None] = g.stored
    return found


def settle(engine: Engine, used: set[str]) -> None:
    """At the end of a request: files that nobody took are deleted."""
    for each in stored().values():
        if each is not None:
            each.close()
    engine.parts.files.delete([id for id in stored() if id not in used])
