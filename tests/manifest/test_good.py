"""The manifests that come with the program, and the full example of the format."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from connector.core import rules
from connector.core.ask import call_of, context
from connector.core.language import Action, Shape
from connector.core.model import CLOSED, Failure, Status
from connector.core.shape import placed, said, shown
from connector.manifest import ManifestError, check, load, load_folders, replay
from connector.manifest.build import build
from connector.manifest.load import files_in
from connector.places import shared
from tests.core.stories import T0, Job, answer, new
from tests.manifest.changed import changed

FULL = Path(__file__).parent / "good" / "acme.json"
OURS = files_in(shared("manifests"))
ALL = [*OURS, *files_in(shared("samples") / "manifests"), FULL]


@pytest.mark.parametrize("path", ALL, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_manifest_is_clean(path: Path) -> None:
    assert [str(each) for each in check([path])] == []


@pytest.mark.parametrize("path", ALL, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_rule_speaks_in_some_example(path: Path) -> None:
    manifest = load(path)
    silent = {
        (call.name, rule)
        for action in manifest.actions.values()
        for call in action.calls.values()
        for rule in map(repr, call.rules)
    }
    for action in manifest.actions.values():
        for example in action.examples.values():
            silent -= spoken(action, example)

    assert silent == set()


@pytest.mark.parametrize("path", ALL, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_action_shows_a_success_with_its_sample_and_a_failure(path: Path) -> None:
    for action in load(path).actions.values():
        ends = [replay(action, example).end.status for example in action.examples.values()]

        assert action.sample is not None
        assert {Status.SUCCEEDED, Status.FAILED} <= set(ends)
        assert set(ends) <= CLOSED


@pytest.mark.parametrize("path", ALL, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_results_of_the_examples_have_the_shape_that_their_inputs_tell(path: Path) -> None:
    for action in load(path).actions.values():
        for example in action.examples.values() if action.shape else ():
            end = replay(action, example).end
            fields = said(action.output, action.shape, example["input"])
            if end.status == Status.SUCCEEDED and fields:
                whole = placed(action.output, action.shape.at, fields)
                Draft202012Validator(whole).validate(end.facts["result"])
                told = shown(whole, action.shape, end.facts["result"])
                assert told is not None
                assert set(told["properties"]) <= set(fields["properties"])


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_a_manifest_of_ours_is_named_as_its_file(path: Path) -> None:
    assert load(path).name == path.stem


def test_the_full_example_says_what_it_should() -> None:
    manifest = load(FULL)
    action = manifest.actions["extract"]

    assert manifest.hosts == ("files.acme.example",)
    assert manifest.limits[0].calls == ("submit",)
    assert manifest.choices["models"].call.path == "/models"
    assert action.pace.deadlines == {"critical": 300, "batch": 3600}
    assert action.calls["check_status"].repeatable
    assert not action.calls["cancel"].repeatable
    assert action.sample == {"score": 97}
    assert action.shape == Shape("fields", like=("model",))


def test_an_actions_own_words_go_over_the_shared_ones() -> None:
    own = {"method": "GET", "path": "/mine/{job}", "rules": []}
    document = changed(
        [
            {"op": "add", "path": "/pace", "value": {"initial": 5, "ceiling": 9}},
            {"op": "add", "path": "/actions/extract/pace", "value": {"initial": 7}},
            {"op": "add", "path": "/actions/extract/errors", "value": {"code": "body.code"}},
            {"op": "add", "path": "/actions/extract/calls/check_status", "value": own},
        ]
    )

    action = build(document).actions["extract"]

    assert (action.pace.initial, action.pace.ceiling, action.pace.review) == (7, 9, 300)
    assert action.errors == {"message": "body.error", "code": "body.code"}
    assert action.calls["check_status"].path == "/mine/{job}"
    assert action.calls["get_result"].path == "/jobs/{job}/result"


def spoken(action: Action, example: dict[str, Any]) -> set[tuple[str, str]]:
    """The rules that speak in an example, found by walking it here, not by ``replay``."""
    files = {name: {"$file": "f"} for name in ("document",) if name in example["input"]}
    job = Job(action, op=new(action, input={**example["input"], **files}, id="example"), now=T0)
    heard = set()
    for step in example["steps"]:
        if "failure" in step:
            job.hears(Failure(step["failure"]["reason"]))
            continue
        said = step["response"]
        outcome = answer(said["http"], said.get("body"), **said.get("headers", {}))
        call = call_of(job.op, action)
        seen = rules.view(call, outcome, context(job.op, action))
        heard |= {(call.name, repr(rule)) for rule in call.rules if rules.matches(rule, seen)}
        job.hears(outcome)
    return heard


def test_two_manifests_of_one_name_in_a_folder_are_a_problem(tmp_path: Path) -> None:
    for name in ("one.json", "two.json"):
        (tmp_path / name).write_bytes(FULL.read_bytes())

    with pytest.raises(ManifestError) as caught:
        load_folders([tmp_path])

    assert [(each.place, Path(each.file).name) for each in caught.value.problems] == [
        ("/name", "two.json")
    ]
