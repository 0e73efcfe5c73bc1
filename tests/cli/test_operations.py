"""A person orders, waits, looks and cancels; a program does the same with ``--json``."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from connector.client import Refused
from tests.cli.conftest import Run
from tests.living import INVOICE, MODEL, Living

ORDER = ("submit", "mindee/extraction", f"document=@{INVOICE}", f"model_id={MODEL}")


@pytest.fixture
def done(run: Run) -> str:
    """The id of an operation that has succeeded."""
    said = run(*ORDER, "--wait", "--json")
    return str(json.loads(said.stdout)["id"])


def test_submit_and_wait_tells_the_progress_and_shows_the_fields(run: Run) -> None:
    said = run(*ORDER, "--wait")

    assert said.exit_code == 0
    assert re.search(r"^ +\d+\.\d s  (pending|running)", said.stderr, re.MULTILINE)
    assert re.search(r"\d s  succeeded", said.stderr)
    lines = said.stdout.splitlines()
    assert lines[0].split() == ["field", "value"]
    assert any(re.match(r"result\.fields\.total_amount +12330\.0", line) for line in lines)
    assert "Exhibition catalogue, 96 pages, thread sewn · 400 · 9.85 · 3940.0" in said.stdout
    assert "… and 17 more" in said.stdout


def test_submit_without_waiting_says_which_operation_it_is(run: Run) -> None:
    said = run(*ORDER)

    assert said.exit_code == 0
    id = said.stdout.split()[0]
    assert f"{id}  mindee/extraction  " in run("status", id).stdout


def test_programs_get_json_and_nothing_else(run: Run, done: str) -> None:
    for command in ((*ORDER, "--wait"), ("status", done), ("cancel", done), ("list",)):
        said = run(*command, "--json")
        assert said.exit_code == 0
        assert said.stderr == ""
        assert json.loads(said.stdout)


def test_the_same_key_orders_nothing_new(run: Run, here: Living) -> None:
    before = len(here.log()["orders"])

    first, second = (json.loads(run(*ORDER, "--key", "k-1", "--json").stdout) for _ in range(2))

    assert first["id"] == second["id"]
    assert len(here.log()["orders"]) == before + 1


def test_status_shows_what_happened(run: Run, done: str) -> None:
    said = run("status", done)

    head, columns, *moves = said.stdout.splitlines()
    assert head == f"{done}  mindee/extraction  succeeded"
    assert columns.split() == ["time", "status", "note"]
    assert [move.split()[1] for move in moves][-1] == "succeeded"


def test_result_prints_json_or_writes_a_file(run: Run, done: str, tmp_path: Path) -> None:
    printed = run("result", done)
    written = run("result", done, "--out", tmp_path / "result.json")

    assert json.loads(printed.stdout)["file"]["name"] == "invoice.pdf"
    assert (written.stdout, written.stderr) == ("", f"Written to {tmp_path}/result.json.\n")
    assert json.loads((tmp_path / "result.json").read_text()) == json.loads(printed.stdout)


def test_result_of_an_open_operation_is_status_3(run: Run, here: Living) -> None:
    here.misbehave("check_status:delay=1*1")
    id = json.loads(run(*ORDER, "--json").stdout)["id"]

    said = run("result", id)

    assert said.exit_code == 3
    assert said.stdout == ""
    assert re.fullmatch(r"Still (pending|running); look again in \d+ s\.\n", said.stderr)


def test_cancel_ends_an_open_operation(run: Run, here: Living) -> None:
    here.misbehave("submit:stuck*1")
    id = json.loads(run(*ORDER, "--json").stdout)["id"]

    said = run("cancel", id)

    assert said.exit_code == 0
    assert said.stdout.strip() == f"{id}  mindee/extraction  canceled"
    assert isinstance(run("result", id).exception, Refused)


def test_a_job_that_fails_is_status_1_with_its_reason(run: Run, here: Living) -> None:
    here.misbehave("submit:fail*1")

    said = run(*ORDER, "--wait")

    assert said.exit_code == 1
    assert re.search(r"  mindee/extraction  failed\n\S+: \S+", said.stdout)


def test_list_shows_whole_lines_and_can_be_narrowed(run: Run, done: str) -> None:
    said = run("list", "--status", "succeeded", "--provider", "mindee", "--limit", "1")

    columns, line = said.stdout.splitlines()
    assert columns.split() == ["id", "action", "status", "created"]
    assert line.split()[:3] == [done, "mindee/extraction", "succeeded"]
    assert "…" not in said.stdout


def test_every_wrong_field_is_told(run: Run) -> None:
    said = run("submit", "mindee/extraction", "model_id=x", "colour=red")

    assert isinstance(said.exception, Refused)
    told = str(said.exception)
    assert "\n  /document: " in told
    assert "\n  /colour: " in told


@pytest.mark.parametrize("field", ["document", "=x", "document=@/not/there.pdf"])
def test_a_field_that_cannot_be_read_is_a_wrong_command_line(run: Run, field: str) -> None:
    said = run("submit", "mindee/extraction", field)

    assert said.exit_code == 2
    assert "Error: Invalid value: " in said.stderr
