"""At which absolute addresses do callers find things? Built from our public URL, never from a
Host header."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from connector.core.model import CLOSED, Operation
from connector.signing import Links

DAY = 86400.0


class Addresses:
    """Absolute links, and the signed tokens that open them without a key."""

    def __init__(self, public_url: str, links: Links, clock: Callable[[], float]) -> None:
        self._public_url = public_url.rstrip("/")
        self._links = links
        self._clock = clock

    def at(self, path: str, /, **query: str) -> str:
        """The absolute URL of a path of ours."""
        return f"{self._public_url}{path}" + (f"?{urlencode(query)}" if query else "")

    def operation(self, op: Operation, *more: str) -> str:
        """The operation itself, or what lies below it (``result``, ``cancel``)."""
        return self.at("/".join(("/v1/operations", op.id, *more)))

    def result(self, op: Operation, path: str) -> str:
        """A path to the operation's result, with a token that opens just this operation."""
        return self.at(path, token=self.token("operation", op.id, self.until(op)))

    def file(self, op: Operation, id: str) -> str:
        """A result file, for whoever holds the link, until its time."""
        return self.at(f"/v1/files/{id}", token=self.token("file", id, self.until(op)))

    def until(self, op: Operation) -> float:
        """Until when links to it live, as an epoch second: the deadline, or the end if that came
        later, and a day. Once it is closed a day from now at least: its result is kept for longer,
        and what is deleted is not there for any token."""
        now = self._clock() if op.status in CLOSED else 0.0
        return max(op.deadline_at, op.finished_at or 0.0, now) + DAY

    def token(self, kind: str, id: str, until: float) -> str:
        """What opens this one thing until the epoch second ``until``; ``kind`` is ``operation``
        or ``file``, to read it, or ``subscription``, to end it."""
        return self._links.token(kind, id, until)

    def opens(self, token: str, kind: str, id: str, now: float) -> bool:
        """Whether a token opens this one thing now."""
        return self._links.opens(token, kind, id, now)
