"""What is wrong with the fields of a step: its inputs, its outputs, and its sample by them?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from connector.exporters.zapier.lint_steps import KEY, Found

Json = Mapping[str, Any]

INPUT_TYPES = frozenset(
    {"string", "text", "integer", "number", "boolean", "datetime", "file", "password", "copy",
     "code", "json"}
)  # fmt: skip
OUTPUT_TYPES = frozenset(
    {"string", "number", "boolean", "datetime", "file", "password", "integer"}
)  # fmt: skip
NOT_TOGETHER = (
    ("children", "list"), ("children", "dict"), ("children", "type"), ("children", "placeholder"),
    ("children", "helpText"), ("children", "default"), ("dict", "list"), ("dynamic", "dict"),
    ("dynamic", "choices"),
)  # fmt: skip
SECRETS = frozenset({"api_key", "apikey", "password", "secret", "token", "access_token"})
MOST, LONGEST_HELP = 1000, 1000
STEP = re.compile(r"__|\[\]")
KINDS: Mapping[str, type | tuple[type, ...]] = {
    "boolean": bool,
    "integer": int,
    "number": (int, float),
}
"""What a value is in JSON, where it is no text."""


def of_inputs(operation: Json, triggers: Json, place: str) -> Iterator[Found]:
    """The inputs of a step; ``triggers`` are those that dropdowns may name."""
    place = f"{place}/operation/inputFields"
    groups = {each["key"] for each in operation.get("inputFieldGroups", ())}
    fields = [each for each in operation.get("inputFields", ()) if isinstance(each, Mapping)]
    if len(fields) > MOST:
        yield place, "Schema", f"{len(fields)} inputs; a step has at most {MOST}"
    every = [*fields, *(inner for each in fields for inner in each.get("children", ()))]
    for key, times in Counter(each["key"] for each in every).items():
        if times > 1:
            yield place, "Schema", f"two inputs are called {key}, rows and their fields together"
    for field in every:
        here = f"{place}/{field['key']}"
        yield from _of_input(field, here)
        yield from _of_texts(field, here)
        yield from _of_choices(field, triggers, here)
        if "group" in field and field["group"] not in groups:
            yield f"{here}/group", "Schema", "there is no such group"


def of_outputs(operation: Json, place: str) -> Iterator[Found]:
    """The outputs of a step, and whether its sample fits them."""
    fields = [each for each in operation.get("outputFields", ()) if isinstance(each, Mapping)]
    here = f"{place}/operation/outputFields"
    for key, times in Counter(each["key"] for each in fields).items():
        if times > 1:
            yield here, "Schema", f"two outputs are called {key}"
    for field in fields:
        if field.get("type", "string") not in OUTPUT_TYPES:
            yield f"{here}/{field['key']}", "Schema", f"{field['type']} is no type of an output"
        yield from _of_texts(field, f"{here}/{field['key']}")
    yield from _of_shown(operation.get("sample"), fields, f"{place}/operation/sample")


def _of_input(field: Json, place: str) -> Iterator[Found]:
    if len(field["key"]) < 2 or not KEY.fullmatch(field["key"]):
        yield place, "Schema", "a key has letters, digits and underscores, at least two"
    if field["key"] in SECRETS:
        yield place, "D001", "a key belongs into the connection"
    if field.get("type", "string") not in INPUT_TYPES:
        yield place, "Schema", f"{field['type']} is no type of an input"
    for one, other in NOT_TOGETHER:
        if field.get(one) and field.get(other):
            yield place, "Schema", f"{one} and {other} do not go together"
    if any(inner.get("children") for inner in field.get("children", ())):
        yield place, "Schema", "rows within rows are not possible"
    if "default" in field and not (isinstance(field["default"], str) and field["default"]):
        yield f"{place}/default", "Schema", "a default is text"


def _of_texts(field: Json, place: str) -> Iterator[Found]:
    if not field.get("label"):
        yield place, "Label", "people need a label"
    if "helpText" in field and not 1 <= len(field["helpText"]) <= LONGEST_HELP:
        yield f"{place}/helpText", "Schema", f"a help has 1 to {LONGEST_HELP} characters"


def _of_choices(field: Json, triggers: Json, place: str) -> Iterator[Found]:
    trigger = str(field.get("dynamic", "")).split(".")[0]
    if trigger and trigger not in triggers:
        yield f"{place}/dynamic", "D005", f"there is no trigger {trigger}"
    for choice in field.get("choices", ()):
        texts = [choice.get(each) for each in ("value", "sample", "label")]
        if not all(isinstance(each, str) and each for each in texts) or texts[0] != texts[1]:
            said = "a choice has a value, the same as its sample, and a label"
            yield f"{place}/choices", "Schema", said
    if "choices" in field and not field["choices"]:
        yield f"{place}/choices", "Schema", "there must be something to choose"


def _of_shown(sample: Any, fields: list[Json], place: str) -> Iterator[Found]:
    """A sample that does not fit its outputs. Rows are not looked into."""
    if not isinstance(sample, Mapping):
        return
    for field in fields:
        value: Any = sample
        for step in STEP.split(field["key"]):
            value = value.get(step) if isinstance(value, Mapping) else None
        if value is not None and not _fits(value, field):
            yield place, "D024", f"{field['key']} is no {field['type']}"


def _fits(value: Any, field: Json) -> bool:
    if field.get("list"):
        return isinstance(value, list)
    return "type" not in field or isinstance(value, KINDS.get(field["type"], str))
