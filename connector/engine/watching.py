"""Who is called back? Subscriptions that a platform's own engine makes, makes again when it has
not heard our answer, and ends when its run or its flow does. What is sent is decided elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from connector.core.ask import CANCEL
from connector.core.model import CLOSED, Delivery, Operation, Status, Subscription
from connector.core.telling import deliveries
from connector.engine.parts import Parts
from connector.engine.telling import lane_of
from connector.engine.waiting import closed
from connector.errors import BadInput, FieldProblem

GRACE = 2.0  # seconds: a callback must not overtake the answer to its subscribe
HALF = 16  # characters of an id
CALLBACK_URL = "/callback_url"


def one_shot(
    parts: Parts, op: Operation, platform: str, target: str, not_before: float, ordered: bool = True
) -> Subscription:
    """A callback for the end of one operation, which came with its order or later. The same
    target has the same id, and nobody can guess it who does not know the operation."""
    return Subscription(
        id=_callback_id(op.id, target, ordered),
        owner=op.owner,
        platform=platform,
        target=parts.vault.encrypt(target),
        operation_id=op.id,
        created_at=parts.clock(),
        not_before=not_before,
        lane=lane_of(target),
    )


def watch(
    parts: Parts,
    op: Operation,
    target: str,
    platform: str,
    ordered: bool = True,
    waited: float = 0.0,
) -> Subscription:
    """The one callback of this operation to this target, new or known; also where its message
    was sent already, which is then not sent again. ``ordered`` is a repeat of the order that had
    it; who only comes to wait cannot cancel the operation. ``waited`` is for how many seconds the
    answer may still wait. Raises BadInput at ``/callback_url``."""
    _require(parts, target, CALLBACK_URL)
    now = parts.clock()
    ordered = ordered or parts.store.get_subscription(_callback_id(op.id, target, True)) is not None
    callback = one_shot(parts, op, platform, target, now + waited + GRACE, ordered)
    known = parts.store.get_subscription(callback.id)
    if known is not None and known.not_before >= now:
        return known  # of this very request, or nearly: its order wrote it

    def owed(found: Operation) -> Sequence[Delivery]:
        before = replace(found, status=Status.PENDING)  # what is closed has just been, for us
        return deliveries(before, found, [callback], parts.new_id, now)

    parts.store.watch(callback, owed)
    return callback


def listen(
    parts: Parts,
    wanted: Subscription,
    target: str,
    pointer: str = CALLBACK_URL,
    by_event: bool = False,
) -> Subscription:
    """A standing subscription, and the only one of its owner, platform and provider to this
    target (``by_event``: for the same statuses and action): it takes the place of the one before,
    whose own end may be said later and then ends nothing. Raises BadInput at ``pointer``."""
    _require(parts, target, pointer)
    same = (wanted.owner, wanted.platform, wanted.provider or "", target)
    beginning = _digest(*same, *(_event(wanted) if by_event else ()))[:HALF]
    now = parts.clock()
    kept = replace(
        wanted,
        id=beginning + parts.new_id()[HALF:],
        target=parts.vault.encrypt(target),
        created_at=now,
        not_before=now + GRACE,
        lane=lane_of(target),
    )
    parts.store.replace_subscription(kept, beginning)
    return kept


def withdraw(parts: Parts, id: str, owner: str | None, provider: str | None = None) -> None:
    """Ends a subscription; one that is gone, or another's, is fine, and so is one that is not for
    this ``provider``, if one is said. ``owner`` None is the holder of its token. With the callback
    that came with an order, its operation is canceled where the provider can, unless somebody
    else waits for it."""
    found = parts.store.get_subscription(id)
    if found is None or owner not in (None, found.owner):
        return
    if provider not in (None, found.provider):
        return
    if found.operation_id is not None and _is_ordered(found):
        _stop(parts, found.operation_id)  # first: after a crash between the two, both are repeated
    parts.store.remove_subscription(id, found.owner)


def _stop(parts: Parts, operation_id: str) -> None:
    op = parts.store.get_operation(operation_id)
    if op is None or closed(op) or parts.store.count_callbacks(op.id) > 1:
        return
    manifest = parts.manifests.get(op.provider)
    action = manifest.actions.get(op.action) if manifest else None
    if action is not None and CANCEL in action.calls:
        parts.store.ask_cancel(op.id, parts.clock())


def _require(parts: Parts, target: str, pointer: str) -> None:
    wrong = parts.objection(target)
    if wrong:
        raise BadInput(f"{pointer}: {wrong}", fields=[FieldProblem(pointer, wrong)])


def _event(wanted: Subscription) -> tuple[str, str]:
    statuses = wanted.statuses or CLOSED
    return ",".join(sorted(each.value for each in statuses)), wanted.action or ""


def _callback_id(operation_id: str, target: str, ordered: bool) -> str:
    """An id that tells by its beginning whether the callback came with the order: a row says the
    same however often its request is repeated."""
    beginning = _digest(operation_id, "ordered" if ordered else "later")
    return beginning[:HALF] + _digest(operation_id, target)[:HALF]


def _is_ordered(callback: Subscription) -> bool:
    return callback.id.startswith(_digest(callback.operation_id or "", "ordered")[:HALF])


def _digest(*words: str) -> str:
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[: 2 * HALF]
