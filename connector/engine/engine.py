"""Everything that can be done with operations, in one place: the verbs of the whole program."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from connector.core.model import (
    Change,
    Delivery,
    DeliveryChange,
    Move,
    Operation,
    Status,
    StoredFile,
    Subscription,
)
from connector.core.signers import OVERLAP, rotated
from connector.core.telling import deliveries
from connector.engine import shaping, telling, upkeep, watching
from connector.engine.asking import Asking
from connector.engine.choosing import Choosing, Picks
from connector.engine.credentials import Credentials
from connector.engine.intake import submit
from connector.engine.keys import Keys
from connector.engine.parts import Order, Parts, made_at
from connector.engine.waiting import closed, wait_until
from connector.errors import BadInput, Conflict, FieldProblem, Gone, NotFound, WrongKey
from connector.files import sniff
from connector.vault import hash_key

SETTLED = 5.0
"""Seconds after which the end of an operation can be seen by everyone: it is stamped and written
in one transaction, so this covers that, and clocks that differ from one machine to the next."""


class Engine:
    """The verbs. An id of another owner is NotFound, like one that never was."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._keys = Keys(parts)
        self._credentials = Credentials(parts)
        self._asking = Asking(parts, self._credentials)
        self._choosing = Choosing(parts, self._credentials)

    # What callers ask.

    def submit(self, order: Order) -> Operation:
        """A new operation, or the one that the same idempotency key made; see ``intake``."""
        return submit(self.parts, self._credentials, order)

    def keep_file(
        self, owner: str, chunks: Iterable[bytes], name: str, type: str | None
    ) -> StoredFile:
        """Stores a document as it streams in; raises files.TooLarge."""
        id = self.parts.new_id()
        with self.parts.files.create(id, self.parts.max_file_bytes) as file:
            for chunk in chunks:
                file.write(chunk)
        kind = sniff(file.head, name, type)
        now = self.parts.clock()
        return StoredFile(id, owner, name, kind, file.size, file.sha256, now)

    def owner_of(self, key: str) -> str:
        """Whose key this is; raises WrongKey."""
        return self._keys.owner_of(key)

    def open(self, key: str, id: str) -> Operation:
        """The operation for the holder of a key, in one query; raises WrongKey or NotFound."""
        owner, op = self.parts.store.read_for_key(hash_key(key), id)
        if owner is None:
            raise WrongKey("The key is not known; send a live one as X-API-Key.")
        if op is None:
            raise NotFound("There is no such operation.")
        return op

    def get(self, id: str, owner: str | None) -> Operation:
        """The operation; ``owner`` None only for the holder of a signed link."""
        op = self.parts.store.get_operation(id, owner)
        if op is None:
            raise NotFound("There is no such operation.")
        return op

    def ordered(self, owner: str, platform: str, key: str) -> Operation:
        """The operation that was ordered under this idempotency key; raises NotFound."""
        op = self.parts.store.find_by_key(owner, platform, key)
        if op is None:
            raise NotFound("There is no such operation.")
        return op

    def wait(self, op: Operation, seconds: float, enough: Callable[[Operation], bool]) -> Operation:
        """The operation once it is ``enough``, or as it is when the time is over."""
        return wait_until(self.parts, op, seconds, enough)

    def find(self, owner: str, **filters: Any) -> Sequence[Operation]:
        """Operations, newest first; see ``store.list_operations`` for the filters."""
        return self.parts.store.list_operations(owner, **filters)

    def finished(
        self,
        owner: str,
        provider: str,
        after: tuple[float, str],
        statuses: Sequence[Status] = (),
        action: str | None = None,
    ) -> Sequence[Operation]:
        """The next 50 at most that closed behind this (finished_at, id), oldest first: going on
        from the last one brings each of them once."""
        until = self.parts.clock() - SETTLED
        return self.parts.store.list_finished(
            owner, provider, after=after, until=until, statuses=statuses, action=action
        )

    def history(self, op: Operation) -> Sequence[Move]:
        """What happened to an operation, oldest first."""
        return self.parts.store.history(op.id)

    def cancel(self, op: Operation) -> Operation:
        """Wishes an open operation canceled and waits a moment for it; closed ones stay."""
        if not self.parts.store.ask_cancel(op.id, self.parts.clock()):
            return self.get(op.id, op.owner)
        return self.wait(op, self.parts.wait_seconds, closed)

    def forget(self, op: Operation) -> None:
        """Deletes input, result and files of a closed operation; its line stays until later."""
        if not closed(op):
            message = "The operation is still open; cancel it first, then delete it."
            raise Conflict(message, "still_open")
        self.parts.files.delete(self.parts.store.forget(op.id, self.parts.clock()))

    def file(self, id: str, owner: str | None) -> StoredFile:
        """What is known of a stored file; raises NotFound, or Gone past its time."""
        found = self.parts.store.get_file(id)
        if found is None and made_at(id) < upkeep.results_before(self.parts):
            raise Gone("The file was deleted; files are kept for a limited time.", "file_deleted")
        if found is None or owner not in (None, found.owner):
            raise NotFound("There is no such file.")
        return found

    def choices(
        self, owner: str, provider: str, name: str, key: str | None, narrowed: Mapping[str, Any]
    ) -> Picks:
        """A picker's values, ``[{"id", "name"}]``, ``narrowed`` down by its fields; ``key`` is
        the caller's own provider key."""
        return self._choosing.choices(owner, provider, name, key, narrowed)

    def output(
        self, owner: str, provider: str, action: str, given: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The JSON Schema of the result that this input will have; raises NotFound."""
        return shaping.output(self.parts, owner, self.parts.action(provider, action), given)

    def subscribe(self, sub: Subscription, target: str, secret: str | None = None) -> Subscription:
        """Keeps a subscription with its target and signing secret encrypted."""
        wrong = self.parts.objection(target)
        if wrong:
            raise BadInput(wrong, fields=[FieldProblem("/target", wrong)])
        encrypt = self.parts.vault.encrypt
        kept = Subscription(
            id=self.parts.new_id(),
            owner=sub.owner,
            platform=sub.platform,
            target=encrypt(target),
            statuses=sub.statuses,
            provider=sub.provider,
            action=sub.action,
            secret=encrypt(secret) if secret else None,
            created_at=self.parts.clock(),
            lane=telling.lane_of(target),
        )
        self.parts.store.add_subscription(kept)
        return kept

    def rotate(self, id: str, owner: str, secret: str) -> float:
        """Gives a signed subscription another secret; returns the epoch second until which the one
        before signs too. Raises NotFound, or Conflict when it is not signed."""
        now, vault = self.parts.clock(), self.parts.vault
        found = self.parts.store.change_secret(
            id, owner, lambda kept: vault.encrypt(rotated(vault.decrypt(kept), secret, now))
        )
        if found is None:
            raise NotFound("There is no such subscription.")
        if found.secret is None:
            raise Conflict("The messages of this subscription are not signed.", "not_signed")
        return now + OVERLAP

    def unsubscribe(self, id: str, owner: str) -> None:
        """Ends a subscription; one that is gone is fine."""
        self.parts.store.remove_subscription(id, owner)

    def watch(
        self, op: Operation, target: str, platform: str, ordered: bool = True
    ) -> Subscription:
        """A callback for the end of one operation; see ``watching``."""
        return watching.watch(self.parts, op, target, platform, ordered)

    def listen(self, wanted: Subscription, target: str, **how: Any) -> Subscription:
        """A standing subscription, the only one to its target; see ``watching``."""
        return watching.listen(self.parts, wanted, target, **how)

    def withdraw(self, id: str, owner: str | None, provider: str | None = None) -> None:
        """Ends a subscription and what was done only for it; see ``watching``."""
        watching.withdraw(self.parts, id, owner, provider)

    # What the worker does.

    def turn(
        self, done: Sequence[Change], free: int, skip: Sequence[str] = ()
    ) -> tuple[list[bool], list[Operation]]:
        """Saves what was heard and claims up to ``free`` operations that are due, in one commit."""
        return self.parts.store.turn(done, self._owed, self.parts.clock, free, skip)

    def ask(self, claimed: Operation) -> Change | None:
        """Asks the provider about one claimed operation; never raises."""
        return self._asking.ask(claimed)

    def claim_deliveries(self, free: int, skip: Sequence[str] = ()) -> list[Delivery]:
        """Up to ``free`` messages that are due, of lanes not in ``skip``, claimed."""
        return self.parts.store.claim_deliveries(self.parts.clock(), free, telling.LEASE, skip)

    def tell(self, claimed: Delivery) -> DeliveryChange | None:
        """Sends one claimed message; never raises."""
        return telling.tell(self.parts, self._credentials.usual, claimed)

    def told(self, changes: Sequence[DeliveryChange]) -> None:
        """Saves what became of messages."""
        self.parts.store.save_deliveries(changes)

    def tick(self, most: int = 64) -> int:
        """One round by hand, without threads: what is due is asked and told; returns how much."""
        _, claimed = self.turn((), most)
        changes = [change for change in map(self.ask, claimed) if change]
        if changes:
            self.turn(changes, 0)
        messages = self.claim_deliveries(most)
        self.told([change for change in map(self.tell, messages) if change])
        return len(claimed) + len(messages)

    def prune(self) -> int:
        """Deletes what is past its retention; returns how many files went."""
        return upkeep.prune(self.parts)

    def _owed(
        self, before: Operation, after: Operation, subscriptions: Sequence[Subscription]
    ) -> list[Delivery]:
        now, new_id = self.parts.clock(), self.parts.new_id
        return deliveries(before, after, subscriptions, new_id, now)
