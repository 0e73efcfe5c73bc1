"""How much memory does a large file take on its way in and out? Peaks of fresh processes."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path

from benchmarks.figures import Figure, Scale
from benchmarks.running import family, process, resident, until
from benchmarks.world import World, world
from connector.engine import Engine, Order

MB = 1_000_000
SIZE = 37 * MB
LARGEST = 100 * MB  # what the service takes, if it is not told otherwise
SMALL = MB // 10  # a first file, so that what every process needs once is not counted
PIECE = 64 * 1024
BOUNDARY = "a-boundary-of-the-benchmarks"
HEAD = (
    f"--{BOUNDARY}\r\n"
    'Content-Disposition: form-data; name="document"; filename="large.pdf"\r\n'
    "Content-Type: application/pdf\r\n\r\n"
).encode()
TAIL = f"\r\n--{BOUNDARY}--\r\n".encode()


def run(scale: Scale) -> list[Figure]:
    """In as multipart and as base64 in JSON, out to the provider as multipart."""
    size, largest = (4 * MB, 8 * MB) if scale.quick else (SIZE, LARGEST)
    return [
        _figure("in, multipart", _came_in(_multipart, size), 8.0),
        _figure("in, base64 in JSON", _came_in(_base64, size), 150.0),
        _figure("out to the provider, multipart", _went_out(size), 8.0),
        _figure(f"in, multipart, {largest // MB} MB", _came_in(_multipart, largest), 16.0),
        _figure(f"out to the provider, {largest // MB} MB", _went_out(largest), 16.0),
    ]


def _figure(what: str, peak: float, limit: float) -> Figure:
    return Figure(what, "the limit", peak, limit, "MB", 1.0, most=True)


def _came_in(send: Callable[[World, int, int], None], size: int) -> float:
    """MB above idle in the process that serves."""
    with world() as here, here.serving() as (port, parent):
        pid = max(family(parent)[1:], key=resident)
        send(here, port, SMALL)
        forget_peak(pid)
        idle = resident(pid)
        send(here, port, size)
        return resident(pid, peak=True) - idle


def _went_out(size: int) -> float:
    """MB above idle in a worker."""
    with (
        world() as here,
        here.providing(),
        here.engine() as engine,
        process("connector", "work", environment=here.environment()) as worker,
    ):
        _order(engine, SMALL)
        until(lambda: here.seen()["posts"] >= 1, worker)
        forget_peak(worker.pid)
        idle = resident(worker.pid)
        _order(engine, size)
        until(lambda: here.seen()["posts"] >= 2, worker)
        assert here.seen()["bytes"] > size
        return resident(worker.pid, peak=True) - idle


def forget_peak(pid: int) -> None:
    """Begins the peak anew (proc_pid_clear_refs(5)); where that is not allowed, idle is higher."""
    with suppress(OSError):
        Path(f"/proc/{pid}/clear_refs").write_text("5")


def _order(engine: Engine, size: int) -> None:
    file = engine.keep_file("bench", pieces(size), "large.pdf", "application/pdf")
    given = {"document": file.reference()}
    engine.submit(Order("bench", "rest", "bench", "read", given, (file,), wait=0.0))


def _multipart(here: World, port: int, size: int) -> None:
    length = len(HEAD) + size + len(TAIL)
    body = (HEAD, *pieces(size), TAIL)
    _post(here, port, body, length, f"multipart/form-data; boundary={BOUNDARY}")


def _base64(here: World, port: int, size: int) -> None:
    content = b64encode(b"".join(pieces(size))).decode()
    body = json.dumps({"document": content, "document_name": "large.pdf"}).encode()
    _post(here, port, (body,), len(body), "application/json")


def _post(here: World, port: int, body: Sequence[bytes], length: int, type: str) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    headers = {"X-API-Key": here.key, "Content-Type": type, "Content-Length": str(length)}
    connection.request("POST", "/v1/bench/read?wait=0", iter(body), headers)
    answer = connection.getresponse()
    if answer.status != 202:
        raise RuntimeError(f"{answer.status}: {answer.read()[:300]!r}")
    connection.close()


def pieces(size: int) -> Iterator[bytes]:
    """A file of so many bytes, that looks like a PDF."""
    piece = b"%PDF-1.7 " + bytes(range(256)) * (PIECE // 256)
    for start in range(0, size, PIECE):
        yield piece[: min(PIECE, size - start)]
