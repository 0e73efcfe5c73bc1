"""How the command line speaks: help, tables, and what to do when something is wrong."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from connector.cli import cli, show
from connector.cli.show import Wide, flat
from connector.client import Refused
from connector.serve import free_port
from tests.cli.conftest import Run
from tests.running.grounds import bare
from tests.running.grounds import run as run_process


def commands(group: click.Command, *words: str) -> Iterator[tuple[str, ...]]:
    yield words
    for name, command in getattr(group, "commands", {}).items():
        yield from commands(command, *words, name)


@pytest.mark.parametrize("words", list(commands(cli)), ids=" ".join)
def test_every_command_helps_within_80_columns(words: tuple[str, ...]) -> None:
    said = CliRunner().invoke(cli, [*words, "--help"], terminal_width=80)

    assert said.exit_code == 0
    assert said.output.startswith("Usage: ")
    assert "Options:" in said.output
    assert "..." not in said.output.replace("]...", "").replace("[ARGS]...", "")
    assert max(map(len, said.output.splitlines())) <= 80


def test_a_service_that_cannot_be_reached_says_what_to_do() -> None:
    url = f"http://127.0.0.1:{free_port()}"

    said = run_process("list", environment={**bare(), "CONNECTOR_URL": url})

    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr == (
        f"The service at {url} cannot be reached; is 'connector serve' running there?\n"
    )


KEYS = {
    "": "CONNECTOR_KEY is not set; 'connector keys add' makes a key.",
    "wrong": "The key is not known there; set CONNECTOR_KEY ('connector keys add' makes one).",
}


@pytest.mark.parametrize(("key", "words"), KEYS.items())
def test_a_wrong_key_says_what_to_do(run: Run, key: str, words: str) -> None:
    said = run("list", CONNECTOR_KEY=key)

    assert isinstance(said.exception, Refused)
    assert str(said.exception) == words


@pytest.mark.parametrize("columns", [None, 40, 80, 160])
def test_a_table_is_cut_neither_in_a_pipe_nor_on_a_narrow_terminal(
    monkeypatch: pytest.MonkeyPatch, columns: int | None
) -> None:
    console = Wide(file=io.StringIO(), force_terminal=columns is not None, width=columns)
    monkeypatch.setattr(show, "out", console)

    show.table(["name", "value"], [["m" * 30, "w" * 200], ["m" * 100, None]])

    shown = console.file.getvalue()
    assert shown.count("w") == 200
    assert "…" not in shown
    if columns is None:
        assert shown.splitlines()[2].strip() == "m" * 100
    if columns and columns >= 80:
        assert "m" * 30 + " w" in re.sub(" +", " ", shown)


def test_lists_of_objects_are_shown_by_their_first_lines() -> None:
    items = [{"fields": {"what": {"value": f"Thing {n}"}, "price": {"value": n}}} for n in range(5)]

    shown = list(flat({"total": {"value": None}, "tags": ["a", "b"], "items": items}))

    assert shown == [
        ("total", ""),
        ("tags", "a · b"),
        ("items[1]", "Thing 0 · 0"),
        ("items[2]", "Thing 1 · 1"),
        ("items[3]", "Thing 2 · 2"),
        ("", "… and 2 more"),
    ]
