"""Where does a value refer to stored files, and which of these references are ours? Pure.

A provider or a caller may send ``{"$file": ...}`` as plain data: such a reference is forged and
must never open anything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from connector.core.model import FILE


def is_file(value: Any) -> bool:
    """Whether a value is a reference to a stored file."""
    return isinstance(value, Mapping) and isinstance(value.get(FILE), str)


def held(value: Any) -> dict[str, Any]:
    """The members of an object that are files, or lists of nothing else."""
    if not isinstance(value, Mapping) or is_file(value):
        return {}
    return {
        name: each
        for name, each in value.items()
        if is_file(each) or (isinstance(each, list) and each and all(map(is_file, each)))
    }


def references(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every file reference inside a value, also one inside another."""
    if is_file(value):
        yield value
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from references(inner)


def disarm(value: Any, ours: Collection[str]) -> Any:
    """The value with every reference that is not among ``ours``, also one inside another, made
    plain data again."""
    if isinstance(value, Mapping):
        forged = is_file(value) and value[FILE] not in ours
        names = {FILE: "file"} if forged else {}
        return {names.get(key, key): disarm(inner, ours) for key, inner in value.items()}
    return [disarm(each, ours) for each in value] if isinstance(value, list) else value
