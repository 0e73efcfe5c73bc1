"""How much memory do large results take on their way to SellerShorts? Peaks of fresh processes."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import replace
from http.client import HTTPConnection

from benchmarks.figures import Figure, Scale
from benchmarks.memory import MB, SMALL, forget_peak, pieces
from benchmarks.running import ask, family, process, resident, until, until_answers
from benchmarks.world import World, world
from connector.core.model import Operation, Status, StoredFile
from connector.engine import Engine
from connector.engine.parts import fresh_id
from connector.serve import free_port
from connector.settings import read_settings
from connector.wiring import make_site

SECRET = "a secret of the benchmarks"
PUT, INLINE = 100 * MB, 37 * MB  # bytes; base64 takes a third more, and SellerShorts 50 MB of it
MOST = 16.0  # MB above idle


def run(scale: Scale) -> list[Figure]:
    """Put to the address that SellerShorts gives, and whole in the answer to a poll."""
    put, inline = (8 * MB, 4 * MB) if scale.quick else (PUT, INLINE)
    return [
        _figure(f"put for a callback, {put // MB} MB", _was_put(put)),
        _figure(f"whole in an answer, {inline // MB} MB", _was_polled(inline)),
    ]


def _figure(what: str, peak: float) -> Figure:
    return Figure(what, "the limit", peak, MOST, "MB", 1.0, most=True)


def _was_put(size: int) -> float:
    """MB above idle in a worker that tells of a file."""
    with world() as here, _market() as port:
        known = {
            "CONNECTOR_ALLOWED_HOSTS": f"127.0.0.1:{port}",
            "CONNECTOR_SELLERSHORTS_SECRET": SECRET,
        }
        environment = here.environment(**known)
        engine = make_site(read_settings(environment)).engine
        with process("connector", "work", environment=environment) as worker:
            _tell(engine, port, "small", SMALL)
            until(lambda: _status(port, "small") == "completed", worker)
            forget_peak(worker.pid)
            idle = resident(worker.pid)
            _tell(engine, port, "large", size)
            until(lambda: _status(port, "large") == "completed", worker)
            engine.parts.store.close()
            return resident(worker.pid, peak=True) - idle


def _was_polled(size: int) -> float:
    """MB above idle in the process that serves."""
    with world() as here, here.engine() as engine, here.serving() as (port, parent):
        pid = max(family(parent)[1:], key=resident)
        _end(engine, "small", SMALL)
        _poll(here, port, "small")
        forget_peak(pid)
        idle = resident(pid)
        _end(engine, "large", size)
        if _poll(here, port, "large") < size * 4 // 3:
            raise RuntimeError("the answer does not hold the file")
        return resident(pid, peak=True) - idle


@contextlib.contextmanager
def _market() -> Iterator[int]:
    """The marketplace's stand-in: its port."""
    port = free_port()
    command = ("connector", "simulate", "sellershorts", "--key", SECRET, "--seconds", "0")
    with process(*command, "--port", str(port)) as running:
        until_answers(port, "/_orders", running)
        yield port


def _tell(engine: Engine, port: int, order_id: str, size: int) -> None:
    """An order that the marketplace knows, that has ended, and whose end it is owed."""
    nobody = {"webhook": f"http://127.0.0.1:{port}/_nobody", "order_id": order_id}
    _send(port, "/_buy", json.dumps(nobody).encode())
    op = _end(engine, order_id, size)
    engine.watch(op, f"http://127.0.0.1:{port}/api/orders/callback", "sellershorts")


def _end(engine: Engine, order_id: str, size: int) -> Operation:
    """An order whose result is a file of so many bytes."""
    file = engine.keep_file("bench", pieces(size), "large.pdf", "application/pdf")
    now = engine.parts.clock()
    op = Operation(
        id=fresh_id(now),
        owner="bench",
        provider="bench",
        action="read",
        platform="sellershorts",
        input={},
        created_at=now,
        updated_at=now,
        finished_at=now,
        deadline_at=now,
        next_call=None,
        due_at=None,
        key=order_id,
        fingerprint=order_id,
        status=Status.SUCCEEDED,
        facts={"result": file.reference()},
    )
    kept: StoredFile = replace(file, operation_id=op.id)
    engine.parts.store.add_operation(op, [kept])
    return op


def _status(port: int, order_id: str) -> str:
    found: str = json.loads(ask(port, f"/_orders/{order_id}")[1])["status"]
    return found


def _send(port: int, path: str, body: bytes) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", path, body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    said = answer.read()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status}: {said[:300]!r}")


def _poll(here: World, port: int, order_id: str) -> int:
    """Bytes of the answer to a poll."""
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    headers = {"X-Auth-Token": here.key}
    connection.request("GET", f"/sellershorts/bench/read/orders/{order_id}", headers=headers)
    answer = connection.getresponse()
    size = 0
    while chunk := answer.read(256 * 1024):
        size += len(chunk)
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{answer.status}")
    return size
