"""What happens with a message that is owed? It is told, once, in a thread."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from connector.core.model import (
    Delivery,
    DeliveryChange,
    Failure,
    Move,
    Outcome,
    Request,
    Subscription,
)
from connector.core.signers import signers
from connector.core.telling import GAPS, after_attempt
from connector.engine.conversing import LONGEST, converse
from connector.engine.parts import Conversation, Parts, Receiver

TIMEOUT = 20.0  # seconds for one request, within the 15 to 30 of Standard Webhooks
SPARE = 30.0  # seconds that a lease is longer than what it covers
LEASE = TIMEOUT + SPARE
MOST_CLAIMS = len(GAPS) + 10  # beyond all attempts: only our own failures lead here
NO_KEY = Failure("its address or secret can no longer be decrypted", sent=False, refused=True)

Usual = Callable[[str, str], str | None]
"""What an owner, or else the operator, keeps under a name."""

log = logging.getLogger(__name__)


def lane_of(target: str) -> str:
    """What all targets on one host have in common, and does not tell which host that is."""
    host = (urlsplit(target).hostname or "").rstrip(".")
    return hashlib.sha256(host.encode()).hexdigest()[:16]


def tell(parts: Parts, usual: Usual, claimed: Delivery) -> DeliveryChange | None:
    """The delivery after one more attempt; None when our own code failed (it comes back), or
    somebody else took it."""
    try:
        return _told(parts, usual, claimed)
    except Exception:
        log.exception("delivery %s failed here", claimed.id)
        return None


def _told(parts: Parts, usual: Usual, claimed: Delivery) -> DeliveryChange | None:
    subscription = parts.store.get_subscription(claimed.subscription_id)
    op = parts.store.get_operation(claimed.operation_id)
    if subscription is None or op is None or claimed.claims > MOST_CLAIMS:
        over = replace(claimed, due_at=None, note="Nobody to tell any more.")
        return DeliveryChange(claimed, over)
    message = parts.messages[subscription.platform](op, subscription, claimed)
    held = claimed if isinstance(message, Mapping) else _held(parts, claimed)
    if held is None:
        return None
    outcome = _attempt(parts, usual, subscription, held, message)
    now = parts.clock()
    told = after_attempt(held, outcome, now, parts.dice)
    move = Move(op.id, now, op.status, told.line)
    once = subscription.operation_id is not None and told.delivery.due_at is None
    return DeliveryChange(held, told.delivery, move, told.unsubscribe or once)


def _held(parts: Parts, claimed: Delivery) -> Delivery | None:
    """Claimed for as long as a conversation may last."""
    return parts.store.hold_delivery(claimed, parts.clock() + LONGEST + SPARE)


def _attempt(
    parts: Parts,
    usual: Usual,
    subscription: Subscription,
    delivery: Delivery,
    message: Mapping[str, Any] | Conversation,
) -> Outcome:
    target = parts.vault.decrypt(subscription.target)
    if target is None:
        return NO_KEY
    if not isinstance(message, Mapping):
        return converse(parts, message, Receiver(target, partial(usual, subscription.owner)))
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    headers = {"Content-Type": "application/json"}
    if subscription.secret is not None:
        kept, now = parts.vault.decrypt(subscription.secret), parts.clock()
        if kept is None:
            return NO_KEY
        headers |= parts.sign(signers(kept, now), delivery.id, now, text)
    return parts.send(
        Request("POST", target, headers, text, "text", "status", TIMEOUT, repeatable=False)
    )
