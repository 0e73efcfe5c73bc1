"""What does text from a form mean, when the schema asks for something else?"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

TRUTHS = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False,
          "on": True, "off": False}  # fmt: skip


def as_schema_says(values: Sequence[str], schema: Mapping[str, Any]) -> Any:
    """A form field's values in the type of its field; what does not fit stays text, and the
    check of the input then says so. Empty text means: not given."""
    kind = schema.get("type")
    if kind == "array":
        return _as_list(values, schema.get("items", {}))
    text = values[-1]
    if text == "" and kind is not None:
        return None
    read = READERS.get(str(kind))
    return read(text) if read else text


def object_from_text(value: Any, schema: Mapping[str, Any]) -> Any:
    """A value of a JSON body. An object may be JSON text: Power Automate has no field in which a
    maker could give an object whose members nobody knows."""
    written = isinstance(value, str) and value.lstrip().startswith("{")
    return _as_json(value) if written and schema.get("type") == "object" else value


def loosened(value: Any, schema: Mapping[str, Any]) -> Any:
    """A value of JSON in which everything may be text, as its schema says. Empty text within it
    means: not given."""
    if isinstance(value, str):
        return as_schema_says([value], schema)
    if isinstance(value, list):
        items = schema.get("items", {})
        return [loosened(each, items) for each in value if each != ""]
    if isinstance(value, dict):
        members = schema.get("properties", {})
        return {
            name: loosened(each, members.get(name, {}))
            for name, each in value.items()
            if each != ""
        }
    return value


def _as_list(values: Sequence[str], items: Mapping[str, Any]) -> Any:
    """A repeated field, JSON text, or one text with commas."""
    if len(values) == 1:
        text = values[0].strip()
        if text.startswith("["):
            return _as_json(text)
        objects = _as_json(f"[{text}]") if text.startswith("{") else None
        if isinstance(objects, list):  # a designer writes them one after the other
            return objects
        values = [each.strip() for each in text.split(",")]
    return [as_schema_says([each], items) for each in values if each != ""]


def _as_truth(text: str) -> Any:
    return TRUTHS.get(text.strip().lower(), text)


def _as_whole(text: str) -> Any:
    try:
        return int(text)
    except ValueError:
        return text


def _as_number(text: str) -> Any:
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) else text  # JSON knows neither nan nor inf


def _as_json(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (ValueError, RecursionError):
        return text


READERS: Mapping[str, Callable[[str], Any]] = {
    "boolean": _as_truth,
    "integer": _as_whole,
    "number": _as_number,
    "object": _as_json,
}
