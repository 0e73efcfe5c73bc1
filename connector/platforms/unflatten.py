"""Where does a value belong whose name is a path? ``schema__title`` stands for the title in the
schema: people who can only fill in a list of names and values write nesting so. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

BETWEEN = "__"
DEEPEST = 16  # steps of one name


class Branch(dict[str, Any]):
    """An object that names led into, told from one that somebody gave whole."""


def unflatten(given: Mapping[str, Any], known: Collection[str] = ()) -> dict[str, Any]:
    """The values at their places. A name that is ``known`` is no path. What has the members 0, 1,
    2 and so on is a list. A path into what is no object, or to what is there already, stays a
    name, so that the check of the input complains of it; ``given`` stays as it is."""
    made = Branch()
    paths = {name: path for name in given if (path := _path(name, known))}
    made.update({name: value for name, value in given.items() if name not in paths})
    for name, path in paths.items():
        branch = _branch(made, path[:-1])
        if branch is None or path[-1] in branch:
            made[name] = given[name]
        else:
            branch[path[-1]] = given[name]
    return {name: _settled(value) for name, value in made.items()}


def _path(name: str, known: Collection[str]) -> list[str]:
    """The steps of a name, or none where it is just a name."""
    steps = [] if name in known else name.split(BETWEEN)
    return steps if 1 < len(steps) <= DEEPEST and all(steps) else []


def _branch(made: Branch, path: list[str]) -> Branch | None:
    """The object at a path, new where there was nothing; None where something else stands."""
    for step in path:
        inner = made.setdefault(step, Branch())
        if not isinstance(inner, dict):
            return None
        if not isinstance(inner, Branch):
            inner = made[step] = Branch(inner)
        made = inner
    return made


def _settled(value: Any) -> Any:
    """The value without branches: an object, or a list where its members are numbered."""
    if not isinstance(value, Branch):
        return value
    members = {name: _settled(inner) for name, inner in value.items()}
    numbers = [str(number) for number in range(len(members))]
    return [members[each] for each in numbers] if set(numbers) == set(members) else members
