"""What is wrong with an app for Zapier? What zapier-platform says only once it is pushed, or never.

The rules are those of zapier-platform-schema ("Schema", which ``validate`` checks without an
account), Zapier's integration checks ("D" and a number, which need one), and what the service
needs. They hold for a definition (triggers, searches and creates): ``provider.json``, or what the
code makes of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connector.exporters.problems import Problem
from connector.exporters.zapier.lint_fields import of_inputs, of_outputs
from connector.exporters.zapier.lint_steps import HOOKS, Found, of_connection, of_step

Json = Mapping[str, Any]

NEEDED = ("package.json", "provider.json", "index.js", "authentication.js", "triggers.js")
EXACT = re.compile(r"\d+\.\d+\.\d+")
FIND_OR_MAKE = re.compile(r"^\s*(searchOrCreates|searchAndCreates)\b", re.MULTILINE)


def lint(package: Mapping[str, bytes]) -> Sequence[Problem]:
    """Everything that is wrong with a package; all of it refuses an export."""
    absent = [name for name in NEEDED if name not in package]
    if absent:
        return [Problem(name, "", "Files", "this file is missing") for name in absent]
    known, definition = (json.loads(package[name]) for name in NEEDED[:2])
    return [
        *(Problem("package.json", *each) for each in _of_package(known)),
        *(Problem("provider.json", *each) for each in of_definition(definition)),
        *(Problem(*each) for each in _of_code(package)),
    ]


def of_definition(definition: Json) -> Iterator[Found]:
    """Everything that is wrong with a definition."""
    yield from of_connection(definition["authentication"])
    for part in ("triggers", "searches", "creates"):
        for key, step in definition[part].items():
            place = f"/{part}/{key}"
            yield from of_step(part, key, step, place)
            yield from of_inputs(step["operation"], definition["triggers"], place)
            yield from of_outputs(step["operation"], place)


def _of_package(package: Json) -> Iterator[Found]:
    version = package.get("dependencies", {}).get("zapier-platform-core", "")
    if not EXACT.fullmatch(version):
        said = f"{version or 'nothing'}: zapier-platform takes an exact version only"
        yield "/dependencies/zapier-platform-core", "CoreVersion", said


def _of_code(package: Mapping[str, bytes]) -> Iterator[tuple[str, str, str, str]]:
    """What can be seen of the code without running it."""
    triggers, index = package["triggers.js"].decode(), package["index.js"].decode()
    for name in HOOKS:
        if name not in triggers:
            yield "triggers.js", "", "D017", f"a hook needs {name}"
    if FIND_OR_MAKE.search(index):
        said = "a step that waits may not follow a search that found nothing: it is never resumed"
        yield "index.js", "", "SearchOrCreate", said
