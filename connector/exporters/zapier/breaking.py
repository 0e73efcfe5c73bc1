"""What would break Zaps that use an older app? Steps and fields that are gone or changed. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connector.exporters.problems import Problem

Json = Mapping[str, Any]

Found = tuple[str, str, str]
"""Place, rule and message of a change."""

PARTS = ("triggers", "searches", "creates")
PROVIDER = "provider.json"


def breaking(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Sequence[Problem]:
    """Every such change between two packages; none where the old one cannot be read."""
    try:
        before, after = (json.loads(each.get(PROVIDER, b"{}")) for each in (old, new))
        found = [each for part in PARTS for each in _of_part(part, before, after)]
    except (ValueError, AttributeError, KeyError, TypeError):
        return []
    return [Problem(PROVIDER, *each) for each in found]


def _of_part(part: str, before: Json, after: Json) -> Iterator[Found]:
    for key, step in before.get(part, {}).items():
        place = f"/{part}/{key}"
        now = after.get(part, {}).get(key)
        if now is None:
            yield place, "StepGone", "this step is gone; Zaps use it"
            continue
        old, new = step["operation"], now["operation"]
        yield from _of_inputs(old, new, "inputFields", place)
        yield from _of_outputs(old, new, place)


def _of_inputs(before: Json, after: Json, part: str, place: str) -> Iterator[Found]:
    """The inputs of a step, or those of its rows."""
    old, new = (_by_key(each.get(part, ())) for each in (before, after))
    for key, field in old.items():
        here = f"{place}/{part}/{key}"
        if key not in new:
            yield here, "InputGone", "this input is gone; what Zaps give there is lost"
        elif _kind(field) != _kind(new[key]):
            yield here, "InputChanged", "this input has another type"
        else:
            yield from _of_values(field, new[key], here)
            yield from _of_inputs(field, new[key], "children", here)
    for key, field in new.items():
        if field.get("required") and not old.get(key, {}).get("required"):
            yield f"{place}/{part}/{key}", "InputRequired", "this input was not required"


def _of_values(before: Json, after: Json, place: str) -> Iterator[Found]:
    """What may be given, and what is when nothing was."""
    old, new = ([str(c["value"]) for c in each.get("choices", ())] for each in (before, after))
    gone = [each for each in old if each not in new]
    if new and gone:
        yield place, "ChoiceGone", f"these choices are gone; Zaps use them: {', '.join(gone)}"
    if before.get("default") != after.get("default"):
        yield place, "DefaultChanged", "Zaps that leave this input empty get another value"


def _of_outputs(before: Json, after: Json, place: str) -> Iterator[Found]:
    old, new = (_by_key(each.get("outputFields", ())) for each in (before, after))
    for key, field in old.items():
        here = f"{place}/outputFields/{key}"
        if key not in new:
            yield here, "OutputGone", "this output is gone; later steps use it"
        elif _kind(field) != _kind(new[key]):
            yield here, "OutputChanged", "this output has another type"


def _kind(field: Json) -> tuple[Any, ...]:
    """What makes a value another one: its type, whether there are several, or rows."""
    return field.get("type"), bool(field.get("list")), "children" in field


def _by_key(fields: Sequence[Json]) -> dict[str, Json]:
    return {each["key"]: each for each in fields}
