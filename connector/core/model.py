"""The values everything else speaks of. They hold no behaviour beyond naming themselves.

Times are seconds since the epoch (float), durations are seconds. A file travels as a
reference, a dict ``{"$file": id, "name": str, "type": str, "size": int, "sha256": str}``;
only the door swaps it for bytes. Mappings inside these values are never mutated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

FILE = "$file"
"""The key that marks a dict as a reference to a stored file."""


class Status(StrEnum):
    """The six words every provider's vocabulary is translated to. The last three are closed."""

    PENDING = "pending"
    RUNNING = "running"
    NEEDS_REVIEW = "needs_review"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


CLOSED = frozenset({Status.SUCCEEDED, Status.FAILED, Status.CANCELED})


@dataclass(frozen=True, slots=True)
class Request:
    """One question to the outside, ready to be asked.

    ``body`` may hold file references anywhere. ``own`` says that the address belongs to the
    provider (as the operator configured it), so that it may be private; any other address must
    be https and public. ``credentials`` says that the provider's key goes along. ``timeout``
    bounds the whole exchange. ``answer`` is ``json`` (or text), ``bytes`` (kept as a file), or
    ``status``: the body is not waited for. ``called`` is what such a file is called, without its
    ending, when its headers do not name it; None: as the end of its URL.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    encoding: str = "json"
    answer: str = "json"
    timeout: float = 30.0
    repeatable: bool = True
    own: bool = False
    credentials: bool = False
    called: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: header names in lower case; ``body`` is parsed JSON, text, a file reference
    (for ``answer: bytes``) or None when there was nothing readable."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None


@dataclass(frozen=True, slots=True)
class Failure:
    """No answer. ``sent`` is False only when the other side surely never saw the request."""

    reason: str
    sent: bool = True
    retry_after: float | None = None
    refused: bool = False
    """True when *we* refuse to ask (a private address, an unreadable URL): never ask again."""


Outcome = Response | Failure


@dataclass(frozen=True, slots=True)
class Reading:
    """What one answer says, in neutral words. ``matched`` is False when no rule spoke."""

    matched: bool
    status: Status | None = None
    picks: Mapping[str, Any] = field(default_factory=dict)
    next: str | None = None
    note: str | None = None
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One remote job, from our side; one row.

    ``next_call is None``, ``due_at is None`` and a closed status are always true together.
    ``claims > misses`` while someone is asking (or died asking); ``lost``
    counts tries that may have been heard though no answer came, ``denials`` answers in
    a row that refuse us (401, 403, 404), ``polls`` the checks heard. ``lease`` is how long the
    next claim may last. ``credential`` is the caller's provider key, encrypted, until closed.
    ``fingerprint`` is the hash of the input as it was given, to tell a repeat from a conflict.
    ``forgotten_at`` is set when input, result and files went (deleted, or past retention).
    """

    id: str
    owner: str
    provider: str
    action: str
    platform: str
    input: Mapping[str, Any]
    created_at: float
    deadline_at: float
    next_call: str | None
    due_at: float | None
    key: str | None = None
    fingerprint: str = ""
    client_ref: str | None = None
    credential: str | None = None
    status: Status = Status.PENDING
    facts: Mapping[str, Any] = field(default_factory=dict)
    note: str | None = None
    claims: int = 0
    misses: int = 0
    lost: int = 0
    denials: int = 0
    polls: int = 0
    lease: float = 60.0
    updated_at: float = 0.0
    finished_at: float | None = None
    cancel_asked_at: float | None = None
    cancel_sent_at: float | None = None
    nudged_at: float | None = None
    forgotten_at: float | None = None
    revision: int = 0


@dataclass(frozen=True, slots=True)
class Subscription:
    """Someone wants to hear of changes. With ``operation_id`` it is a one-shot callback.

    ``target`` and ``secret`` are encrypted. ``statuses`` None means: every closed status;
    ``provider`` and ``action`` None mean any. Nothing is sent before ``not_before``. ``lane`` is
    the same for all targets on one host, which share what one host may hold up.
    """

    id: str
    owner: str
    platform: str
    target: str
    statuses: tuple[Status, ...] | None = None
    provider: str | None = None
    action: str | None = None
    operation_id: str | None = None
    secret: str | None = None
    created_at: float = 0.0
    not_before: float = 0.0
    expires_at: float | None = None
    lane: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message owed to one subscription: the operation reached ``status``. ``due_at`` is
    None when it ended; ``note`` then says how."""

    id: str
    subscription_id: str
    operation_id: str
    status: Status
    created_at: float
    due_at: float | None
    claims: int = 0
    note: str | None = None
    revision: int = 0
    lane: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """One line of an operation's history, for people to read."""

    operation_id: str
    at: float
    status: Status
    note: str | None


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What is known of a stored file; its bytes lie in the file store under ``id``."""

    id: str
    owner: str
    name: str
    type: str
    size: int
    sha256: str
    created_at: float
    operation_id: str | None = None

    def reference(self) -> dict[str, Any]:
        """The form in which the file travels inside inputs and facts."""
        return {
            FILE: self.id,
            "name": self.name,
            "type": self.type,
            "size": self.size,
            "sha256": self.sha256,
        }


@dataclass(frozen=True, slots=True)
class Change:
    """One save of an operation: as it was claimed or read (its revision is the condition), as it
    is now, and the files that the answer brought."""

    before: Operation
    after: Operation
    files: tuple[StoredFile, ...] = ()


@dataclass(frozen=True, slots=True)
class DeliveryChange:
    """One save of a delivery, with its line in the operation's history; ``unsubscribe`` also
    ends the subscription."""

    before: Delivery
    after: Delivery
    move: Move | None = None
    unsubscribe: bool = False
