"""A good manifest with some changes, written as JSON Patch (RFC 6902: add, replace, remove)."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from connector.manifest import check
from connector.places import shared

GOOD = json.loads((shared("samples") / "manifests" / "acme.json").read_text(encoding="utf-8"))


def changed(changes: Iterable[Mapping[str, Any]]) -> Any:
    """The sample manifest after the changes, one by one."""
    document = {"": copy.deepcopy(GOOD)}
    for change in changes:
        *way, last = ["", *change["path"].split("/")[1:]]
        inside: Any = document
        for step in way:
            inside = inside[int(step) if isinstance(inside, list) else step]
        _change(inside, last, change)
    return document[""]


def problems(document: Any, folder: Path) -> dict[str, str]:
    """What ``check`` says of a document: message by place; two at one place are an error."""
    path = folder / "manifest.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    found = list(check([path]))
    assert all(each.file == str(path) for each in found)
    by_place = {each.place: each.message for each in found}
    assert len(by_place) == len(found), found
    return by_place


def _change(inside: Any, last: str, change: Mapping[str, Any]) -> None:
    key = int(last) if isinstance(inside, list) else last
    if change["op"] == "remove":
        del inside[key]
    elif change["op"] == "add" and isinstance(inside, list):
        inside.insert(key, change["value"])
    else:
        assert (key in inside) == (change["op"] == "replace") or isinstance(inside, list)
        inside[key] = change["value"]
