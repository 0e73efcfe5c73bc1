"""Which fields will a result have, for this owner and this input? The input itself says so, else
the owner's own last result that came of an input like it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from connector.core.language import Action
from connector.core.model import FILE, Operation, Status
from connector.core.references import is_file
from connector.core.rules import same
from connector.core.shape import deciding, placed, said, shown
from connector.engine.asking import SPILLED
from connector.engine.inputs import with_defaults
from connector.engine.parts import Parts

NEWEST = 50  # operations that are looked at
LARGEST = 4_000_000  # bytes of kept results that are read for one answer: a designer waits for it


def output(parts: Parts, owner: str, action: Action, given: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON Schema of the action's result for this input; what the manifest says where
    nothing more is known. An input that cannot be read tells nothing, and raises nothing."""
    shape, known = action.shape, dict(action.output)
    if shape is None:
        return known
    filled = with_defaults(action.fields, given)
    fields = said(known, shape, filled)
    if fields:
        known = placed(known, shape.at, fields)
    if not shape.like or (fields and shape.list is None):  # a list tells names, and no types
        return known
    wanted = {name: filled.get(name) for name in deciding(shape)}
    shapes = (shown(known, shape, each) for each in _results(parts, owner, action, wanted))
    seen = next(filter(None, shapes), None)
    return placed(known, shape.at, seen) if seen else known


def _results(parts: Parts, owner: str, action: Action, wanted: Mapping[str, Any]) -> Iterator[Any]:
    """The owner's results, newest first, whose inputs have these values (None: not given)."""
    newest = parts.store.list_operations(
        owner,
        statuses=(Status.SUCCEEDED,),
        provider=action.provider,
        action=action.name,
        limit=NEWEST,
        by="finished_at",
    )
    room = LARGEST
    for op in newest:
        forgotten = op.forgotten_at is not None
        if forgotten or not all(same(op.input.get(name), each) for name, each in wanted.items()):
            continue
        result, size = _result(parts, op, room)
        room -= size
        yield result


def _result(parts: Parts, op: Operation, room: int) -> tuple[Any, int]:
    """The result and the bytes that were read for it: None where it is a file of the provider's,
    too large, or gone meanwhile."""
    result: Any = op.facts.get("result")
    if not is_file(result):
        return result, 0
    size = int(result["size"])
    if not result.get(SPILLED) or size > room:
        return None, 0
    try:
        return json.loads(b"".join(parts.files.chunks(result[FILE], 0, size))), size
    except (OSError, ValueError):
        return None, size
