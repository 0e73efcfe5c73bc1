"""A good package of a connector, and what becomes of it by some changes (RFC 6902)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
DEFINITION = "apiDefinition.swagger.json"
PROPERTIES = "apiProperties.json"
GOOD: Mapping[str, bytes] = {
    path.name: path.read_bytes() for path in sorted((HERE / "good").iterdir())
}


def changed(
    changes: Iterable[Mapping[str, Any]],
    file: str = DEFINITION,
    package: Mapping[str, bytes] = GOOD,
) -> dict[str, bytes]:
    """The good package, or another, after changes to one of its files."""
    whole = {"": json.loads(package[file])}
    for change in changes:
        *way, last = (part.replace("~1", "/").replace("~0", "~") for part in parts(change["path"]))
        inside: Any = whole
        for step in way:
            inside = inside[int(step) if isinstance(inside, list) else step]
        _change(inside, last, change)
    return {**package, file: json.dumps(whole[""], indent=2).encode()}


def parts(path: str) -> list[str]:
    """The parts of a JSON pointer, with the document itself before them."""
    return ["", *path.split("/")[1:]]


def _change(inside: Any, last: str, change: Mapping[str, Any]) -> None:
    if isinstance(inside, list):
        place = len(inside) if last == "-" else int(last)
        if change["op"] != "add":
            del inside[place]
        if change["op"] != "remove":
            inside.insert(place, change["value"])
    elif change["op"] == "remove":
        del inside[last]
    else:
        assert (last in inside) == (change["op"] == "replace"), change
        inside[last] = change["value"]
