"""How does a reader know that a link or a message is ours? Signed links, signed webhooks."""

from __future__ import annotations

import secrets
from base64 import b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache

from itsdangerous import BadSignature, URLSafeSerializer
from standardwebhooks import Webhook


class Links:
    """Tokens that open one thing of one kind, until a moment."""

    def __init__(self, secret_key: str) -> None:
        keys = [each.strip() for each in secret_key.split(",") if each.strip()]
        self._serializer = URLSafeSerializer(keys[::-1], salt="connector-links")
        # While an operation is open, every poll is answered with the same token.
        self._signed = lru_cache(maxsize=4096)(self._sign)

    def token(self, kind: str, id: str, until: float) -> str:
        """A token for this one thing until the epoch second ``until``."""
        return self._signed(kind, id, int(until))

    def opens(self, token: str, kind: str, id: str, now: float) -> bool:
        """Whether the token is ours, for just this thing, and not past its time."""
        try:
            said = self._serializer.loads(token)
        except BadSignature:
            return False
        return isinstance(said, list) and said[:2] == [kind, id] and now < said[2]

    def _sign(self, kind: str, id: str, until: int) -> str:
        text = self._serializer.dumps([kind, id, until])
        return text if isinstance(text, str) else text.decode("ascii")


def new_webhook_secret() -> str:
    """A signing secret of 32 bytes in the form that Standard Webhooks gives it."""
    return "whsec_" + b64encode(secrets.token_bytes(32)).decode("ascii")


def webhook_headers(signers: Sequence[str], id: str, at: float, body: str) -> dict[str, str]:
    """The three headers of Standard Webhooks 1.0 for a message sent at ``at``; whoever knows one
    of these secrets can verify it."""
    moment = datetime.fromtimestamp(int(at), UTC)
    return {
        "webhook-id": id,
        "webhook-timestamp": str(int(at)),
        "webhook-signature": " ".join(Webhook(each).sign(id, moment, body) for each in signers),
    }
