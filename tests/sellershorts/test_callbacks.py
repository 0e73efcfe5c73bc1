"""What is SellerShorts told of the end, how often, and what may go wrong on the way?"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from pathlib import Path
from typing import Any

import pytest

from connector.vault import Vault
from tests.sellershorts.worlds import HERE, PDF, SECRET, World, world

DOCUMENT = {"inputs": {"document": "aGVsbG8="}}


def ended(here: World, action: str = "read", state: str = "done", value: Any = None) -> str:
    """The id of an order that nobody polls, once its end was told for the first time."""
    here.provider.state = state
    here.provider.value = {"score": 97} if value is None else value
    bought = here.buy(action, polled=False, **(DOCUMENT if action == "read" else {}))
    assert bought["http"] == 200, bought
    order_id = str(bought["order_id"])
    while not any(note.startswith("Message") for note in here.notes(order_id)):
        here.pass_time(1)
    return order_id


def sha(content: bytes) -> str:
    """Its hash."""
    return hashlib.sha256(content).hexdigest()


def test_a_good_end_is_told_once(here: World) -> None:
    order_id = ended(here)
    here.pass_time(3600, times=3)

    order = here.bought(order_id)

    assert (order["status"], order["result"]) == (
        "completed",
        {"type": "json", "text": '{"score":97}'},
    )
    assert [each["kind"] for each in order["events"]] == ["order", "callback"]
    assert here.notes(order_id)[-1] == "Message succeeded, attempt 1: the receiver answered 200."


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [("words", "text", "words"), ({"a": "ü\n\"'\\"}, "json", '{"a":"ü\\n\\"\'\\\\"}')],
)
def test_texts_are_told_as_text(here: World, value: Any, kind: str, text: str) -> None:
    result = here.bought(ended(here, value=value))["result"]

    assert result == {"type": kind, "text": text}


def test_a_failure_is_told_in_words_for_the_buyer(here: World) -> None:
    order = here.bought(ended(here, state="rejected"))

    assert (order["status"], order["error"]) == ("failed", "because")


def test_a_canceled_order_is_told_as_failed(here: World) -> None:
    bought = here.buy(polled=False, **DOCUMENT)
    here.pass_time(times=2)
    id = here.operation(bought["order_id"]).id
    here.system.call("POST", f"/v1/operations/{id}/cancel")
    here.pass_time(times=3)

    order = here.bought(bought["order_id"])

    assert (order["status"], order["error"]) == ("failed", "The order was canceled.")


def test_the_answer_to_the_order_is_not_overtaken(here: World) -> None:
    here.provider.taking = lambda: ({"error": "no"}, 400)
    bought = here.buy(polled=False, **DOCUMENT)
    here.pass_time(0)
    assert here.operation(bought["order_id"]).status == "failed"
    assert [each["kind"] for each in here.bought(bought["order_id"])["events"]] == ["order"]

    here.pass_time(2.1)

    assert here.bought(bought["order_id"])["status"] == "failed"


def test_an_order_that_comes_twice_is_told_once(here: World) -> None:
    here.provider.state = "done"
    for _ in range(2):
        here.buy(polled=False, order_id="twice-told", **DOCUMENT)
    here.pass_time(times=4)

    events = here.bought("twice-told")["events"]

    assert [each["kind"] for each in events] == ["order", "order", "callback"]


def test_polls_and_callback_may_both_bring_the_end(here: World) -> None:
    here.provider.state = "done"
    here.misbehave("callback:500*1")
    order_id = here.buy(**DOCUMENT)["order_id"]
    while here.polled(order_id)["status"] == "processing":
        here.pass_time(1)
    here.pass_time(10)

    kinds = [each["kind"] for each in here.bought(order_id)["events"]]
    assert kinds[-2:] == ["poll", "callback"]
    assert here.notes(order_id)[-1].endswith("attempt 2: the receiver answered 200.")


# Files.


def test_one_file_is_told_whole(here: World) -> None:
    content = PDF + os.urandom(3_000_000)
    here.prints((content, "a.pdf", "application/pdf"))

    (file,) = here.bought(ended(here, "print"))["result"]["files"]

    assert file == {
        "filename": "a.pdf",
        "mime_type": "application/pdf",
        "size": len(content),
        "sha256": sha(content),
    }
    assert here.requests("prepare") == []


@pytest.mark.parametrize("megabytes", [4, 12])
def test_a_file_too_large_for_a_callback_is_put_first(own: World, megabytes: int) -> None:
    content = PDF + os.urandom(megabytes * 1_000_000)
    own.prints((content, "a.pdf", "application/pdf"))

    order = own.bought(ended(own, "print"))

    (file,) = order["result"]["files"]
    assert (file["size"], file["sha256"]) == (len(content), sha(content))
    assert file["object_key"].startswith(f"orders/{order['order_id']}/")
    assert file["filename"].endswith("-a.pdf")
    assert [len(own.requests(kind)) for kind in ("prepare", "upload", "callback")] == [1, 1, 1]


def test_several_files_are_told_in_a_list(here: World) -> None:
    here.prints((PDF, "one.pdf", "application/pdf"), (b"\x00\x01", "two.bin", ""))

    result = here.bought(ended(here, "pack", value={"score": 97}))["result"]

    assert [each["filename"] for each in result["files"]] == ["result.json", "one.pdf", "two.bin"]
    assert [each["sha256"] for each in result["files"][1:]] == [sha(PDF), sha(b"\x00\x01")]


def test_several_large_files_are_put_one_by_one(own: World) -> None:
    one, two = PDF + os.urandom(2_000_000), os.urandom(3_000_000)
    own.prints((one, "one.pdf", "application/pdf"), (two, "two.bin", ""))

    result = own.bought(ended(own, "pack", value={"score": 97}))["result"]

    assert result["type"] == "file"
    assert [each["sha256"] for each in result["files"][1:]] == [sha(one), sha(two)]
    assert ["object_key" in each for each in result["files"]] == [False, True, True]


@pytest.mark.parametrize("lines", [30_000, 60_000])
def test_large_json_is_told_as_text_or_as_a_file(own: World, lines: int) -> None:
    value = {"lines": ["x" * 99] * lines}

    result = own.bought(ended(own, value=value))["result"]

    if lines < 45_000:
        assert json.loads(result["text"]) == value
    else:
        (file,) = result["files"]
        assert file["mime_type"] == "application/json"
        assert file["size"] > 5_000_000


def test_json_whose_quotes_make_it_too_large_is_a_file(own: World) -> None:
    value = {"lines": ['"' * 100] * 11_500}  # 2.3 MB, and twice that as a text in JSON

    (file,) = own.bought(ended(own, value=value))["result"]["files"]

    assert file["filename"] == "result.json"
    assert file["sha256"] == sha(json.dumps(value, separators=(",", ":")).encode())


def test_a_file_beyond_150_mib_is_linked_to_by_https(
    own: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connector.platforms.sellershorts.telling.LARGEST_PUT", 4_999_999)
    content = PDF + os.urandom(5_000_000)
    own.prints((content, "a.pdf", "application/pdf"))
    own.at_https()

    result = own.bought(ended(own, "print"))["result"]

    assert result["url"].startswith(HERE)
    assert own.get(result["url"]).content == content


def test_without_https_a_file_beyond_150_mib_fails_the_order(
    own: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connector.platforms.sellershorts.telling.LARGEST_PUT", 4_999_999)
    own.prints((PDF + os.urandom(5_000_000), "a.pdf", "application/pdf"))

    order = own.bought(ended(own, "print"))

    assert order["status"] == "failed"
    assert order["error"].startswith("The result is too large to be handed over here")


@pytest.mark.parametrize(
    "spec", ["prepare:500*1", "upload:503*1", "upload:drop*1", "prepare:empty*1"]
)
def test_whatever_breaks_on_the_way_the_whole_is_told_again(own: World, spec: str) -> None:
    own.misbehave(spec)
    content = PDF + os.urandom(4_000_000)
    own.prints((content, "a.pdf", "application/pdf"))
    order_id = ended(own, "print")
    assert own.bought(order_id)["status"] == "processing"

    own.pass_time(10)

    assert own.bought(order_id)["result"]["files"][0]["sha256"] == sha(content)


# What may come back.


@pytest.mark.parametrize("spec", ["callback:500*2", "callback:401*2", "callback:drop-after*2"])
def test_what_may_pass_is_tried_again(here: World, spec: str) -> None:
    here.misbehave(spec)
    order_id = ended(here)
    here.pass_time(10)
    here.pass_time(400)

    assert here.bought(order_id)["status"] == "completed"
    assert len([note for note in here.notes(order_id) if note.startswith("Message")]) == 3


def test_a_lost_answer_makes_a_duplicate_that_changes_nothing(here: World) -> None:
    here.misbehave("callback:drop-after*1")
    order_id = ended(here)
    here.pass_time(10)

    events = here.bought(order_id)["events"]

    assert [each["kind"] for each in events] == ["order", "callback", "callback"]
    assert here.bought(order_id)["status"] == "completed"
    assert here.notes(order_id)[-1].endswith("attempt 2: the receiver answered 200.")


def test_an_order_that_they_do_not_know_is_told_four_times(here: World) -> None:
    here.misbehave("callback:400")
    order_id = ended(here)
    here.pass_time(90_000, times=12)

    told = [note for note in here.notes(order_id) if note.startswith("Message")]
    assert len(told) == 4
    assert told[-1] == "Message succeeded, attempt 4: the receiver answered 400."


def test_what_is_too_large_for_them_is_told_once(here: World) -> None:
    here.misbehave("callback:413")
    order_id = ended(here)
    here.pass_time(90_000, times=3)

    told = [note for note in here.notes(order_id) if note.startswith("Message")]
    assert told == ["Message succeeded, attempt 1: the receiver answered 413."]


def test_a_slow_marketplace_is_waited_for(here: World) -> None:
    here.misbehave("callback:delay=1.5*1")

    assert here.bought(ended(here))["status"] == "completed"


# The secret.


def test_without_a_secret_nothing_is_sent_until_there_is_one(
    tmp_path: Path, prepared: None
) -> None:
    with world(tmp_path, secret=None) as here:
        order_id = ended(here)
        assert here.requests("callback") == []
        assert here.notes(order_id)[-1] == (
            "Message succeeded, attempt 1: there is no secret for it; keep one with "
            "'connector secrets set sellershorts'."
        )
        assert here.poll(order_id)["status"] == "completed"

        keep(here, SECRET)
        here.pass_time(10)

        assert here.bought(order_id)["status"] == "completed"


def test_a_wrong_secret_is_tried_until_it_is_right(tmp_path: Path, prepared: None) -> None:
    with world(tmp_path, secret="not the one") as here:
        order_id = ended(here)
        assert here.notes(order_id)[-1].endswith("the receiver answered 401.")
        keep(here, SECRET)  # an owner's own goes before the operator's
        here.pass_time(400)

        assert here.bought(order_id)["status"] == "completed"


def keep(here: World, secret: str) -> None:
    """Stores the owner's secret."""
    vault = Vault("a secret key of the tests")
    store = here.system.engine.parts.store
    store.set_secret("tests", "sellershorts", vault.encrypt(secret), here.clock.now)


def test_secrets_are_nowhere_to_be_read(own: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, "urllib3")  # the tests' own clients speak there
    own.misbehave("callback:500*1")
    order_id = ended(own)
    own.pass_time(10)

    shown = [
        own.ask(order_id).text,
        own.system.call("GET", f"/v1/operations/{own.operation(order_id).id}").text,
        *own.notes(order_id),
        caplog.text,
        (own.system.folder / "connector.db").read_bytes().decode("latin-1"),
    ]
    assert own.bought(order_id)["status"] == "completed"
    assert [text for text in shown if SECRET in text or "/api/orders/callback" in text] == []
