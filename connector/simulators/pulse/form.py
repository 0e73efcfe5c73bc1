"""What does a request say? JSON and multipart alike, names in any of Pulse's three spellings.

The documentation writes ``file_url``, both SDKs send ``fileUrl``, the oldest pages have
``file-url``. Objects come as JSON, or in multipart as JSON text with or without a content type.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from flask import Request

from connector.simulators.pulse.problems import Refusal

HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
FLAGS = {"true": True, "false": False}


def plain_name(name: str) -> str:
    """``fileUrl`` and ``file-url`` are ``file_url``."""
    return HUMP.sub("_", name).replace("-", "_").lower()


class Form:
    """Named values. Reading one raises Refusal when it is not what it should be; null counts as
    absent. Only names that Pulse knows are respelled, never those inside a maker's schema.
    ``origin`` is where the request was sent, for the links in its answer."""

    def __init__(
        self,
        values: Mapping[str, Any],
        file: tuple[bytes, str] | None = None,
        place: str = "",
        origin: str = "",
    ) -> None:
        self.values = {plain_name(k): v for k, v in values.items() if v is not None}
        self.file, self.origin, self._place = file, origin, place

    def given(self, name: str) -> bool:
        """It was sent and is not null."""
        return name in self.values

    def any(self, name: str) -> Any:
        """The value, whatever it is."""
        return self.values.get(name)

    def text(self, name: str) -> str | None:
        """A string."""
        found: str | None = self._typed(name, str, "a string")
        return found

    def need(self, name: str) -> str:
        """A string that must be there."""
        value = self.text(name)
        if not value:
            raise Refusal("REQ_004", f"{self._place}{name} is required", parameter=name)
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        """A JSON boolean, or ``true`` and ``false`` as text, as multipart has them."""
        value = self.values.get(name, default)
        value = FLAGS.get(value, value) if isinstance(value, str) else value
        if not isinstance(value, bool):
            raise self._wrong(name, "true or false")
        return value

    def number(self, name: str, least: int, most: int, code: str = "REQ_003") -> int | None:
        """A whole number, in multipart as text."""
        value = self.values.get(name)
        if isinstance(value, str) and re.fullmatch(r"\d{1,9}", value):
            value = int(value)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise Refusal(code, f"{self._place}{name} must be {least} to {most}", parameter=name)
        return value

    def object(self, name: str) -> dict[str, Any] | None:
        """A JSON object, its names as they are."""
        found: dict[str, Any] | None = self._typed(name, dict, "a JSON object")
        return found

    def inside(self, name: str) -> Form:
        """The form in an object; an empty one when it is absent."""
        return Form(self.object(name) or {}, place=f"{self._place}{name}.")

    def items(self, name: str) -> list[Any]:
        """A JSON list; empty when it is absent."""
        return self._typed(name, list, "a list") or []

    def texts(self, name: str) -> list[str]:
        """A list of strings, or one string with commas."""
        value = self.values.get(name)
        if isinstance(value, str) and not value.lstrip().startswith("["):
            return [part.strip() for part in value.split(",") if part.strip()]
        found = self.items(name)
        if not all(isinstance(one, str) for one in found):
            raise self._wrong(name, "a list of strings")
        return found

    def _typed(self, name: str, kind: type[Any], said: str) -> Any:
        value = self.values.get(name)
        if kind is not str and isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                raise self._wrong(name, said) from None
        if value is not None and not isinstance(value, kind):
            raise self._wrong(name, said)
        return value

    def _wrong(self, name: str, said: str) -> Refusal:
        return Refusal("REQ_003", f"{self._place}{name} must be {said}", parameter=name)


def read_form(request: Request) -> Form:
    """The form in a request; a Refusal when its body cannot be read."""
    origin = request.host_url.rstrip("/")
    if request.is_json:
        body = request.get_json(silent=True)
        if not isinstance(body, dict):
            raise Refusal("REQ_002", "The body must be a JSON object")
        return Form(body, origin=origin)
    part = request.files.get("file")
    file = (part.read(), part.filename or "document") if part else None
    return Form(request.form.to_dict(), file, origin=origin)
