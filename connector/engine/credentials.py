"""Whose key goes to the provider? The request's, else the owner's, else the operator's."""

from __future__ import annotations

import hashlib
import threading

from connector.core.model import Operation
from connector.engine.parts import Order, Parts
from connector.errors import BadInput

FRESH = 5.0  # seconds that a secret is remembered: a rotated one is used soon


class Credentials:
    """Finds provider keys; remembers owners' secrets for a few seconds."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._known: dict[tuple[str, str], tuple[float, str | None]] = {}
        self._lock = threading.Lock()

    def key_for(self, op: Operation) -> str | None:
        """The key to ask the operation's provider with, or None when there is none."""
        if op.credential is not None:
            return self._parts.vault.decrypt(op.credential)
        return self.usual(op.owner, op.provider)

    def usual(self, owner: str, provider: str) -> str | None:
        """The key for an owner who brings none along."""
        return self._secret(owner, provider) or self._parts.provider_key(provider)

    def require(self, order: Order) -> None:
        """Raises BadInput when no key for the provider is to be had."""
        kind = self._parts.manifest(order.provider).auth["kind"]
        if kind == "none" or order.provider_key or self.usual(order.owner, order.provider):
            return
        name = order.provider
        message = (
            f"There is no key for {name}. Send it as X-Provider-Key, store it with "
            f"'connector secrets set {name}', or set {name.upper()}_API_KEY."
        )
        raise BadInput(message, "no_provider_key")

    def _secret(self, owner: str, provider: str) -> str | None:
        now = self._parts.clock()
        with self._lock:
            read_at, key = self._known.get((owner, provider), (0.0, None))
        if now - read_at < FRESH:
            return key
        stored = self._parts.store.get_secret(owner, provider)
        key = self._parts.vault.decrypt(stored) if stored else None
        with self._lock:
            if len(self._known) > 10_000:
                self._known.clear()
            self._known[owner, provider] = (now, key)
        return key


def tag(key: str | None) -> str:
    """A name for a key that does not tell it: limits and caches are kept per key."""
    return hashlib.sha256((key or "").encode()).hexdigest()[:16]
