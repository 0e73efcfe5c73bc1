"""Keys and secrets are made, listed and ended; none is ever shown again."""

from __future__ import annotations

import json
import time

import pytest
import requests

from connector.cli.accounts import make_key
from connector.engine.keys import FRESH
from tests.cli.conftest import Run
from tests.living import Living

SECRET = "md_never_shown"


def test_a_key_works_from_when_it_is_made_until_it_is_revoked(run: Run, here: Living) -> None:
    made = json.loads(run("keys", "add", "ada", "--label", "laptop", "--json").stdout)
    with_it = {"headers": {"X-API-Key": made["key"]}, "timeout": 10}

    assert requests.get(f"{here.url}/v1/me", **with_it).status_code == 200
    listed = run("keys", "list").stdout
    assert made["id"] in listed
    assert "laptop" in listed
    assert made["key"] not in listed

    assert run("keys", "revoke", made["id"]).stdout == f"Key {made['id']} is revoked.\n"
    time.sleep(FRESH)  # so long a service may remember it
    assert requests.get(f"{here.url}/v1/me", **with_it).status_code == 401
    row = next(
        k for k in json.loads(run("keys", "list", "--json").stdout) if k["label"] == "laptop"
    )
    assert row["revoked"]


def test_a_key_for_people_stands_on_a_line_of_its_own(run: Run) -> None:
    sentence, key = run("keys", "add").stdout.splitlines()

    assert sentence.endswith(" of default; it is not shown again:")
    assert len(key.split()) == 1


def test_an_unknown_key_cannot_be_revoked(run: Run) -> None:
    said = run("keys", "revoke", "nobody")

    assert said.exit_code == 1
    assert "There is no live key nobody; 'connector keys list' shows them." in said.stderr


@pytest.mark.parametrize("name", ["mindee", "sellershorts"])
def test_a_secret_comes_from_standard_input_and_is_never_shown(
    run: Run, here: Living, name: str
) -> None:
    said = [
        run("secrets", "set", name, "--owner", "tests", input=f"{SECRET}\n"),
        run("secrets", "list"),
        run("secrets", "list", "--json"),
    ]

    assert [each.exit_code for each in said] == [0, 0, 0]
    assert all(SECRET not in each.output for each in said)
    assert json.loads(said[2].stdout)[0]["owner"] == "tests"
    database = here.folder / "connector.db"
    assert SECRET.encode() not in database.read_bytes()
    assert run("secrets", "remove", name, "--owner", "tests").stdout == "Deleted.\n"
    assert run("secrets", "remove", name, "--owner", "tests").stdout == "There was none.\n"


@pytest.mark.parametrize(
    ("provider", "given", "sentence"),
    [("mindee", "  \n", "nothing came on standard input"), ("nobody", SECRET, "there is: ")],
)
def test_a_secret_that_cannot_be_kept_is_refused(
    run: Run, provider: str, given: str, sentence: str
) -> None:
    said = run("secrets", "set", provider, input=given)

    assert said.exit_code == 2
    assert sentence in said.stderr


def test_keys_of_two_owners_do_not_see_each_other(run: Run, here: Living) -> None:
    _, other = make_key(here.engine.parts.store, "other", "")

    assert json.loads(run("list", "--json", CONNECTOR_KEY=other).stdout) == []
