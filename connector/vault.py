"""How are secrets kept? Encrypted where they must be read again, hashed where not.

A secret key is any text; several, separated by commas, allow rotation: the first one
encrypts, all of them decrypt.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class Vault:
    """Encrypts and decrypts short texts (MultiFernet: AES-128-CBC and HMAC-SHA256)."""

    def __init__(self, secret_key: str) -> None:
        keys = [each.strip() for each in secret_key.split(",") if each.strip()]
        self._fernet = MultiFernet([Fernet(_fernet_key(each)) for each in keys])

    def encrypt(self, text: str) -> str:
        """The text, readable only with one of our secret keys."""
        return self._fernet.encrypt(text.encode()).decode("ascii")

    def decrypt(self, token: str) -> str | None:
        """The text, or None when no key of ours opens it."""
        try:
            return self._fernet.decrypt(token.encode("ascii")).decode()
        except InvalidToken:
            return None


def _fernet_key(text: str) -> bytes:
    return urlsafe_b64encode(hashlib.sha256(b"connector vault:" + text.encode()).digest())


def new_key() -> str:
    """A fresh key of ours, shown once: 256 bits, so that a plain hash of it is safe to store."""
    return f"ck_{secrets.token_urlsafe(32)}"


def hash_key(key: str) -> str:
    """What is stored of a key (SHA-256, hex)."""
    return hashlib.sha256(key.encode()).hexdigest()
