"""Which call is next, and when? Pure."""

from __future__ import annotations

from dataclasses import replace

from connector.core import pace
from connector.core.ask import CANCEL, CHECK, FETCH, askable, call_named, call_of, lease
from connector.core.endings import timed_out
from connector.core.language import Action, Pace
from connector.core.model import Operation
from connector.core.pace import Dice


def pace_of(op: Operation, action: Action) -> Pace:
    """The pace that the caller chose by name, or the action's own."""
    return action.paces.get(str(op.facts.get("pace")), action.pace)


def turn_to(op: Operation, action: Action, name: str, now: float) -> Operation:
    """The operation with another call ahead of it, due now, its tries counted anew."""
    length = lease(call_named(name, action))
    return replace(
        op, next_call=name, due_at=now, claims=0, misses=0, lost=0, updated_at=now, lease=length
    )


def check_later(
    op: Operation, action: Action, later: float | None, now: float, dice: Dice
) -> Operation:
    """Still open: check again when the pace says so; at the deadline that was the last look."""
    ahead = turn_to(op, action, CHECK, now)
    if now >= op.deadline_at:
        return out_of_time(ahead, action, now)
    delay = pace.wait(pace_of(op, action), op.status, op.polls, later, dice)
    return replace(ahead, due_at=min(now + delay, op.deadline_at))


def ask_again(
    op: Operation, action: Action, note: str, later: float | None, now: float, dice: Dice
) -> Operation:
    """The same question once more, later; at the deadline that was the last look."""
    if now >= op.deadline_at:
        return out_of_time(replace(op, note=note), action, now)
    due = min(now + pace.retry(op.claims - 1, later, dice), op.deadline_at)
    return replace(op, misses=op.claims, note=note, due_at=due, updated_at=now)


def tell_to_stop(op: Operation, action: Action, now: float) -> Operation | None:
    """The operation about to cancel at the provider, if there is a job and a way."""
    if CANCEL not in action.calls or op.next_call == FETCH or not call_of(op, action).repeatable:
        return None
    ahead = replace(turn_to(op, action, CANCEL, now), cancel_sent_at=now)
    return ahead if askable(ahead, action) else None


def out_of_time(op: Operation, action: Action, now: float) -> Operation:
    """The last look found it open: tell the provider to stop, look once more, then close."""
    asked = None if op.cancel_sent_at is not None else tell_to_stop(op, action, now)
    if asked is not None:
        return replace(asked, note="Out of time; telling the provider to stop.")
    return timed_out(op, now)
