"""What happens with a message that is owed? It is sent, once, in a thread."""

from __future__ import annotations

import json
import logging
from dataclasses import replace

from connector.core.model import (
    Delivery,
    DeliveryChange,
    Failure,
    Move,
    Operation,
    Outcome,
    Request,
    Subscription,
)
from connector.core.telling import GAPS, after_attempt
from connector.engine.parts import Parts

TIMEOUT = 20.0  # seconds for one attempt, within the 15 to 30 of Standard Webhooks
LEASE = TIMEOUT + 30.0
MOST_CLAIMS = len(GAPS) + 10  # beyond all attempts: only our own failures lead here
NO_KEY = Failure("its address can no longer be decrypted", sent=False, refused=True)

log = logging.getLogger(__name__)


def tell(parts: Parts, claimed: Delivery) -> DeliveryChange | None:
    """The delivery after one more attempt; None when our own code failed (it comes back)."""
    try:
        return _told(parts, claimed)
    except Exception:
        log.exception("delivery %s failed here", claimed.id)
        return None


def _told(parts: Parts, claimed: Delivery) -> DeliveryChange:
    subscription = parts.store.get_subscription(claimed.subscription_id)
    op = parts.store.get_operation(claimed.operation_id)
    if subscription is None or op is None or claimed.claims > MOST_CLAIMS:
        over = replace(claimed, due_at=None, note="Nobody to tell any more.")
        return DeliveryChange(claimed, over)
    outcome = _attempt(parts, op, subscription, claimed)
    now = parts.clock()
    told = after_attempt(claimed, outcome, now, parts.dice)
    move = Move(op.id, now, op.status, told.line)
    once = subscription.operation_id is not None and told.delivery.due_at is None
    return DeliveryChange(claimed, told.delivery, move, told.unsubscribe or once)


def _attempt(
    parts: Parts, op: Operation, subscription: Subscription, delivery: Delivery
) -> Outcome:
    target = parts.vault.decrypt(subscription.target)
    if target is None:
        return NO_KEY
    message = parts.messages[subscription.platform](op, subscription, delivery)
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    headers = {"Content-Type": "application/json"}
    secret = parts.vault.decrypt(subscription.secret) if subscription.secret else None
    if secret is not None:
        headers |= parts.sign(secret, delivery.id, parts.clock(), text)
    return parts.send(
        Request("POST", target, headers, text, encoding="text", timeout=TIMEOUT, repeatable=False)
    )
