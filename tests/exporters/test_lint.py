"""Each rule of the linter finds its mistake, alone, and nothing in a good package."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connector.exporters.power_automate.lint import READING, RULES, Problem, Severity, errors, lint
from tests.exporters.packages import DEFINITION, GOOD, PROPERTIES, changed
from tests.exporters.test_lint_files import IN_CODE

BAD = sorted((Path(__file__).parent / "bad").glob("*.json"))
ODD = (None, True, 7, "odd", [], [1], ["odd"], {}, {"odd": 1}, {"$ref": "#/odd"})
"""Values that a place may hold against all rules."""


def test_a_good_package_has_no_problem() -> None:
    assert lint(GOOD) == []


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_package_has_exactly_its_problems(path: Path) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))

    found = lint(changed(case["changes"], case["file"]))

    assert {problem.rule for problem in found} == {path.stem}
    assert {problem.pointer: problem.message for problem in found} == case["problems"]


def test_every_rule_has_a_bad_package_and_a_name_of_its_own() -> None:
    names = Counter([*READING, *(rule.name for rule in RULES)])

    assert set(names) | {"FileMissing"} == {path.stem for path in BAD} | IN_CODE
    assert max(names.values()) == 1


def test_only_errors_refuse_an_export() -> None:
    problems = [
        Problem(DEFINITION, "/host", "A", "no", Severity.WARNING),
        Problem(DEFINITION, "/host", "B", "no"),
    ]

    assert [problem.rule for problem in errors(problems)] == ["B"]


def test_a_problem_says_where_it_is_how_bad_and_by_which_rule() -> None:
    problem = Problem(DEFINITION, "/host", "HostNameNotValid", "this is no host")

    shown = "/host: this is no host (error, HostNameNotValid)"
    assert str(problem) == f"{DEFINITION}: {shown}"


def test_a_problem_of_a_shared_schema_is_told_once() -> None:
    file = {"op": "add", "path": "/definitions/Job/properties/file", "value": {
        "type": "string", "format": "binary", "x-ms-summary": "File", "description": "The file.",
    }}  # fmt: skip

    found = lint(changed([file]))

    assert [problem.rule for problem in found] == ["InvalidStringBinaryProperty"]


@pytest.mark.parametrize("file", [DEFINITION, PROPERTIES])
def test_nothing_that_a_file_may_hold_stops_the_linter(file: str) -> None:
    document = json.loads(GOOD[file])

    for number, place in list(enumerate(places(document)))[::3]:
        odd = ODD[number % len(ODD)]
        lint(changed([{"op": "replace", "path": place, "value": odd}], file))


def test_a_definition_of_nothing_but_its_head_is_judged_too() -> None:
    found = lint({**GOOD, DEFINITION: b"{}"})

    missing = {each.message for each in found if each.rule == "RequiredPropertyMissing"}
    assert "there is no 'paths'; give it" in missing


def places(value: Any, place: str = "") -> Iterator[str]:
    """The JSON pointers of all that is inside a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in inner:
        here = f"{place}/{str(key).replace('~', '~0').replace('/', '~1')}"
        yield here
        if isinstance(each, dict | list):
            yield from places(each, here)
