"""Whose key goes to the provider, and where may it be seen? There, and nowhere else."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from connector.cli.accounts import secrets as cli
from connector.vault import Vault, hash_key
from tests.living import Living
from tests.service.acme import KEY, MANIFESTS, Acme, acme
from tests.service.worlds import quick, receiving, still, until_closed

GIVEN, STORED = "key-given-with-the-request", "key-stored-by-the-owner"
BODY = {"text": "a", "copies": 1}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[tuple[Acme, Living]]:
    """A provider that remembers keys, and a quick system before it."""
    with acme() as (provider, settings), quick(tmp_path, settings) as system:
        provider.state = "done"
        yield provider, system


def store_secret(system: Living, monkeypatch: pytest.MonkeyPatch, key: str, owner: str) -> None:
    """``connector secrets set``, on the system's own database."""
    url = f"sqlite:///{system.folder}/connector.db"
    monkeypatch.setenv("CONNECTOR_DATABASE_URL", url)
    monkeypatch.setenv("CONNECTOR_SECRET_KEY", "a secret key of the tests")
    monkeypatch.setenv("CONNECTOR_MANIFESTS", str(MANIFESTS))
    done = CliRunner().invoke(cli, ["set", "acme", "--owner", owner], input=key)
    assert done.exit_code == 0, done.output


def run(system: Living, **headers: str) -> dict[str, Any]:
    """A job from its order to its end."""
    answer = system.call("POST", "/v1/acme/print", json=BODY, headers=headers)
    return until_closed(system, answer.json()["id"])


def test_the_key_of_the_request_goes_before_the_owners_and_that_before_the_operators(
    bench: tuple[Acme, Living], monkeypatch: pytest.MonkeyPatch
) -> None:
    provider, system = bench
    run(system)
    assert set(provider.keys) == {KEY}
    store_secret(system, monkeypatch, STORED, "someone-else")
    store_secret(system, monkeypatch, STORED, "tests")
    provider.keys.clear()
    system.engine._credentials._known.clear()
    run(system)
    assert set(provider.keys) == {STORED}
    provider.keys.clear()
    run(system, **{"X-Provider-Key": GIVEN})
    assert set(provider.keys) == {GIVEN}  # for the order, every look, and the result


def test_a_new_secret_is_used_soon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with acme() as (provider, settings), still(tmp_path, settings) as paused:
        system = paused.system
        system.call("POST", "/v1/acme/read", json=BODY)
        paused.pass_time(0)
        store_secret(system, monkeypatch, STORED, "tests")
        paused.pass_time(6)
        assert (provider.keys[0], provider.keys[-1]) == (KEY, STORED)


def test_the_key_of_the_request_lies_encrypted_until_the_end_and_is_gone_then(
    tmp_path: Path,
) -> None:
    with acme() as (provider, settings), still(tmp_path, settings) as paused:
        headers = {"X-Provider-Key": GIVEN}
        answer = paused.system.call("POST", "/v1/acme/read", json=BODY, headers=headers)
        id = answer.json()["id"]
        for _ in range(3):
            kept = column(paused.system, id)
            assert kept
            assert GIVEN not in kept
            assert Vault("a secret key of the tests").decrypt(kept) == GIVEN
            paused.pass_time(2)
        provider.state = "done"
        paused.finish(id)
        assert column(paused.system, id) is None


def column(system: Living, id: str) -> str | None:
    """What the operation's row holds of its caller's key."""
    with sqlite3.connect(system.folder / "connector.db") as connection:
        query = "select credential from operations where id = ?"
        ((found,),) = connection.execute(query, [id])
    connection.close()
    return found  # type: ignore[no-any-return]


def test_our_own_keys_are_stored_hashed(alone: Living) -> None:
    with sqlite3.connect(alone.folder / "connector.db") as connection:
        rows = connection.execute("select key_hash from keys").fetchall()
    connection.close()
    assert rows == [(hash_key(alone.key),)]
    assert alone.key not in str(rows)


def test_no_secret_is_seen_anywhere(
    bench: tuple[Acme, Living], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, "urllib3")
    provider, system = bench
    store_secret(system, monkeypatch, STORED, "tests")
    answers: list[str] = []
    with receiving(500, 410) as receiver:
        made = system.call("POST", "/v1/subscriptions", json={"target": receiver.url}).json()
        body = {**BODY, "callback_url": receiver.url}
        for headers in ({}, {"X-Provider-Key": GIVEN}):
            for path in ("/v1/acme/print", "/power-automate/acme/read"):
                first = system.call("POST", path, json=body, headers=headers)
                answers.append(first.text)
        provider.answer = lambda: ({"error": {"message": "no"}}, 500)
        answers.append(system.call("POST", "/v1/acme/read", json=BODY, headers=headers).text)
        time.sleep(0.5)
        provider.answer = lambda: None
        for op in system.call("GET", "/v1/operations").json():
            until_closed(system, op["id"])
            for more in ("", "/history", "/result"):
                answers.append(system.call("GET", f"/v1/operations/{op['id']}{more}").text)
        answers += [system.call("GET", path).text for path in ("/metrics", "/openapi.json")]
        while_open = seen_on_disk(system)
    secrets = [GIVEN, STORED, KEY, system.key, made["secret"][6:], "a-secret-part-of-the-target"]
    everything = [*answers, caplog.text, while_open, seen_on_disk(system)]
    assert [word for word in secrets for text in everything if word in text] == []


def seen_on_disk(system: Living) -> str:
    """Database, its write-ahead log and all files as text; the provider's own folder left out."""
    found = [each for each in system.folder.rglob("*") if each.is_file()]
    assert any(each.name.endswith("-wal") for each in found)
    return "\n".join(each.read_bytes().decode("latin-1") for each in found)


def test_a_key_that_the_provider_refuses_is_told_of_without_it(
    bench: tuple[Acme, Living],
) -> None:
    provider, system = bench
    provider.taking = lambda: ({"error": {"code": "denied", "message": "Not for you."}}, 403)
    answer = system.call(
        "POST", "/v1/acme/read", json={**BODY, "wait": 5}, headers={"X-Provider-Key": GIVEN}
    )
    assert answer.json()["provider_status"] == 403
    assert answer.json()["provider_code"] == "denied"
    assert GIVEN not in answer.text


def test_secret_keys_rotate_without_a_pause(tmp_path: Path) -> None:
    with acme() as (provider, settings):
        old = {**settings, "CONNECTOR_SECRET_KEY": "the old one"}
        both = {**settings, "CONNECTOR_SECRET_KEY": "the new one, the old one"}
        with still(tmp_path, old) as before, receiving() as receiver:
            system = before.system
            target = {"target": receiver.url}
            system.call("POST", "/v1/subscriptions", json=target)
            headers = {"X-Provider-Key": GIVEN}
            id = system.call("POST", "/v1/acme/read", json=BODY, headers=headers).json()["id"]
            flow = system.call("POST", "/power-automate/acme/read", json=BODY)
            key, link = system.key, flow.headers["Location"].removeprefix(system.url)
            provider.state = "done"
            with still(tmp_path, both) as after:
                after.pass_time(0)
                after.pass_time(5)
                mine = {"X-API-Key": key}
                found = after.system.call("GET", f"/v1/operations/{id}", headers=mine)
                assert found.json()["status"] == "succeeded"
                assert GIVEN in provider.keys
                assert len(receiver.heard) == 2
                assert after.system.call("GET", link, headers={"X-API-Key": ""}).status_code == 200


def test_with_the_old_secret_key_gone_nothing_is_sent_with_what_it_hid(tmp_path: Path) -> None:
    with acme() as (provider, settings):
        with still(tmp_path, {**settings, "CONNECTOR_SECRET_KEY": "the old one"}) as before:
            headers = {"X-Provider-Key": GIVEN}
            before.system.call("POST", "/v1/acme/read", json=BODY, headers=headers)
        with still(tmp_path, {**settings, "CONNECTOR_SECRET_KEY": "the new one"}) as after:
            after.pass_time(0)
            assert set(provider.keys) <= {None}


def test_two_callers_with_two_keys_at_once_do_not_mix(bench: tuple[Acme, Living]) -> None:
    provider, system = bench
    names = [f"key-number-{nth}" for nth in range(6)]
    threads = [
        threading.Thread(target=run, args=(system,), kwargs={"X-Provider-Key": name})
        for name in names
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert set(provider.keys) == set(names)
