"""What is wrong with a step of an app, or with its connection? Texts, samples, functions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from connector.exporters.zapier.texts import LONGEST_DESCRIPTION, LONGEST_LABEL

Json = Mapping[str, Any]

Found = tuple[str, str, str]
"""Place, rule and message of a mistake."""

KEY = re.compile(r"[a-zA-Z]+[a-zA-Z0-9_]*")
LINK = re.compile(r"https?://\S+")
HOOKS = ("performSubscribe", "performUnsubscribe", "performList")


def of_connection(connection: Json) -> Iterator[Found]:
    """What a connection must have."""
    place = "/authentication/fields"
    fields = {each["key"]: each for each in connection["fields"]}
    if "api_key" not in fields or "base_url" not in fields:
        yield place, "Connection", "a connection needs base_url and api_key"
        return
    for number, field in enumerate(connection["fields"]):
        if field["key"].endswith("_key") and field.get("type") != "password":
            yield f"{place}/{number}", "Connection", "a key must be a password"
    if not LINK.search(fields["api_key"].get("helpText", "")):
        yield place, "D002", "the help on the key needs a link"


def of_step(part: str, key: str, step: Json, place: str) -> Iterator[Found]:
    """One trigger, search or create."""
    display, operation = step["display"], step["operation"]
    if key != step["key"]:
        yield place, "Schema", f"its key is {step['key']}"
    if len(key) < 2 or not KEY.fullmatch(key):
        yield place, "Schema", "a key has letters, digits and underscores, at least two"
    if part == "triggers" and not _is_said(display.get("description", "")):
        said = 'it begins with "Triggers when " and ends with a full stop'
        yield f"{place}/display/description", "D021", said
    if not display.get("hidden"):
        yield from _of_display(display, f"{place}/display")
        yield from _of_sample(operation.get("sample"), f"{place}/operation/sample")
    if "perform" in operation and operation.get("type") == "hook":
        for name in HOOKS:
            if name not in operation:
                yield f"{place}/operation", "D017", f"a hook needs {name}"


def _is_said(description: str) -> bool:
    return description.startswith("Triggers when ") and description.endswith(".")


def _of_display(display: Json, place: str) -> Iterator[Found]:
    if not 2 <= len(display.get("label", "")) <= LONGEST_LABEL:
        yield f"{place}/label", "Schema", f"a label has 2 to {LONGEST_LABEL} characters"
    if not 1 <= len(display.get("description", "")) <= LONGEST_DESCRIPTION:
        yield f"{place}/description", "Schema", f"it has 1 to {LONGEST_DESCRIPTION} characters"


def _of_sample(sample: Any, place: str) -> Iterator[Found]:
    if not isinstance(sample, Mapping) or not isinstance(sample.get("id"), str):
        yield place, "D010", "a step that is shown has a sample with an id"
        return
    for name, value in sample.items():
        if name.endswith("_at") and value is not None and not _is_moment(value):
            yield f"{place}/{name}", "D023", "a date is written by ISO 8601, with a zone"


def _is_moment(value: Any) -> bool:
    try:
        return datetime.fromisoformat(str(value)).tzinfo is not None
    except ValueError:
        return False
