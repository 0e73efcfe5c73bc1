"""What is the engine made of, and what does a caller hand in?"""

from __future__ import annotations

import random
import secrets
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, Any

from connector.core.language import Action, Manifest
from connector.core.model import (
    Delivery,
    Failure,
    Operation,
    Outcome,
    Request,
    Response,
    StoredFile,
    Subscription,
)
from connector.errors import NotFound
from connector.vault import Vault

if TYPE_CHECKING:
    from connector.files import Files
    from connector.store import Store


@dataclass(frozen=True, slots=True)
class Receiver:
    """Whom a conversation is with. ``target`` is the URL that the message is owed to;
    ``secret(name)`` is what the owner, or else the operator, keeps under this name."""

    target: str
    secret: Callable[[str], str | None]


class Unwelcome(Exception):
    """An answer that is not 2xx, by its ``status``."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the answer was {status}")
        self.status = status


Talk = Generator[Request, Response, Failure | None]
"""Yields requests, is sent their answers (each of them 2xx), and may end with a Failure of its
own, for an answer that it cannot go on with. Any other answer is raised in it as Unwelcome, which
ends it unless it knows better."""

Conversation = Callable[[Receiver], Talk]

Message = Callable[[Operation, Subscription, Delivery], Mapping[str, Any] | Conversation]
"""A platform's way of telling: the JSON object that it wants to receive, or a conversation where
one request is not enough, or needs headers of its own."""


ID_LENGTH = 32


def fresh_id(now: float) -> str:
    """An id that nobody can guess (96 random bits), sorting by its time."""
    return f"{int(now):08x}{secrets.token_hex(12)}"


def made_at(id: str) -> float:
    """When an id of ours was made, to the second; infinity for what is none."""
    try:
        return float(int(id[:8], 16)) if len(id) == ID_LENGTH else inf
    except ValueError:
        return inf


@dataclass(frozen=True)
class Parts:
    """Everything that the engine acts through; only wiring and tests make one.

    ``send`` asks the outside and never raises. ``objection`` says what is wrong with a URL that
    a caller gave. ``provider_key`` is the operator's own key for a provider. ``sign`` makes the
    headers of a signed message from its secrets, id, time and text. ``waiters`` are the places for
    callers who wait; once ``stopping`` is set nobody waits any more.
    """

    manifests: Mapping[str, Manifest]
    store: Store
    files: Files
    send: Callable[[Request], Outcome]
    objection: Callable[[str], str | None]
    vault: Vault
    sign: Callable[[Sequence[str], str, float, str], Mapping[str, str]]
    messages: Mapping[str, Message]
    provider_key: Callable[[str], str | None]
    max_file_bytes: int = 100_000_000
    wait_seconds: float = 1.5
    result_days: float = 7.0
    operation_days: float = 30.0
    waiters: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(8))
    clock: Callable[[], float] = time.time
    dice: Callable[[], float] = random.Random().random
    stopwatch: Callable[[], float] = time.monotonic
    stopping: threading.Event = field(default_factory=threading.Event)

    def new_id(self) -> str:
        """A fresh id of this moment."""
        return fresh_id(self.clock())

    def action(self, provider: str, name: str) -> Action:
        """The action, or NotFound saying which there are."""
        manifest = self.manifest(provider)
        if name not in manifest.actions:
            known = ", ".join(manifest.actions)
            raise NotFound(f"{provider} has no action {name!r}; it has: {known}.", "unknown_action")
        return manifest.actions[name]

    def manifest(self, provider: str) -> Manifest:
        """The provider's manifest, or NotFound saying which there are."""
        if provider not in self.manifests:
            known = ", ".join(self.manifests)
            message = f"There is no provider {provider!r}; there is: {known}."
            raise NotFound(message, "unknown_provider")
        return self.manifests[provider]


@dataclass(frozen=True, slots=True)
class Order:
    """What a caller asks for.

    ``input`` holds files as references, ``files`` what is known of them. ``timeout`` is seconds
    or the name of a deadline, ``pace`` the name of a pace. ``wait`` None means the usual moment,
    else seconds until the operation is closed. ``provider_key`` is the caller's own provider key.
    """

    owner: str
    platform: str
    provider: str
    action: str
    input: Mapping[str, Any]
    files: tuple[StoredFile, ...] = ()
    key: str | None = None
    client_ref: str | None = None
    timeout: Any = None
    pace: Any = None
    callback_url: str | None = None
    provider_key: str | None = None
    wait: float | None = None
