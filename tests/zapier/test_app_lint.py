"""Is every mistake found that Zapier would find only later, or never?"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from connector.exporters.zapier.lint import lint, of_definition
from tests.zapier.apps import package

GOOD = package("mindee")
Change = Callable[[Any], Any]


def rules(change: Change) -> set[str]:
    """The rules that a changed ``provider.json`` breaks."""
    known = json.loads(GOOD["provider.json"])
    change(known)
    return {each.rule for each in lint({**GOOD, "provider.json": json.dumps(known).encode()})}


def step(known: Any, part: str = "creates", key: str = "ocr") -> Any:
    """One step."""
    return known[part][key]


def display(known: Any, part: str = "creates", key: str = "ocr") -> Any:
    """Its texts."""
    return step(known, part, key)["display"]


def given(known: Any, number: int = 0) -> Any:
    """One of its inputs."""
    return step(known)["operation"]["inputFields"][number]


def shown(known: Any) -> Any:
    """The first of its outputs."""
    return step(known)["operation"]["outputFields"][0]


def sample(known: Any) -> Any:
    """Its sample."""
    return step(known)["operation"]["sample"]


ROWS = [{"key": "inner", "label": "Inner"}]

MISTAKES: dict[str, tuple[Change, str]] = {
    "a key in an input": (lambda k: given(k).update(key="api_key"), "D001"),
    "no link to a key": (lambda k: k["authentication"]["fields"][1].update(helpText="."), "D002"),
    "no key": (lambda k: k["authentication"].update(fields=[]), "Connection"),
    "a key that is seen": (
        lambda k: k["authentication"]["fields"][1].update(type="string"),
        "Connection",
    ),
    "a dropdown of nothing": (lambda k: given(k, 1).update(dynamic="gone.id.name"), "D005"),
    "no sample": (lambda k: step(k)["operation"].pop("sample"), "D010"),
    "a sample without id": (lambda k: sample(k).pop("id"), "D010"),
    "a hook without its way out": (
        lambda k: step(k, "triggers", "job_finished")["operation"].update(perform="f"),
        "D017",
    ),
    "a trigger that begins otherwise": (
        lambda k: display(k, "triggers", "job_finished").update(description="When it ended."),
        "D021",
    ),
    "a trigger that ends otherwise": (
        lambda k: display(k, "triggers", "job_finished").update(description="Triggers when done"),
        "D021",
    ),
    "a date of its own kind": (lambda k: sample(k).update(created_at="15.1.2026"), "D023"),
    "a date without a zone": (lambda k: sample(k).update(created_at="2026-01-15T09:00:00"), "D023"),
    "a sample that does not fit": (lambda k: sample(k).update(progress_done="half"), "D024"),
    "a deep sample that does not fit": (
        lambda k: sample(k)["result"]["file"].update(page_count="one"),
        "D024",
    ),
    "another key": (lambda k: step(k).update(key="other"), "Schema"),
    "a key with a hyphen": (
        lambda k: k["creates"].update({"a-b": {**step(k), "key": "a-b"}}),
        "Schema",
    ),
    "a long label": (lambda k: display(k).update(label="L" * 65), "Schema"),
    "a short label": (lambda k: display(k).update(label="L"), "Schema"),
    "no description": (lambda k: display(k).update(description=""), "Schema"),
    "a long description": (lambda k: display(k).update(description="D" * 1001), "Schema"),
    "two inputs of one name": (lambda k: given(k, 1).update(key="document"), "Schema"),
    "an input like one in rows": (
        lambda k: given(k).update(children=[{"key": "model_id", "label": "M"}]),
        "Schema",
    ),
    "rows within rows": (
        lambda k: given(k, 1).update(children=[{**ROWS[0], "children": ROWS}]),
        "Schema",
    ),
    "rows with a help": (lambda k: given(k).update(children=ROWS), "Schema"),
    "an input with a hyphen": (lambda k: given(k).update(key="a-b"), "Schema"),
    "an input of another kind": (lambda k: given(k).update(type="object"), "Schema"),
    "a default that is no text": (lambda k: given(k).update(default=1), "Schema"),
    "an empty default": (lambda k: given(k).update(default=""), "Schema"),
    "a long help": (lambda k: given(k).update(helpText="H" * 1001), "Schema"),
    "an empty help": (lambda k: given(k).update(helpText=""), "Schema"),
    "no group of this name": (lambda k: given(k).update(group="gone"), "Schema"),
    "nothing to choose from": (lambda k: given(k).update(choices=[]), "Schema"),
    "a choice without a label": (
        lambda k: given(k).update(choices=[{"value": "a", "sample": "a"}]),
        "Schema",
    ),
    "a choice that shows another value": (
        lambda k: given(k).update(choices=[{"value": "a", "sample": "b", "label": "A"}]),
        "Schema",
    ),
    "too many inputs": (
        lambda k: step(k)["operation"].update(
            inputFields=[{"key": f"in{number}", "label": "I"} for number in range(1001)]
        ),
        "Schema",
    ),
    "two outputs of one name": (lambda k: shown(k).update(key="status"), "Schema"),
    "an output of another kind": (lambda k: shown(k).update(type="object"), "Schema"),
    "an output without a label": (lambda k: shown(k).pop("label"), "Label"),
    "an input without a label": (lambda k: given(k).pop("label"), "Label"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found(mistake: str) -> None:
    change, rule = MISTAKES[mistake]

    assert rules(change) == {rule}


def test_a_hidden_step_needs_neither_texts_nor_a_sample() -> None:
    def hide(known: Any) -> None:
        step(known)["display"] = {"hidden": True}
        step(known)["operation"].pop("sample")

    assert rules(hide) == set()


@pytest.mark.parametrize("version", ["^19.1.0", "19", "latest", ""])
def test_a_core_that_may_change_is_found(version: str) -> None:
    known = {"dependencies": {"zapier-platform-core": version}}
    (found,) = lint({**GOOD, "package.json": json.dumps(known).encode()})

    assert (found.file, found.rule) == ("package.json", "CoreVersion")


def test_code_that_leaves_out_a_hooks_functions_is_found() -> None:
    code = GOOD["triggers.js"].replace(b"performUnsubscribe", b"performNothing")
    (found,) = lint({**GOOD, "triggers.js": code})

    assert (found.file, found.rule) == ("triggers.js", "D017")
    assert "performUnsubscribe" in found.message


def test_a_search_before_a_step_that_waits_is_found() -> None:
    code = GOOD["index.js"].replace(b"  creates,\n", b"  creates,\n  searchOrCreates: {},\n")
    (found,) = lint({**GOOD, "index.js": code})

    assert (found.file, found.rule) == ("index.js", "SearchOrCreate")


def test_missing_files_are_found() -> None:
    assert {each.file for each in lint({"index.js": b""})} == {
        *("package.json", "provider.json", "authentication.js", "triggers.js")
    }


def test_a_definition_with_functions_may_hold_them_among_its_fields() -> None:
    known = json.loads(GOOD["provider.json"])
    operation = step(known)["operation"]
    operation["outputFields"].append("$func$2$f$")
    operation["inputFields"].append("$func$2$f$")

    assert list(of_definition(known)) == []
