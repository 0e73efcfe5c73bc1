"""How does an operation end, and in which words? Pure.

Every failure has a ``code`` for programs and a ``message`` for people:

    provider_failed   the provider says so
    refused           the provider refused a call (its status in ``provider_status``)
    timed_out         the deadline passed
    cut_short         an order was sent and no answer heard
    unreadable        an order was taken, and its answer leads nowhere
    result_gone       the result was there once
    file_unavailable  a URL that the caller gave brought no file
    not_asked         we refuse to ask: a private address, a missing value
    no_manifest       the provider's manifest is gone, or lacks the job's next call
    gave_up           reading an answer failed on our side, again and again
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from connector.core.model import Operation, Status


def close(
    op: Operation, status: Status, now: float, error: Mapping[str, Any] | None = None
) -> Operation:
    """The operation, ended. Closed never changes again."""
    facts = {**op.facts, "error": dict(error)} if error else op.facts
    return replace(
        op,
        status=status,
        facts=facts,
        next_call=None,
        due_at=None,
        finished_at=now,
        updated_at=now,
        credential=None,
    )


def fail(op: Operation, now: float, code: str, message: str, **more: Any) -> Operation:
    """The operation, failed, with one sentence or two for a person."""
    return _failed(op, now, {"code": code, "message": message, **more})


def end_as_told(op: Operation, now: float) -> Operation:
    """The operation closed with the status that the provider gave it."""
    if op.status == Status.CANCELED and op.cancel_sent_at and op.cancel_asked_at is None:
        return timed_out(op, now)  # it stopped because we, out of time, told it to
    if op.status != Status.FAILED:
        return close(op, op.status, now)
    said = op.facts.get("error")
    known = said if isinstance(said, dict) else {"message": said}
    message = str(known.get("message") or "The provider says that the job failed.")
    code = str(known.get("code") or "provider_failed")
    return _failed(op, now, {**known, "code": code, "message": message})


def timed_out(op: Operation, now: float) -> Operation:
    """The last look at the deadline found it open."""
    minutes = round((op.deadline_at - op.created_at) / 60, 2)
    message = f"The provider did not finish within {minutes:g} minutes. {op.note or ''}"
    return fail(op, now, "timed_out", message.strip())


def cut_short(op: Operation, now: float, why: str | None = None) -> Operation:
    """An order whose answer was never heard, and no way to look whether it arrived."""
    reason = f" ({why})" if why else ""
    message = (
        f"The order was sent and no answer was heard{reason}. It may have been taken, "
        "so it was not sent again; look at the provider before you repeat it."
    )
    return fail(op, now, "cut_short", message)


def unreadable(op: Operation, now: float, why: str) -> Operation:
    """An order that was taken, with an answer that leads nowhere."""
    message = f"The provider took the order, but {why}. It was not sent again."
    return fail(op, now, "unreadable", message)


def _failed(op: Operation, now: float, error: Mapping[str, Any]) -> Operation:
    """Failed, with the provider's own id where it is known: a person can look there."""
    handle = op.facts.get("handle")
    named = {} if handle is None else {"handle": handle}
    return close(op, Status.FAILED, now, {**error, **named})
