"""Every problem of a manifest is found, with its place and words that help, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from connector.cli.manifests import check as command
from connector.manifest import ManifestError, check, load, load_folders
from connector.manifest.sense import QUESTIONS
from connector.places import shared
from tests.manifest.changed import GOOD, changed, problems

HERE = Path(__file__).parent
BAD = sorted((HERE / "bad").glob("*.json"))
SAMPLE = shared("samples") / "manifests" / "acme.json"


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_manifest_has_exactly_its_problems(path: Path, tmp_path: Path) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))

    assert problems(changed(case["changes"]), tmp_path) == case["problems"]


def test_most_bad_manifests_hold_one_mistake_and_some_hold_five() -> None:
    counts = {
        path.stem: len(json.loads(path.read_text(encoding="utf-8"))["problems"]) for path in BAD
    }

    assert len(BAD) > 75
    assert {name: count for name, count in counts.items() if count != 1} == {
        "five_mistakes": 5,
        "five_senseless_things": 5,
    }


def test_every_question_of_sense_has_a_bad_manifest() -> None:
    documents = [changed(json.loads(path.read_text(encoding="utf-8"))["changes"]) for path in BAD]
    sensible = [each for each in documents if isinstance(each, dict) and "actions" in each]

    for question in QUESTIONS:
        assert any(_asks(question, each) for each in sensible), question.__name__


def _asks(question: object, document: object) -> bool:
    try:
        return bool(list(question(document)))  # type: ignore[operator]
    except (KeyError, AttributeError, ValueError, TypeError):
        return False  # its shape is wrong: no question of sense is put to it


def test_a_file_that_is_no_json_says_where_it_breaks(tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text('{"manifest": 1,}', encoding="utf-8")

    (problem,) = check([path])

    assert str(problem).startswith(f"{path}: /: this is no JSON:")
    assert "line 1 column 16" in problem.message


def test_files_that_cannot_be_read_are_problems_too(tmp_path: Path) -> None:
    binary = tmp_path / "binary.json"
    binary.write_bytes(b"\xff\xfe\x00")

    found = list(check([tmp_path / "missing.json", tmp_path, binary]))

    assert [each.file for each in found] == [
        str(tmp_path / "missing.json"),
        str(tmp_path),
        str(binary),
    ]
    assert "cannot be read" in found[0].message


def test_all_problems_of_all_files_come_at_once(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.json").write_text(json.dumps({**GOOD, "manifest": 2}))

    with pytest.raises(ManifestError) as refused:
        load_folders([tmp_path])

    assert len(refused.value.problems) == 2
    assert "one.json: /manifest: this must be 1, not 2" in str(refused.value)


def test_a_shared_calls_problem_is_told_once(tmp_path: Path) -> None:
    twice = changed(
        [
            {"op": "add", "path": "/actions/split", "value": GOOD["actions"]["extract"]},
            {"op": "replace", "path": "/calls/get_result/path", "value": "/jobs/{page}"},
        ]
    )

    assert problems(twice, tmp_path) == {"/calls/get_result/path": "no call picks page"}


def test_the_sample_that_newcomers_copy_is_clean_and_small() -> None:
    run = CliRunner().invoke(command, [str(SAMPLE)])

    assert (run.exit_code, run.output) == (0, "1 manifest(s) checked: no problems.\n")
    assert len(SAMPLE.read_text(encoding="utf-8").splitlines()) <= 45


def test_the_command_shows_every_problem_and_fails(tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_text(json.dumps({**GOOD, "manifest": 2, "name": "A"}))

    run = CliRunner().invoke(command, [str(path)])

    assert run.exit_code == 1
    assert "/manifest: this must be 1, not 2" in run.output
    assert "2 problem(s)" in run.output


def test_a_later_folder_replaces_a_manifest_of_an_earlier_one(tmp_path: Path) -> None:
    for folder, title in (("ours", "First"), ("theirs", "Second")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "acme.json").write_text(json.dumps({**GOOD, "title": title}))
    (tmp_path / "ours" / "schema.json").write_text("{}")

    loaded = load_folders([tmp_path / "ours", tmp_path / "theirs"])

    assert {name: each.title for name, each in loaded.items()} == {"acme": "Second"}


def test_loading_gives_each_action_its_sample() -> None:
    assert load(SAMPLE).actions["extract"].sample == {"total": 12.5}
