"""Which requests does telling SellerShorts take, answer by answer?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from connector.core.model import Delivery, Failure, Request, Response, Status
from connector.engine.parts import Receiver, Unwelcome
from connector.platforms.sellershorts.telling import prepare_at, talk
from tests.sellershorts.worlds import PDF, World

TARGET = "https://sellershorts.com/api/orders/callback?tool=1"
PLACE = {
    "ok": True,
    "filename": "17-a.pdf",
    "object_key": "orders/1/17-a.pdf",
    "upload_url": "https://store.example/put?signature=1",
    "requires_headers": {"Content-Type": "application/pdf", "x-meta": 5},
    "max_bytes": 157_286_400,
}


class Talk:
    """One attempt to tell of an order; ``said`` is what it asked so far."""

    def __init__(self, here: World, order_id: str, attempt: int = 1, **more: Any) -> None:
        op = replace(here.operation(order_id), **more)
        delivery = Delivery("d", "s", op.id, op.status, 0.0, 1.0, claims=attempt)
        self._talk = talk(here.system.site, op, delivery, Receiver(TARGET, lambda name: "s3cret"))
        self.said: list[Request] = []
        self.end: Failure | None = None
        self._go(lambda: next(self._talk))

    def hears(self, body: Any = None) -> Talk:
        """A good answer."""
        self._go(lambda: self._talk.send(Response(200, {}, body)))
        return self

    def is_refused(self, status: int) -> Talk:
        """A bad one."""
        self._go(lambda: self._talk.throw(Unwelcome(status)))
        return self

    def _go(self, step: Any) -> None:
        try:
            self.said.append(step())
        except StopIteration as end:
            self.end = end.value


@pytest.fixture
def large(own: World, monkeypatch: pytest.MonkeyPatch) -> tuple[World, str]:
    """A world in which a small file is too large for a callback, and an order that has one."""
    monkeypatch.setattr("connector.platforms.sellershorts.telling.LARGEST_REQUEST", 4_000)
    own.prints((PDF, "a.pdf", "application/pdf"))
    return own, own.done(action="print")


def test_a_small_result_takes_one_request(own: World) -> None:
    order_id = own.done({"score": 97})

    talk = Talk(own, order_id).hears()

    (request,) = talk.said
    assert (request.method, request.url, request.repeatable) == ("POST", TARGET, True)
    assert request.headers == {"x-callback-secret": "s3cret"}
    assert set(request.body) == {"ok", "order_id", "output_type", "result_text"}
    assert talk.end is None


def test_a_large_file_is_announced_put_and_named(large: tuple[World, str]) -> None:
    talk = Talk(*large).hears(PLACE).hears().hears({"ok": True})

    prepare, put, callback = talk.said
    assert prepare.url == "https://sellershorts.com/api/orders/callback/prepare?tool=1"
    assert prepare.body == {
        "order_id": large[1],
        "filename": "a.pdf",
        "mime_type": "application/pdf",
        "file_size": len(PDF),
    }
    assert (put.method, put.url, put.encoding) == ("PUT", PLACE["upload_url"], "bytes")
    assert callback.body == {
        "ok": True,
        "order_id": large[1],
        "output_type": "file",
        "filename": "17-a.pdf",
        "mime_type": "application/pdf",
        "object_key": "orders/1/17-a.pdf",
    }
    assert talk.end is None


def test_the_store_gets_the_headers_it_asks_for_and_never_the_secret(
    large: tuple[World, str],
) -> None:
    wanted = {"Content-Type": "application/pdf", "HOST": "evil", "Content-Length": "1", "x-n": None}

    put = Talk(*large).hears({**PLACE, "requires_headers": wanted}).said[1]

    assert put.headers == {"Content-Type": "application/pdf", "x-n": "None"}
    assert "s3cret" not in str(put)
    assert not put.own
    assert not put.credentials


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        "text",
        {},
        {**PLACE, "upload_url": None},
        {**PLACE, "upload_url": {"$file": "x"}},
        {**PLACE, "object_key": ""},
        {**PLACE, "max_bytes": 5},
    ],
)
def test_an_odd_answer_to_prepare_ends_the_attempt(large: tuple[World, str], answer: Any) -> None:
    talk = Talk(*large).hears(answer)

    assert len(talk.said) == 1
    assert talk.end is not None
    assert not talk.end.refused  # it is tried again


@pytest.mark.parametrize("headers", [None, [], "x", {}])
def test_a_store_may_ask_for_no_headers(large: tuple[World, str], headers: Any) -> None:
    talk = Talk(*large).hears({**PLACE, "requires_headers": headers, "filename": None})

    assert talk.said[1].headers == {}
    assert talk.hears().said[2].body["filename"] == "a.pdf"


@pytest.mark.parametrize(
    ("status", "attempt", "over"),
    [(400, 1, False), (400, 3, False), (400, 4, True), (413, 1, True), (401, 9, False),
     (500, 9, False), (404, 9, False), (302, 1, False)],
)  # fmt: skip
def test_some_answers_end_it_others_only_this_attempt(
    own: World, status: int, attempt: int, over: bool
) -> None:
    attempted = Talk(own, own.done({"score": 97}), attempt)

    if not over:
        with pytest.raises(Unwelcome):
            attempted.is_refused(status)
        return
    assert attempted.is_refused(status).end == Failure(
        f"the receiver answered {status}", refused=True
    )


def test_a_result_that_was_deleted_in_the_meantime_is_not_told(own: World) -> None:
    talk = Talk(own, own.done({"score": 97}), forgotten_at=1.0, facts={})

    assert talk.said == []
    assert talk.end is not None
    assert talk.end.refused


def test_a_failure_whose_input_was_deleted_is_still_told(own: World) -> None:
    facts = {"error": {"code": "x", "message": "m" * 300}}
    talk = Talk(own, own.done({}), status=Status.FAILED, forgotten_at=1.0, facts=facts)

    assert talk.said[0].body["ok"] is False
    assert len(talk.said[0].body["error"]) == 250


@pytest.mark.parametrize(
    ("target", "there"),
    [
        ("https://a.example/c", "https://a.example/c/prepare"),
        ("https://a.example/c/", "https://a.example/c/prepare"),
        ("https://a.example", "https://a.example/prepare"),
        ("https://a.example/c?x=1&y=%2F", "https://a.example/c/prepare?x=1&y=%2F"),
    ],
)
def test_files_are_announced_below_the_callback(target: str, there: str) -> None:
    assert prepare_at(target) == there
