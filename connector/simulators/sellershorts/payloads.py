"""In what form does an order leave? The usual payload, the one with several files, or a template
of the seller's. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

PLACEHOLDER = re.compile(r"\{([a-z_]+(?:\.\w+)?)\}")

USUAL: Mapping[str, Any] = {
    "short_id": "{short_id}",
    "order_id": "{order_id}",
    "inputs": "{inputs}",
    "callback_url": "{callback_url}",
    "ts": "{ts}",
}

SEVERAL_FILES: Mapping[str, Any] = {
    **USUAL,
    "api_version": "{api_version}",
    "input_files": "{input_files}",
}

FORMS: Mapping[str, Mapping[str, Any]] = {"usual": USUAL, "files": SEVERAL_FILES}
"""Payloads by the names that ``/_buy`` takes."""


def payload(template: Any, values: Mapping[str, Any]) -> Any:
    """The template, filled in. A placeholder alone keeps its type, and what is missing is null
    ("Payload templates")."""
    if isinstance(template, str):
        alone = PLACEHOLDER.fullmatch(template)
        if alone:
            return _value(alone[1], values)
        return PLACEHOLDER.sub(lambda found: _text(_value(found[1], values)), template)
    if isinstance(template, Mapping):
        return {name: payload(each, values) for name, each in template.items()}
    return [payload(each, values) for each in template] if isinstance(template, list) else template


def _value(place: str, values: Mapping[str, Any]) -> Any:
    whole, _, inner = place.partition(".")
    found = values.get(whole)
    return (found or {}).get(inner) if inner else found


def _text(value: Any) -> str:
    return "" if value is None else str(value)
