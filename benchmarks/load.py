"""How many requests a second does a server answer? A cheap client: one process, raw sockets.

``python -m benchmarks.load`` reads orders from standard input, one JSON line each, and writes
the number of answers for each: so that nothing of it starts while something is measured.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import sys
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

from benchmarks.running import Running, process

END = b"\r\n\r\n"
LENGTH = b"content-length:"
SLOW = 0.999  # of all answers come within the time that is called slow


class Client(asyncio.Protocol):
    """One kept connection that asks again as soon as it is answered."""

    def __init__(self, requests: Iterator[bytes], expected: bytes) -> None:
        self._requests = requests
        self._expected = b"HTTP/1.1 " + expected
        self._heard = b""
        self.times: list[float] = []
        self.wrong = 0
        self._asked_at = 0.0

    def connection_made(self, transport: Any) -> None:
        """The first question."""
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        self._asked_at = time.perf_counter()
        self._transport.write(next(self._requests))

    def data_received(self, data: bytes) -> None:
        """An answer, or a part of one."""
        heard = self._heard = self._heard + data if self._heard else data
        head = heard.find(END)
        if head < 0 or len(heard) < head + len(END) + _length(heard[:head]):
            return
        self.times.append(time.perf_counter() - self._asked_at)
        self.wrong += not heard.startswith(self._expected)
        self._heard = b""
        self._ask()


def _length(head: bytes) -> int:
    lower = head.lower()
    at = lower.find(LENGTH)
    return int(lower[at + len(LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0


def _same(client: Client) -> Client:
    return client


async def _run(order: dict[str, Any]) -> dict[str, Any]:
    loop = asyncio.get_running_loop()
    requests = itertools.cycle([each.encode() for each in order["requests"]])
    clients = []
    for _ in range(order["connections"]):
        client = Client(requests, str(order["expected"]).encode())
        clients.append(client)
        await loop.create_connection(partial(_same, client), "127.0.0.1", order["port"])
    started = time.perf_counter()
    await asyncio.sleep(order["seconds"])
    seconds = time.perf_counter() - started
    times = sorted(each for client in clients for each in client.times)
    wrong = sum(client.wrong for client in clients)
    for client in clients:
        client._transport.abort()
    slow = times[int(len(times) * SLOW)] if times else 0.0
    return {"rate": len(times) / seconds, "wrong": wrong, "slow": slow}


class Generator:
    """The other side of the pipe: hands orders to the client's process."""

    def __init__(self, running: Running) -> None:
        self._running = running

    def rate(
        self, port: int, requests: list[str], connections: int, expected: int, seconds: float
    ) -> float:
        """Answers a second; raises when there was none, or another status than expected."""
        return self._measured(port, requests, connections, expected, seconds)["rate"]

    def slow(
        self, port: int, requests: list[str], connections: int, expected: int, seconds: float
    ) -> float:
        """The time in seconds within which 99.9 % of the answers came; raises likewise."""
        return self._measured(port, requests, connections, expected, seconds)["slow"]

    def _measured(
        self, port: int, requests: list[str], connections: int, expected: int, seconds: float
    ) -> dict[str, float]:
        order = {
            "port": port,
            "requests": requests,
            "connections": connections,
            "expected": expected,
            "seconds": seconds,
        }
        assert self._running.stdin
        assert self._running.stdout
        print(json.dumps(order), file=self._running.stdin, flush=True)
        heard: dict[str, float] = json.loads(self._running.stdout.readline())
        if heard["wrong"] or not heard["rate"]:
            raise RuntimeError(f"port {port} answered otherwise than {expected}: {heard}")
        return heard


@contextlib.contextmanager
def generator() -> Iterator[Generator]:
    """A client's process for the length of a block."""
    with process("benchmarks.load") as running:
        yield Generator(running)


def request(method: str, path: str, key: str = "", body: str = "") -> str:
    """A request as it stands on the wire; the body is JSON."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"X-API-Key: {key}"] if key else []
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body.encode())}"]
    return "\r\n".join(lines) + "\r\n\r\n" + body


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(asyncio.run(_run(json.loads(line)))), flush=True)
