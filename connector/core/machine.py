"""What is an operation after this? Everything that decides about jobs. Pure.

The caller brings the clock, the dice and the ids; the worker does the asking and the saving.
"""

from __future__ import annotations

from dataclasses import replace

from connector.core import pace, rules
from connector.core.ask import (
    CANCEL,
    CHECK,
    FETCH,
    askable,
    call_named,
    call_of,
    context,
    lease,
    to_fetch,
)
from connector.core.endings import close, cut_short, end_as_told, fail, timed_out, unreadable
from connector.core.language import Action, Call
from connector.core.look import look
from connector.core.model import (
    CLOSED,
    Failure,
    Operation,
    Outcome,
    Reading,
    Response,
    Status,
)
from connector.core.pace import Dice
from connector.core.references import is_file
from connector.core.steps import ask_again, check_later, pace_of, tell_to_stop, turn_to
from connector.core.template import as_text

BUSY = frozenset({408, 425, 429})  # and everything from 500 on: ask again later
NOT_TAKEN = frozenset({425, 429, 503})  # the provider says that it did not start
DENIED = frozenset({401, 403, 404})  # credentials rotate, fresh jobs are late
LONGEST = 30 * 86400.0  # no platform waits longer than 30 days
CANCEL_TRIES = 3  # a provider that cannot be reached is told to stop this often
FETCH_TRIES = 5  # a URL that a caller gave is more often wrong than late


def begin(action: Action, op: Operation, timeout: float | None = None) -> Operation:
    """A new operation, due now: ``op`` carries who, what and when, the action fills the rest."""
    seconds = min(action.pace.deadline if timeout is None else timeout, LONGEST)
    first = FETCH if to_fetch(op.input, action.fields) else action.start
    return replace(
        op,
        next_call=first,
        due_at=op.created_at,
        updated_at=op.created_at,
        deadline_at=op.created_at + seconds,
        lease=lease(call_named(first, action)),
    )


def give_up(op: Operation, action: Action, now: float) -> Operation:
    """The operation as claimed, turned aside where asking again would be wrong or useless."""
    if op.next_call is None:
        return op
    lost = op.claims - op.misses - 1
    order = op.next_call != CANCEL and not call_of(op, action).repeatable
    if order and lost > 0:
        return _look_or_end(op, action, now)
    if order and now >= op.deadline_at:
        return timed_out(op, now)  # nothing is ordered that nobody waits for
    if lost >= action.pace.tries:
        message = "Reading the provider's answer failed again and again; the job may have finished."
        return fail(op, now, "gave_up", message)
    return op


def cancel(op: Operation, action: Action, now: float) -> Operation:
    """What the caller's wish to get out makes of a claimed operation."""
    if op.cancel_asked_at is None or op.cancel_sent_at is not None or op.next_call is None:
        return op
    asked = tell_to_stop(op, action, now)
    if asked is not None:
        return replace(asked, claims=1)
    if call_of(op, action).repeatable and op.next_call != FETCH:
        note = "Canceled here. The provider offers no way to stop the job; it may go on."
    else:
        note = "Canceled before the provider was asked."
    return close(replace(op, note=note), Status.CANCELED, now)


def advance(op: Operation, action: Action, outcome: Outcome, now: float, dice: Dice) -> Operation:
    """The operation after this outcome of its next call."""
    if op.next_call is None:
        return op
    call = call_of(op, action)
    if call.name == CANCEL:
        return _after_cancel(op, action, outcome, now)
    if isinstance(outcome, Failure):
        return _unanswered(op, action, call, outcome, now, dice)
    reading = rules.read(call, outcome, context(op, action), now)
    if reading.matched:
        return _heard(op, action, call, reading, outcome, now, dice)
    if outcome.status in BUSY or outcome.status >= 500:
        sent = outcome.status not in NOT_TAKEN
        busy = Failure(f"it answered {outcome.status}", sent, reading.retry_after)
        return _unanswered(op, action, call, busy, now, dice)
    if outcome.status >= 400 or call.name == FETCH:
        return _refused(op, action, call, outcome, now, dice)
    return _unknown(op, action, call, reading, now, dice)


def _unanswered(
    op: Operation, action: Action, call: Call, failure: Failure, now: float, dice: Dice
) -> Operation:
    """No usable answer: ask again, unless that could order twice."""
    if failure.refused:
        return fail(op, now, "not_asked", f"The {call.name} call was not made: {failure.reason}.")
    if failure.sent and not call.repeatable:
        return _look_or_end(op, action, now, failure.reason)
    if call.name == FETCH and op.claims >= FETCH_TRIES:
        return _no_file(op, action, failure.reason, now)
    note = f"Asking {call.name} again: {failure.reason}."
    op = replace(op, lost=op.lost + failure.sent)
    return ask_again(op, action, note, failure.retry_after, now, dice)


def _look_or_end(op: Operation, action: Action, now: float, why: str | None = None) -> Operation:
    """The order may have arrived: look if the manifest knows how, never order again."""
    instead = call_of(op, action).unheard
    if instead is None:
        return cut_short(op, now, why)
    note = "The order may have arrived; looking instead of ordering again."
    ahead = turn_to(replace(op, note=note), action, instead, now)
    return ahead if askable(ahead, action) else cut_short(op, now, why)


def _refused(
    op: Operation, action: Action, call: Call, answer: Response, now: float, dice: Dice
) -> Operation:
    """An answer of 400 and above that no rule explains."""
    said = _said(action, answer)
    if call.name == FETCH:
        return _no_file(op, action, f"it answered {answer.status}", now)
    if call.repeatable and answer.status in (404, 410) and op.cancel_sent_at is not None:
        late = op.cancel_asked_at is None
        return timed_out(op, now) if late else close(op, Status.CANCELED, now)
    if call.repeatable and call.name != CHECK and _is_gone(op, answer):
        message = "The provider no longer has the result: it was read before, or its time passed."
        return fail(op, now, "result_gone", message)
    if call.repeatable and answer.status in DENIED and op.denials + 1 < action.pace.tries:
        note = f"Asking {call.name} again: it answered {answer.status}. {said}".strip()
        return ask_again(replace(op, denials=op.denials + 1), action, note, None, now, dice)
    code = look(action.errors.get("code", "null"), {"body": answer.body})
    more = {"provider_status": answer.status} | ({"provider_code": code} if code else {})
    return fail(op, now, "refused", said or f"The provider refused the {call.name} call.", **more)


def _is_gone(op: Operation, answer: Response) -> bool:
    """410, or a 404 after a read whose answer was lost on its way."""
    lost = op.lost > 0 or op.claims - op.misses > 1  # the latter: a worker died asking
    return answer.status == 410 or (answer.status == 404 and lost and op.denials == 0)


def _said(action: Action, answer: Response) -> str:
    """The provider's own message, at most 250 characters of it."""
    found = look(action.errors.get("message", "null"), {"body": answer.body})
    found = answer.body if found is None and isinstance(answer.body, str) else found
    return " ".join(as_text(found).split())[:250] if found else ""


def _unknown(
    op: Operation, action: Action, call: Call, reading: Reading, now: float, dice: Dice
) -> Operation:
    """An answer below 400 that no rule knows: neither success nor failure."""
    if not call.repeatable:
        why = "no rule of the manifest knows its answer"
        return _look_or_end(op, action, now, why) if call.unheard else unreadable(op, now, why)
    note = f"Asking {call.name} again: the manifest does not know its answer."
    if call.name != CHECK:
        return ask_again(op, action, note, reading.retry_after, now, dice)
    heard = replace(op, note=note, polls=op.polls + 1, denials=0)
    return check_later(heard, action, reading.retry_after, now, dice)


def _heard(
    op: Operation,
    action: Action,
    call: Call,
    reading: Reading,
    answer: Response,
    now: float,
    dice: Dice,
) -> Operation:
    """A rule spoke: keep the picks, take the status, and see what comes next."""
    if call.name == FETCH:
        return _fetched(op, action, answer, now)
    kept = replace(
        op,
        facts=rules.keep(op.facts, reading.picks),
        status=reading.status or op.status,
        note=reading.note,
        polls=op.polls + (call.name == CHECK),
        denials=0,
        updated_at=now,
    )
    if kept.status in CLOSED:
        return end_as_told(kept, now)
    if reading.next is None:
        ahead = check_later(kept, action, reading.retry_after, now, dice)
    else:
        ahead = _led(kept, action, call, reading, now, dice)
    if ahead.next_call is None or askable(ahead, action):
        return ahead
    if not call.repeatable:
        return unreadable(kept, now, f"it lacks a value that {ahead.next_call} needs")
    note = f"Asking {call.name} again: its answer lacks a value that {ahead.next_call} needs."
    if call.name != CHECK:
        return ask_again(kept, action, note, reading.retry_after, now, dice)
    return check_later(replace(kept, note=note), action, reading.retry_after, now, dice)


def _led(
    op: Operation, action: Action, call: Call, reading: Reading, now: float, dice: Dice
) -> Operation:
    """The call that a rule leads to: at once, unless a look leads back to an order, which must
    not go round and round without a pause."""
    ahead = turn_to(op, action, str(reading.next), now)
    if not call.repeatable or call_of(ahead, action).repeatable:
        return ahead
    pause = pace.wait(pace_of(op, action), op.status, op.polls + 1, reading.retry_after, dice)
    return replace(ahead, due_at=min(now + pause, op.deadline_at))


def _after_cancel(op: Operation, action: Action, outcome: Outcome, now: float) -> Operation:
    """Whatever cancel was answered, the provider's status decides: look at once. One that was
    surely not heard is said again, a few times."""
    if _not_taken(outcome) and op.claims < CANCEL_TRIES and now < op.deadline_at:
        due = now + pace.retry(op.claims - 1, _later(outcome, now), lambda: 1.0)
        return replace(op, misses=op.claims, due_at=min(due, op.deadline_at), updated_at=now)
    heard = outcome.reason if isinstance(outcome, Failure) else f"it answered {outcome.status}"
    note = f"Told the provider to stop ({heard}); looking what became of the job."
    return turn_to(replace(op, note=note), action, CHECK, now)


def _not_taken(outcome: Outcome) -> bool:
    if isinstance(outcome, Failure):
        return not outcome.sent and not outcome.refused
    return outcome.status in NOT_TAKEN


def _later(outcome: Outcome, now: float) -> float | None:
    """How long the other side, or our own limit, asks us to wait."""
    if isinstance(outcome, Failure):
        return outcome.retry_after
    return pace.retry_after(outcome.headers.get("retry-after"), now)


def _fetched(op: Operation, action: Action, answer: Response, now: float) -> Operation:
    """An input file that was given by URL has arrived."""
    name = to_fetch(op.input, action.fields)
    if not is_file(answer.body):
        return _no_file(op, action, "it answered with nothing", now)
    named = op.input.get(f"{name}_name")
    file = {**answer.body, "name": named} if named else answer.body
    ahead = replace(op, input={**op.input, str(name): file}, note=None)
    more = FETCH if to_fetch(ahead.input, action.fields) else action.start
    return turn_to(ahead, action, more, now)


def _no_file(op: Operation, action: Action, why: str, now: float) -> Operation:
    name = to_fetch(op.input, action.fields)
    message = f"The file at {name}_url could not be fetched: {why}."
    return fail(op, now, "file_unavailable", message)
