"""Document bytes by reference: whole or not at all, in little memory, without path games."""

from __future__ import annotations

import gc
import hashlib
import os
import time
import uuid
from pathlib import Path
from typing import Any, ClassVar

import pytest
from fsspec import AbstractFileSystem, register_implementation
from fsspec.spec import AbstractBufferedFile

from connector.files import Files, TooLarge, ending, sniff

ID = "20240101-abcdef"


@pytest.fixture(params=["folder", "file url", "object store"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    places = {
        "folder": str(tmp_path / "files"),
        "file url": (tmp_path / "files").as_uri(),
        "object store": f"memory://{uuid.uuid4().hex}",
    }
    return Files(places[request.param])


def put(files: Files, content: bytes, id: str = ID) -> None:
    with files.create(id) as writer:
        writer.write(content)


def test_what_is_written_can_be_read(files: Files) -> None:
    with files.create(ID) as writer:
        for piece in (b"a" * 500, b"b" * 500, b""):
            writer.write(piece)
    content = b"a" * 500 + b"b" * 500
    assert writer.size == 1000
    assert writer.sha256 == hashlib.sha256(content).hexdigest()
    assert writer.head == content[:512]
    with files.open(ID) as stream:
        assert stream.read() == content
        assert stream.seek(0, 2) == 1000
        stream.seek(499)
        assert stream.read(2) == b"ab"


def test_nobody_sees_a_file_before_it_is_complete(tmp_path: Path) -> None:
    files = Files(str(tmp_path))
    with files.create(ID) as writer:
        writer.write(b"half")
        with pytest.raises(FileNotFoundError):
            files.open(ID)
    with files.open(ID) as stream:
        assert stream.read() == b"half"


def test_nothing_is_left_of_a_failed_write(files: Files) -> None:
    with pytest.raises(RuntimeError, match="stop"):
        fail(files)
    with pytest.raises(FileNotFoundError):
        files.open(ID)
    assert list(files.older_than(time.time() + 60)) == []


def fail(files: Files) -> None:
    with files.create(ID) as writer:
        writer.write(b"half")
        raise RuntimeError("stop")


class Upload(AbstractBufferedFile):  # type: ignore[misc]
    """An upload to an object store, in parts of 4 bytes."""

    steps: ClassVar[list[str]] = []

    def _initiate_upload(self) -> None:
        self.steps.append("begin")

    def _upload_chunk(self, final: bool = False) -> bool:
        self.steps.append("last" if final else "part")
        return True

    def commit(self) -> None:
        self.steps.append("commit")

    def discard(self) -> None:
        self.steps.append("discard")


class Store(AbstractFileSystem):  # type: ignore[misc]
    protocol = "uploads"
    cachable = False

    def _open(self, path: str, mode: str = "rb", **more: Any) -> Upload:
        return Upload(self, path, mode, block_size=4, autocommit=more["autocommit"])

    def rm_file(self, path: str) -> None:
        raise FileNotFoundError(path)


def test_an_upload_is_finished_or_dropped() -> None:
    register_implementation("uploads", Store, clobber=True)
    files = Files("uploads://bucket/folder")
    put(files, b"12345678")
    assert Upload.steps == ["begin", "part", "last", "commit"]
    Upload.steps.clear()
    with pytest.raises(RuntimeError, match="stop"):
        fail(files)
    gc.collect()
    assert Upload.steps == ["begin", "part", "discard"]


def test_a_file_that_grows_too_large_is_refused(files: Files) -> None:
    with files.create(ID, max_bytes=4) as writer:
        writer.write(b"1234")
    with pytest.raises(TooLarge), files.create(ID[::-1], max_bytes=4) as writer:
        writer.write(b"12345")
    assert list(files.older_than(time.time() + 60)) == [ID]


@pytest.mark.parametrize(
    ("start", "stop", "expected"),
    [
        (0, None, b"0123456789"),
        (3, None, b"3456789"),
        (2, 5, b"234"),
        (8, 99, b"89"),
        (5, 5, b""),
        (20, None, b""),
    ],
)
def test_a_range_comes_in_pieces(
    files: Files, start: int, stop: int | None, expected: bytes
) -> None:
    put(files, b"0123456789")
    pieces = list(files.chunks(ID, start, stop, size=2))
    assert b"".join(pieces) == expected
    assert all(0 < len(piece) <= 2 for piece in pieces)


def test_deleting_twice_is_fine(files: Files) -> None:
    put(files, b"x")
    files.delete([ID, "never-was-here"])
    files.delete([ID])
    with pytest.raises(FileNotFoundError):
        files.open(ID)


BAD_IDS = ["", "short", "../../etc/passwd", "a" * 65, "abcdefg/h", "abcdefgh\n", "ünïcödé-id"]


@pytest.mark.parametrize("id", BAD_IDS)
def test_an_id_cannot_leave_the_store(files: Files, id: str) -> None:
    for deed in (files.create, files.open, lambda id: files.delete([id])):
        with pytest.raises(ValueError, match="file id"):
            deed(id)


def test_old_files_can_be_found(files: Files) -> None:
    put(files, b"x")
    assert list(files.older_than(time.time() - 60)) == []
    assert list(files.older_than(time.time() + 60)) == [ID]


def test_what_a_crash_left_is_found_and_deleted(tmp_path: Path) -> None:
    files = Files(str(tmp_path))
    put(files, b"x")
    left = tmp_path / "yz" / "20240101-wxyz.part"
    left.parent.mkdir()
    left.write_bytes(b"half")
    os.utime(left, (1, 1))
    assert list(files.older_than(1000)) == ["20240101-wxyz"]
    files.delete(["20240101-wxyz"])
    assert not left.exists()


def test_folders_go_by_the_end_of_the_id(tmp_path: Path) -> None:
    put(Files(str(tmp_path)), b"x")
    assert (tmp_path / "ef" / ID).read_bytes() == b"x"


OFFICE = "application/vnd.openxmlformats-officedocument."


@pytest.mark.parametrize(
    ("head", "name", "declared", "expected"),
    [
        (b"%PDF-1.7", "a.txt", "text/plain", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "", None, "image/png"),
        (b"\xff\xd8\xff\xe0", "", None, "image/jpeg"),
        (b"II*\0", "", None, "image/tiff"),
        (b"MM\0*", "", None, "image/tiff"),
        (b"RIFF\0\0\0\0WEBP", "", None, "image/webp"),
        (b"\0\0\0\x18ftypheic", "", None, "image/heic"),
        (b"GIF89a", "", None, "image/gif"),
        (b"PK\x03\x04", "a.docx", None, OFFICE + "wordprocessingml.document"),
        (b"PK\x03\x04", "a.XLSX", None, OFFICE + "spreadsheetml.sheet"),
        (b"PK\x03\x04", "a.zip", None, "application/zip"),
        (b"PK\x03\x04", "a", OFFICE + "spreadsheetml.sheet; x=y", OFFICE + "spreadsheetml.sheet"),
        (b"PK\x03\x04", "a", "text/html", "application/zip"),
        (b"hello", "a.xlsx", None, OFFICE + "spreadsheetml.sheet"),
        (b"hello", "a.txt", "image/png", "text/plain"),
        (b"hello", "a", "Text/CSV; charset=utf-8", "text/csv"),
        (b"hello", "a", "nonsense\r\nX: y", "application/octet-stream"),
        (b"", "", None, "application/octet-stream"),
    ],
)
def test_a_type_is_told_by_bytes_then_name_then_claim(
    head: bytes, name: str, declared: str | None, expected: str
) -> None:
    assert sniff(head, name, declared) == expected


@pytest.mark.parametrize(
    ("type", "expected"),
    [
        ("application/pdf", ".pdf"),
        ("image/png", ".png"),
        ("text/csv", ".csv"),
        ("text/html", ".html"),
        ("application/zip", ".zip"),
        (OFFICE + "spreadsheetml.sheet", ".xlsx"),
        ("application/unheard-of", ""),
    ],
)
def test_a_type_has_the_ending_that_people_know(type: str, expected: str) -> None:
    assert ending(type) == expected
