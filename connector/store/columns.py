"""How do our values lie in a column? Types only; tables and queries are elsewhere."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

from connector.core.model import Status

encode = json.JSONEncoder(separators=(",", ":"), default=dict).encode
"""Made once. ``default`` takes read-only mappings, which json does not know."""


class Words(TypeDecorator[str]):
    """Text that may come from anywhere, made storable.

    PostgreSQL refuses NUL, both databases refuse lone surrogates; a provider's message may
    hold either, and must not keep a row from being saved (or an odd id from being a plain 404).
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or (value.isascii() and "\0" not in value):
            return value
        return value.encode("utf-8", "replace").decode().replace("\0", "")


class Word(TypeDecorator[Status]):
    """A status by its word."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Status | None, dialect: Dialect) -> str | None:
        # A plain str: drivers know their own ways with enums, and some store the name.
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Status | None:
        return None if value is None else Status(value)


class WordList(TypeDecorator[Sequence[Status]]):
    """A tuple of statuses as a JSON list, or NULL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[Status] | None, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(list(value))

    def process_result_value(
        self, value: str | None, dialect: Dialect
    ) -> tuple[Status, ...] | None:
        return None if value is None else tuple(map(Status, json.loads(value)))


class Json(TypeDecorator[Mapping[str, Any]]):
    """A JSON object as compact ASCII text, so that it can hold what ``Words`` has to drop."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, Any] | None, dialect: Dialect) -> str | None:
        return None if value is None else encode(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)
