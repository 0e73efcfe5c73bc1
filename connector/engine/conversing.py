"""How is a message told that takes more than one request? One after the other, within one span of
time; the first bad answer ends it, and the message is told again as a whole."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from connector.core.model import Failure, Outcome, Request, Response
from connector.core.pace import retry_after
from connector.core.references import disarm
from connector.engine.parts import Conversation, Parts, Receiver, Unwelcome

LONGEST = 300.0  # seconds for all of it: a large file takes minutes
SILENT = Failure("its platform has nothing to say", sent=False, refused=True)
TOO_LONG = Failure(f"it took longer than {LONGEST:g} s")


def converse(parts: Parts, conversation: Conversation, receiver: Receiver) -> Outcome:
    """What became of the message: what the platform makes of the last answer, or the first bad
    one. Only the target itself can end its subscription (410) or have been told before (409);
    what stands in the way elsewhere may pass."""
    outcome: Outcome = SILENT
    ends = parts.stopwatch() + LONGEST
    talk = conversation(receiver)
    try:
        request = next(talk)
        for nth in count(1):
            left = ends - parts.stopwatch()
            if left <= 0:
                return TOO_LONG
            heard = outcome = parts.send(_bounded(request, left))
            if isinstance(heard, Response) and 200 <= heard.status < 300:
                # It may come back to us in a body, where it must not open files of ours.
                request = talk.send(replace(heard, body=disarm(heard.body, ())))
                continue
            if request.url != receiver.target:
                outcome = _in_the_way(heard, nth, parts.clock())
            if isinstance(heard, Failure):
                return outcome
            request = talk.throw(Unwelcome(heard.status))
    except StopIteration as end:
        outcome = end.value or outcome
    except Unwelcome:
        pass
    finally:
        talk.close()
    return outcome


def _bounded(request: Request, left: float) -> Request:
    """The request as we ask strangers: never with a provider's rights, never twice."""
    timeout = min(request.timeout, left)
    return replace(request, timeout=timeout, own=False, credentials=False, repeatable=False)


def _in_the_way(outcome: Outcome, nth: int, now: float) -> Failure:
    if isinstance(outcome, Failure):
        return replace(outcome, reason=f"request {nth}: {outcome.reason}", refused=False)
    later = retry_after(outcome.headers.get("retry-after"), now)
    return Failure(f"request {nth} was answered {outcome.status}", retry_after=later)
