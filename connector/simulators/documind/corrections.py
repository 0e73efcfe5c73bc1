"""What has a person made of the results? Pure: what they sent, typed like the original."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from connector.simulators.documind.orders import Entity, kind_of
from connector.simulators.documind.reading import reader_for

Results = Mapping[str, Any]
LISTS: dict[str, type] = {"array": list, "object": dict}
CHECKS: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}


def corrected(
    results: Results, entities: Mapping[str, Entity], given: Results
) -> tuple[dict[str, Any], dict[str, str]]:
    """The results with what was ``given`` put over them, and what is wrong with it by field."""
    reviewed, wrong = dict(results), {}
    for name, value in given.items():
        if name not in entities:
            wrong[name] = "there is no such field"
            continue
        try:
            reviewed[name] = like(results.get(name), read(value, entities[name]))
        except ValueError as error:
            wrong[name] = str(error)
    return reviewed, wrong


def read(value: Any, entity: Entity) -> Any:
    """A value as the type of its field; ValueError if it cannot be. No text at all is null."""
    kind = kind_of(entity)
    if isinstance(value, str):
        value = from_text(value.strip(), kind, entity)
    if value is not None and not CHECKS[kind](value):
        raise ValueError(f"this is not {'an' if kind[0] in 'aio' else 'a'} {kind}")
    return value


def from_text(text: str, kind: str, entity: Entity) -> Any:
    """What stands in a form's field: as printed in a document, or JSON for what has parts."""
    if not text:
        return None
    if kind not in LISTS:
        found = reader_for(entity)(text)
        if found is None:
            raise ValueError(f"this is not a {entity.get('format', kind)}: {text}")
        return found
    try:
        return json.loads(text)
    except ValueError:
        raise ValueError(f"this is not JSON: {text}") from None


def like(original: Any, value: Any) -> Any:
    """12330 is 12330.0 where the original had a fraction."""
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return float(value) if isinstance(original, float) and is_whole else value


def shown(value: Any) -> str:
    """A value as a form shows it; ``from_text`` reads it back."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, indent=2 if isinstance(value, list | dict) else None)
