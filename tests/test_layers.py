"""The shape of the program: who may import whom, and how long things may get."""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import connector
from connector.manifest.load import files_in
from connector.places import shared

ROOT = Path(connector.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
MIGRATIONS = ROOT / "store" / "migrations"

FLOORS = {
    "core": 0, "errors": 0, "places": 0, "__init__": 0,
    "settings": 1, "signing": 1, "vault": 1, "store": 1, "files": 1, "http": 1, "manifest": 1,
    "client": 1, "crew": 1,
    "engine": 2, "simulators": 2, "exporters": 2,
    "platforms": 3, "worker": 3,
    "wiring": 4, "app": 4,
    "serve": 5,
    "demo": 6, "cli": 6,
    "__main__": 7,
}  # fmt: skip
"""A module imports lower floors and its own folder; two modules on one floor do not know each
other."""

EXCEPTIONS = {
    "demo/steps.py": {"cli"},  # shows things the way the commands do
    "demo/processes.py": {"cli"},  # makes a key the way they do
    "cli/service.py": {"demo"},  # is the command that runs it
}
"""Files that may know another module of their floor."""

LIBRARIES = {
    "PIL": {"exporters"},
    "alembic": {"store"},
    "click": {"cli", "demo"},
    "cryptography": {"vault"},
    "flask": {"platforms", "simulators", "app", "serve"},
    "fsspec": {"files"},
    "granian": {"serve"},
    "itsdangerous": {"signing"},
    "jmespath": {"core"},
    "jsonschema": {"manifest", "engine"},
    "msgspec": {"http", "platforms", "app"},
    "prometheus_client": {"platforms"},
    "pypdf": {"simulators"},
    "requests": {"http", "client"},
    "requests_toolbelt": {"http"},
    "rich": {"cli", "demo"},
    "sqlalchemy": {"store"},
    "standardwebhooks": {"signing"},
    "urllib3": {"http"},
    "werkzeug": {"platforms", "simulators", "app", "serve"},
}
"""Which module may import which library."""

ENVIRONMENT = {"settings", "client", "serve", "demo"}
"""Who may touch environment variables: serve and demo hand words to the processes they start."""

PURE = {
    "__future__", "base64", "collections", "dataclasses", "datetime", "email", "enum", "functools",
    "json", "re", "typing", "urllib",
}  # fmt: skip
"""The part of the standard library that core needs: no clock, no dice, no files, no network."""

LONGEST_FILE = 300
LONGEST_FUNCTION = 30

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def module_of(path: Path) -> str:
    """The part of the program that a file belongs to: its folder, or the file itself."""
    return path.relative_to(ROOT).with_suffix("").parts[0]


def imports(path: Path) -> Iterator[str]:
    """The dotted names that a file imports anywhere, also for types only or inside functions."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written in full"
            found = str(node.module)
            yield from (f"{found}.{each.name}" for each in node.names)


def ours(path: Path) -> set[str]:
    """The other modules of ours that a file imports."""
    names = [name.split(".") for name in imports(path)]
    found = {name[1] for name in names if name[0] == "connector"}
    return {name if name in FLOORS else "__init__" for name in found} - {module_of(path)}


def strangers(path: Path) -> set[str]:
    """The libraries that a file imports."""
    roots = {name.split(".")[0] for name in imports(path)}
    return roots - set(sys.stdlib_module_names) - {"connector"}


def where(path: Path) -> str:
    return str(path.relative_to(ROOT))


each_file = pytest.mark.parametrize("path", FILES, ids=where)


def test_every_module_has_a_floor() -> None:
    assert {module_of(path) for path in FILES} <= set(FLOORS)


@each_file
def test_a_file_imports_only_lower_floors_and_its_own_folder(path: Path) -> None:
    here = module_of(path)
    wrong = {name for name in ours(path) if FLOORS[name] >= FLOORS[here]}

    assert wrong <= EXCEPTIONS.get(where(path), set())


@each_file
def test_a_library_is_imported_only_where_it_belongs(path: Path) -> None:
    assert {name for name in strangers(path) if module_of(path) not in LIBRARIES[name]} == set()


@each_file
def test_the_environment_is_read_only_where_settings_are_made(path: Path) -> None:
    reads = {
        node.attr
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
        and node.attr in ("environ", "getenv", "putenv")
    } | {name for name in imports(path) if name in ("os.environ", "os.getenv")}

    assert module_of(path) in ENVIRONMENT or reads == set()


def test_the_core_needs_neither_clock_nor_dice_nor_the_world() -> None:
    used = {
        name.split(".")[0] for path in FILES if module_of(path) == "core" for name in imports(path)
    }

    assert used <= PURE | {"connector", "jmespath"}


@each_file
def test_a_file_is_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


@each_file
def test_functions_are_short(path: Path) -> None:
    long = [
        (node.name, length(path, node))
        for node in ast.walk(tree(path))
        if isinstance(node, Function) and length(path, node) > LONGEST_FUNCTION
    ]

    assert long == []


@each_file
def test_a_file_and_all_that_is_public_in_it_say_what_they_are_for(path: Path) -> None:
    assert ast.get_docstring(tree(path)), "the file has no docstring"
    if not path.is_relative_to(MIGRATIONS):  # which say it once, at their top
        assert [name for name, node in public(tree(path)) if not ast.get_docstring(node)] == []


def providers() -> list[str]:
    paths = files_in(shared("manifests"))
    return [json.loads(path.read_text(encoding="utf-8"))["name"] for path in paths]


@pytest.mark.parametrize("name", providers())
def test_a_provider_is_known_only_to_its_manifest_and_its_simulator(name: str) -> None:
    word = re.compile(rf"(?<![a-z]){name}(?![a-z])", re.IGNORECASE)
    wherever = [
        where(path)
        for path in FILES
        if module_of(path) != "simulators" and word.search(path.read_text(encoding="utf-8"))
    ]

    assert wherever == []


def length(path: Path, function: Function) -> int:
    """The lines of a function's body that are neither docstring nor blank."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    if not body:
        return 0
    lines = path.read_text(encoding="utf-8").splitlines()
    return sum(bool(line.strip()) for line in lines[body[0].lineno - 1 : function.end_lineno])


def public(
    inside: ast.Module | ast.ClassDef, prefix: str = ""
) -> Iterator[tuple[str, ast.ClassDef | Function]]:
    """Public functions, classes and their public methods; what overrides another's method is
    explained there."""
    if isinstance(inside, ast.ClassDef) and inside.bases:
        return
    for node in inside.body:
        if not isinstance(node, ast.ClassDef | Function) or node.name.startswith("_"):
            continue
        yield prefix + node.name, node
        if isinstance(node, ast.ClassDef):
            yield from public(node, f"{node.name}.")
