"""How does a caller's order become an operation? Checked, written, and a moment waited for."""

from __future__ import annotations

from connector.core import machine
from connector.core.ask import FETCH, call_of
from connector.core.language import Action
from connector.core.model import Operation, Subscription
from connector.engine import inputs
from connector.engine.credentials import Credentials
from connector.engine.parts import Order, Parts
from connector.engine.waiting import closed, wait_until
from connector.engine.watching import GRACE, one_shot, watch
from connector.errors import BadInput, CallerError, Conflict, FieldProblem

LONGEST_WAIT = 25.0  # platforms give a step 30 seconds
MOST_CHARACTERS = 255  # of an idempotency key or a client's reference


def submit(parts: Parts, credentials: Credentials, order: Order) -> Operation:
    """The operation for this order, new or the one that the same key made before.

    Raises NotFound, BadInput with every problem, or Conflict when the key came with another
    input. Files of an order that is turned down, or known already, are deleted.
    """
    try:
        op = _written(parts, credentials, order)
    except CallerError:
        parts.files.delete([each.id for each in order.files])
        raise
    seconds = _waited(parts, order)
    action = parts.action(op.provider, op.action)
    enough = closed if order.wait is not None else lambda now: _answered(now, action)
    return wait_until(parts, op, seconds, enough)


def _written(parts: Parts, credentials: Credentials, order: Order) -> Operation:
    action = parts.action(order.provider, order.action)
    timeout, wrong = inputs.seconds(action, order.timeout)
    ours = {each.id for each in order.files}
    wrong += inputs.pace(action, order.pace)
    wrong += inputs.problems(action, order.input, ours, parts.objection)
    wrong += _wrong_words(parts, order)
    if wrong:
        raise BadInput(_summary(wrong), fields=wrong)
    credentials.require(order)
    op = machine.begin(action, _operation(parts, order, action), timeout)
    kept = parts.store.add_operation(op, order.files, _callback(parts, order, op))
    if kept.id == op.id:
        return op
    if kept.fingerprint != op.fingerprint:
        message = "This idempotency key was used before with another input; use a new key."
        raise Conflict(message, "key_reused", more={"operation": kept.id})
    parts.files.delete([each.id for each in order.files])
    if order.callback_url:  # perhaps another one than the order that was kept came with
        waited = _waited(parts, order)
        watch(parts, kept, order.callback_url, order.platform, waited=waited)
    return kept


def _operation(parts: Parts, order: Order, action: Action) -> Operation:
    now = parts.clock()
    given = {name: value for name, value in order.input.items() if value is not None}
    return Operation(
        id=parts.new_id(),
        owner=order.owner,
        provider=order.provider,
        action=order.action,
        platform=order.platform,
        input=inputs.with_defaults(action.fields, given),
        created_at=now,
        deadline_at=now,
        next_call=None,
        due_at=None,
        key=order.key,
        fingerprint=inputs.fingerprint(order.provider, order.action, given),
        client_ref=order.client_ref,
        facts={"pace": order.pace} if order.pace else {},
        credential=parts.vault.encrypt(order.provider_key) if order.provider_key else None,
    )


def _waited(parts: Parts, order: Order) -> float:
    """Seconds that the answer may wait for the operation."""
    return parts.wait_seconds if order.wait is None else min(order.wait, LONGEST_WAIT)


def _callback(parts: Parts, order: Order, op: Operation) -> Subscription | None:
    """The one-shot subscription that a callback URL is."""
    if not order.callback_url:
        return None
    not_before = op.created_at + _waited(parts, order) + GRACE
    return one_shot(parts, op, order.platform, order.callback_url, not_before)


def _wrong_words(parts: Parts, order: Order) -> list[FieldProblem]:
    """What is wrong with the reserved fields."""
    found = []
    wrong = parts.objection(order.callback_url) if order.callback_url else None
    if wrong:
        found.append(FieldProblem("/callback_url", wrong))
    for name, value in (("client_ref", order.client_ref), ("Idempotency-Key", order.key)):
        if value is not None and len(value) > MOST_CHARACTERS:
            found.append(FieldProblem(f"/{name}", f"Give at most {MOST_CHARACTERS} characters."))
    return found


def _summary(wrong: list[FieldProblem]) -> str:
    first = f"{wrong[0].pointer}: {wrong[0].detail}"
    more = f" ({len(wrong) - 1} more in errors.)" if len(wrong) > 1 else ""
    return first[: 250 - len(more)] + more


def _answered(op: Operation, action: Action) -> bool:
    """Whether the provider has spoken: the order is over, or given and only to be looked after."""
    if op.next_call is None:
        return True
    return op.next_call != FETCH and call_of(op, action).repeatable
