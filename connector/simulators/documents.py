"""What stands in this file? Text only: pixels are not read, and that is said.

A file that cannot be read is a Document with ``trouble``; nothing is raised.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pypdf import PageObject

MAGIC = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (8, b"WEBP", "image/webp"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (4, b"ftyphei", "image/heic"),
    (4, b"ftyphev", "image/heic"),
    (4, b"ftypmif1", "image/heif"),
)
"""Offset, bytes, type: how each file says what it is, whatever its name says."""
PIXELS = "An image has no text layer, and this simulator does not read pixels."


@dataclass(frozen=True, slots=True)
class Document:
    """A file as it was read. ``pages`` holds the text of each page, laid out in columns.

    ``note`` says why there is no text though the file is sound; ``trouble`` says why it could
    not be read at all.
    """

    mime_type: str
    pages: tuple[str, ...] = ()
    note: str | None = None
    trouble: str | None = None


def read(content: bytes) -> Document:
    """Read a file: PDF and plain text in full, of images only that they are images."""
    mime_type = type_of(content)
    if mime_type == "application/pdf":
        return read_pdf(content)
    if mime_type == "text/plain":
        return Document(mime_type, tuple(content.decode("utf-8-sig").split("\f")))
    if mime_type.startswith("image/"):
        return Document(mime_type, ("",), note=PIXELS)
    return Document(mime_type, trouble="The file type is not supported.")


def type_of(content: bytes) -> str:
    """The MIME type, by the first bytes; ``application/octet-stream`` when nothing fits."""
    for offset, magic, mime_type in MAGIC:
        if content[offset : offset + len(magic)] == magic:
            return mime_type
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "application/octet-stream"
    return "text/plain" if text.strip() and "\x00" not in text else "application/octet-stream"


def read_pdf(content: bytes) -> Document:
    """The text of every page, in the columns it is printed in."""
    from pypdf import PdfReader  # here: every process of the service imports this module

    kind = "application/pdf"
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            return Document(kind, trouble="The PDF is protected by a password.")
        pages = tuple(page_text(page) for page in reader.pages)
    except Exception as error:  # pypdf meets broken files with errors of every kind
        return Document(kind, trouble=f"The PDF could not be read ({type(error).__name__}).")
    if not pages:
        return Document(kind, trouble="The PDF has no pages.")
    if not any(page.strip() for page in pages):
        return Document(kind, pages, note="No page of this PDF has a text layer.")
    return Document(kind, pages)


def page_text(page: PageObject) -> str:
    """The text of a page in its columns; as it comes, where pypdf cannot tell the columns."""
    try:
        return page.extract_text(extraction_mode="layout")
    except Exception:  # zero-sized fonts and the like: the plain way needs no geometry
        return page.extract_text()


class Readings:
    """Documents by key, each read once, when it is first asked for.

    ``source`` hands over the bytes, or None when there is no getting them; they are forgotten
    after the reading, so that thousands of jobs hold text and not files, unless ``keep`` is set.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sources: dict[str, Callable[[], bytes | None]] = {}
        self._documents: dict[str, Document] = {}
        self._kept: dict[str, bytes | None] = {}

    def put(self, key: str, source: Callable[[], bytes | None], keep: bool = False) -> None:
        """Remember where a document is to be had; with ``keep``, its bytes for ``content``."""
        with self._lock:
            if keep:
                self._kept.setdefault(key, None)
                self._documents.pop(key, None)  # read without its bytes: it is read again
            if key not in self._documents:
                self._sources[key] = source

    def document(self, key: str) -> Document:
        """The document, read now if it was not before."""
        if found := self._documents.get(key):
            return found
        with self._lock:
            source = self._sources.get(key)
        if source is None:
            return self._documents[key]  # another thread has just finished it
        content = source()
        document = UNREACHED if content is None else read(content)
        with self._lock:
            self._sources.pop(key, None)
            if key in self._kept:
                self._kept[key] = content
            return self._documents.setdefault(key, document)

    def content(self, key: str) -> bytes | None:
        """The bytes of a document that was to be kept; None when there are none."""
        self.document(key)
        return self._kept.get(key)


UNREACHED = Document("application/octet-stream", trouble="The file could not be downloaded.")
