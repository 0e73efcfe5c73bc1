"""Where do the bytes of documents lie? By id in a folder or an object store; who may see them
is not known here."""

from __future__ import annotations

import contextlib
import hashlib
import mimetypes
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import TracebackType
from typing import Any, BinaryIO, Protocol

import fsspec
from fsspec.implementations.local import LocalFileSystem

CHUNK = 64 * 1024
HEAD = 512
"""Bytes kept of the beginning of a file, to tell its type."""

PART = ".part"
"""The end of the name of a file that is still being written."""

ID = re.compile(r"[A-Za-z0-9_-]{8,64}", re.ASCII)


class TooLarge(Exception):
    """A file grew beyond the bytes it may have; nothing of it is kept."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__(f"the file is larger than {max_bytes} bytes")
        self.max_bytes = max_bytes


class Files:
    """Document bytes under ids, at an fsspec URL: a path, ``file://``, ``s3://``, ``abfs://``.

    Ids are 8 to 64 letters, digits, ``_`` and ``-``; any other id raises ValueError.
    """

    def __init__(self, url: str) -> None:
        # Listings must not be cached: other processes add and delete files.
        self._fs, self._root = fsspec.core.url_to_fs(url, use_listings_cache=False)
        self._root = self._root.rstrip("/")
        self._local = isinstance(self._fs, LocalFileSystem)

    def create(self, id: str, max_bytes: int | None = None) -> FileWriter:
        """A writer for a new file, which appears when its with-block ends without an error."""
        path = self._path(id)
        sink = LocalSink(path) if self._local else ObjectSink(self._fs, path)
        return FileWriter(sink, max_bytes)

    def open(self, id: str) -> BinaryIO:
        """A seekable stream of the file; raises FileNotFoundError."""
        stream: BinaryIO = self._fs.open(self._path(id), "rb", block_size=1024 * 1024)
        return stream

    def chunks(
        self, id: str, start: int = 0, stop: int | None = None, size: int = CHUNK
    ) -> Iterator[bytes]:
        """Bytes ``start`` up to but without ``stop``, in pieces of at most ``size`` bytes;
        raises FileNotFoundError at the first piece."""
        with self.open(id) as stream:
            stream.seek(start)
            while stop is None or start < stop:
                chunk = stream.read(size if stop is None else min(size, stop - start))
                if not chunk:
                    return
                start += len(chunk)
                yield chunk

    def delete(self, ids: Iterable[str]) -> None:
        """Remove files and what is left of unfinished ones; missing ones are fine."""
        for id in ids:
            path = self._path(id)
            for name in (path, path + PART) if self._local else (path,):
                with contextlib.suppress(FileNotFoundError):
                    self._fs.rm_file(name)

    def older_than(self, moment: float) -> Iterator[str]:
        """Ids of files, also unfinished ones, last written before ``moment`` (epoch seconds)."""
        for _folder, _folders, found in self._fs.walk(self._root, detail=True):
            for name, stat in found.items():
                id = name.removesuffix(PART)
                if ID.fullmatch(id) and written_at(stat) < moment:
                    yield id

    def sniff(self, head: bytes, name: str, declared: str | None) -> str:
        """The MIME type of a file, as ``sniff`` below tells it."""
        return sniff(head, name, declared)

    def ending(self, type: str) -> str:
        """How the names of files of a MIME type end, as ``ending`` below tells it."""
        return ending(type)

    def _path(self, id: str) -> str:
        if not ID.fullmatch(id):
            raise ValueError("a file id is 8 to 64 letters, digits, _ and -")
        # Ids begin with a time, so their ends spread evenly over folders.
        return f"{self._root}/{id[-2:]}/{id}"


def written_at(stat: Mapping[str, Any]) -> float:
    """When a file was stored, in epoch seconds, by the name each file system has for it. One
    that does not say counts as new."""
    names = ("mtime", "LastModified", "last_modified", "updated", "created")
    moment = next((stat[name] for name in names if stat.get(name) is not None), float("inf"))
    if isinstance(moment, datetime):
        return moment.timestamp()
    return float(moment)


class Sink(Protocol):
    """Where a writer's bytes go: nobody sees them before ``commit``."""

    def write(self, chunk: bytes) -> None: ...

    def commit(self) -> None: ...

    def abandon(self) -> None: ...


class FileWriter:
    """A file being written. ``size`` (bytes), ``sha256`` (hex) and ``head`` (the first 512
    bytes) tell of what was written so far."""

    def __init__(self, sink: Sink, max_bytes: int | None) -> None:
        self._sink = sink
        self._max_bytes = max_bytes
        self._hash = hashlib.sha256()
        self.size = 0
        self.head = b""

    @property
    def sha256(self) -> str:
        """The hash in hex."""
        return self._hash.hexdigest()

    def write(self, chunk: bytes) -> None:
        """Append; raises TooLarge."""
        self.size += len(chunk)
        if self._max_bytes is not None and self.size > self._max_bytes:
            raise TooLarge(self._max_bytes)
        if len(self.head) < HEAD:
            self.head += bytes(chunk[: HEAD - len(self.head)])
        self._hash.update(chunk)
        self._sink.write(chunk)

    def __enter__(self) -> FileWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._sink.abandon()
            return
        try:
            self._sink.commit()
        except BaseException:
            self._sink.abandon()
            raise


class LocalSink:
    """A file in a folder: renamed when complete, and on the disk when renamed."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._folder = os.path.dirname(path)
        if not os.path.isdir(self._folder):
            os.makedirs(self._folder, exist_ok=True)
            sync_folder(os.path.dirname(self._folder))
        self._stream = open(path + PART, "wb")  # noqa: SIM115 (lives until commit or abandon)

    def write(self, chunk: bytes) -> None:
        """Append to the hidden file."""
        self._stream.write(chunk)

    def commit(self) -> None:
        """Make the file visible and durable, bytes first, then its name."""
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._stream.close()
        os.replace(self._path + PART, self._path)
        sync_folder(self._folder)

    def abandon(self) -> None:
        """Leave nothing behind."""
        with contextlib.suppress(OSError):
            self._stream.close()
        with contextlib.suppress(OSError):
            os.unlink(self._path + PART)


def sync_folder(folder: str) -> None:
    """Make the names in a folder durable, where the system can (Windows cannot)."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


class ObjectSink:
    """An object in a store that shows it only when it is complete."""

    def __init__(self, fs: Any, path: str) -> None:
        self._fs = fs
        self._path = path
        self._stream = fs.open(path, "wb", autocommit=False)

    def write(self, chunk: bytes) -> None:
        """Append to the upload."""
        self._stream.write(chunk)

    def commit(self) -> None:
        """Finish the upload."""
        self._stream.close()
        self._stream.commit()

    def abandon(self) -> None:
        """Drop the upload; closing it would finish it."""
        with contextlib.suppress(OSError, NotImplementedError):
            self._stream.discard()
        with contextlib.suppress(AttributeError):
            self._stream.closed = True
        # Some stores know no unfinished uploads and showed the object from the start.
        with contextlib.suppress(OSError):
            self._fs.rm_file(self._path)


ZIP = "application/zip"

MAGIC = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
    (0, b"PK\x03\x04", ZIP),
)
"""Where in a file which bytes stand for which type."""

OFFICE = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
"""Zip files that are something else, by their name or by what was declared."""

MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)


def sniff(head: bytes, name: str, declared: str | None) -> str:
    """The MIME type of a file: by its first bytes, else by its name, else as it was declared
    (without parameters), else ``application/octet-stream``."""
    office = OFFICE.get(name.rpartition(".")[2].lower())
    said = (declared or "").partition(";")[0].strip().lower()
    for place, magic, type_ in MAGIC:
        if head[place : place + len(magic)] == magic:
            zipped = office or (said if said in OFFICE.values() else type_)
            return zipped if type_ == ZIP else type_
    named = office or mimetypes.guess_type(name)[0]
    return named or (said if MEDIA_TYPE.fullmatch(said) else "application/octet-stream")


def ending(type: str) -> str:
    """How the name of a file of this MIME type ends (``.pdf``); nothing, where no one knows."""
    office = next((f".{end}" for end, named in OFFICE.items() if named == type), None)
    return office or mimetypes.guess_extension(type) or ""
