"""Which files have been uploaded, and what stands in them?"""

from __future__ import annotations

import hashlib
import threading
import uuid
from dataclasses import dataclass
from pathlib import PurePath

from connector.simulators.documents import PIXELS, Document, Readings

TYPES = {
    ".pdf": "application/pdf",
    ".doc": "application/msword",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".bmp": "image/bmp",
}
"""What the pages on uploading name, taken together: the older has Word, the newer TIFF and BMP."""
SAME_FILE_SECONDS = 300.0
"""DocuMind: uploads of the same file within five minutes return the same document id."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One document."""

    id: str
    filename: str
    sha256: str
    content: bytes
    uploaded_at: float


class Uploads:
    """All documents, safe to ask from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._uploads: dict[str, Upload] = {}
        self._newest: dict[tuple[str, str], str] = {}
        self._readings = Readings()

    def add(self, filename: str, content: bytes, now: float, same: bool) -> Upload:
        """Take a file in; with ``same``, one that came a moment ago is not taken twice."""
        sha256 = hashlib.sha256(content).hexdigest()
        key = (filename, sha256)
        with self._lock:
            known = self._uploads.get(self._newest.get(key, ""))
            if same and known and now - known.uploaded_at < SAME_FILE_SECONDS:
                return known
            upload = Upload(str(uuid.uuid4()), filename, sha256, content, now)
            self._uploads[upload.id] = upload
            self._newest[key] = upload.id
        self._readings.put(sha256, lambda: content)
        return upload

    def find(self, id: str) -> Upload | None:
        """A document that is there."""
        return self._uploads.get(id.lower())

    def delete(self, id: str) -> Upload | None:
        """Take a document away; its extractions stay."""
        with self._lock:
            return self._uploads.pop(id.lower(), None)

    def size(self) -> int:
        """Bytes of all documents."""
        with self._lock:
            return sum(len(upload.content) for upload in self._uploads.values())

    def read(self, upload: Upload) -> Document:
        """What stands in it, read now if it was not before."""
        if upload.content[:2] == b"BM" and PurePath(upload.filename).suffix.lower() == ".bmp":
            return Document("image/bmp", ("",), note=PIXELS)
        return self._readings.document(upload.sha256)


def is_supported(filename: str, mime_type: str) -> bool:
    """By the name's ending; a name without one goes by the type of its part."""
    ending = PurePath(filename).suffix.lower()
    return ending in TYPES if ending else mime_type in TYPES.values()


def type_of(filename: str) -> str:
    """The content type a document is downloaded with."""
    return TYPES.get(PurePath(filename).suffix.lower(), "application/octet-stream")
