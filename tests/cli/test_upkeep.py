"""Checking, migrating, pruning and counting."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from connector.client import Refused
from connector.manifest.load import files_in
from connector.store import Store
from tests.cli.conftest import Run
from tests.living import INVOICE, MODEL, ROOT


def test_our_own_manifests_have_no_problems(run: Run) -> None:
    said = run("check")

    assert said.exit_code == 0
    count = len(files_in(ROOT / "manifests"))
    assert said.stdout == f"{count} manifest(s) checked: no problems.\n"


def test_check_tells_every_problem_with_its_place(run: Run, tmp_path: Path) -> None:
    mindee = json.loads((ROOT / "manifests" / "mindee.json").read_text(encoding="utf-8"))
    mindee["calls"]["check_status"]["method"] = "LOOK"
    mindee["pace"]["initial"] = -1
    wrong, broken = tmp_path / "wrong.json", tmp_path / "broken.json"
    wrong.write_text(json.dumps(mindee))
    broken.write_text("{")

    said = run("check", wrong, broken, tmp_path / "missing.json")
    told = run("check", wrong, broken, tmp_path / "missing.json", "--json")

    assert said.exit_code == told.exit_code == 1
    problems = json.loads(told.stdout)
    places = [(Path(each["file"]).stem, each["place"]) for each in problems]
    assert places == [
        ("wrong", "/calls/check_status/method"),
        ("wrong", "/pace/initial"),
        ("broken", ""),
        ("missing", ""),
    ]
    *lines, last = said.stdout.splitlines()
    assert [line.split(": ")[1] for line in lines] == [place or "/" for _, place in places]
    assert last == "3 manifest(s) checked: 4 problem(s)."


def test_migrate_makes_a_database_ready_and_may_be_repeated(run: Run, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new/connector.db"

    for _ in range(2):
        said = run("migrate", CONNECTOR_DATABASE_URL=url)
        assert (said.exit_code, said.stdout) == (0, "The database is up to date.\n")

    store = Store(url)
    assert store.ready()
    store.close()


def test_stats_count_and_prune_deletes_what_is_old(run: Run) -> None:
    order = ("submit", "mindee/extraction", f"document=@{INVOICE}", f"model_id={MODEL}")
    id = json.loads(run(*order, "--wait", "--json").stdout)["id"]

    counted = json.loads(run("stats", "--json").stdout)
    assert counted["operations"] == [{"provider": "mindee", "status": "succeeded", "count": 1}]
    assert "succeeded" in run("stats").stdout
    assert "0 due now, 0 message(s) owed." in run("stats").stdout

    assert run("prune").stdout == "0 file(s) deleted.\n"
    assert run("prune", "--results-older-than", "0").stdout == "1 file(s) deleted.\n"
    gone = run("result", id).exception
    assert isinstance(gone, Refused)
    assert gone.problem["status"] == 410


@pytest.mark.parametrize("command", [("work", "--threads", "0"), ("serve", "--port", "70000")])
def test_numbers_that_make_no_sense_are_a_wrong_command_line(
    run: Run, command: tuple[str, ...]
) -> None:
    assert run(*command).exit_code == 2
