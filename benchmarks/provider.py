"""Who stands in for a provider? As cheap as can be: ``python -m benchmarks.provider PORT``.

Every GET says that the job is being worked on; every POST is a new job, its body thrown away;
``GET /count`` says how many GETs and bytes of bodies there were.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

END = b"\r\n\r\n"
LENGTH = b"content-length:"


class Seen:
    """What came so far."""

    gets = 0
    posts = 0
    bytes = 0


class Provider(asyncio.Protocol):
    """One connection."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self._head = b""
        self._left = 0

    def connection_made(self, transport: Any) -> None:
        """Someone came."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """A question, or a part of its body."""
        if self._left:
            self._take(data)
            return
        self._head += data
        head, end, rest = self._head.partition(END)
        if not end:
            return
        self._head = b""
        if head.startswith(b"POST"):
            lower = head.lower()
            at = lower.index(LENGTH) + len(LENGTH)
            self._left = int(lower[at:].split(b"\r\n", 1)[0])
            self._take(rest)
        else:
            self._get(head.split(b" ", 2)[1])

    def _get(self, path: bytes) -> None:
        if path == b"/count":
            seen = self._seen
            self._answer({"gets": seen.gets, "posts": seen.posts, "bytes": seen.bytes})
            return
        self._seen.gets += 1
        job = path.rsplit(b"/", 1)[1].decode()
        self._answer({"id": job, "state": "working", "pages_done": 1, "alias": "a document"})

    def _take(self, data: bytes) -> None:
        self._seen.bytes += len(data)
        self._left -= len(data)
        if self._left <= 0:
            self._left = 0
            self._seen.posts += 1
            self._answer({"id": f"j-{self._seen.posts}"})

    def _answer(self, document: dict[str, Any]) -> None:
        body = json.dumps(document).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        self._transport.write(head.encode() + END + body)


async def _serve(port: int) -> None:
    seen = Seen()
    server = await asyncio.get_running_loop().create_server(
        lambda: Provider(seen), "127.0.0.1", port
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
