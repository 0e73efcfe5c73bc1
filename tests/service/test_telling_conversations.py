"""Is a message that takes several requests told as a whole, in little memory, again and again?"""

from __future__ import annotations

import contextlib
import hashlib
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue

from connector.core.model import Delivery, Failure, Operation, Outcome, Request, Subscription
from connector.core.model import Response as Answer
from connector.engine.conversing import LONGEST, converse
from connector.engine.parts import Conversation, Receiver, Talk, Unwelcome
from connector.engine.telling import LEASE, SPARE
from tests.service.acme import acme
from tests.service.worlds import Still, still
from tests.serving import serving

MB = 1024 * 1024
LARGE = bytes(range(256)) * 80 * 1024
"""20 MB."""

ORDER = {"text": "a", "copies": 1}
SECRET = "callback-secret-of-the-owner"
GAPS = [5.0, 300.0]
WHOLE = ["prepare", "upload", "callback"]


def make_callback(op: Operation, subscription: Subscription, delivery: Delivery) -> Conversation:
    """A marketplace that takes the file first, where it says, and then the message."""

    def talk(to: Receiver) -> Talk:
        known = {"x-callback-secret": to.secret("market") or "", "x-delivery": delivery.id}
        file = op.facts["result"]
        asked = {"filename": file["name"], "file_size": file["size"]}
        prepared = yield Request("POST", f"{to.target}/prepare", known, asked)
        place = prepared.body
        if not isinstance(place, dict) or not isinstance(place.get("upload_url"), str):
            return Failure("the receiver named no upload_url")
        yield Request("PUT", place["upload_url"], place["requires_headers"], file, "bytes")
        yield Request("POST", to.target, known, {"ok": True, "object_key": place["object_key"]})
        return None

    return talk


@dataclass
class Market:
    """The marketplace: what it heard, and what it answers: ``wrong`` holds statuses by step."""

    url: str = ""
    upload_url: Any = None
    heard: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    uploads: list[tuple[str, int]] = field(default_factory=list)
    messages: list[Any] = field(default_factory=list)
    wrong: dict[str, list[Response]] = field(default_factory=dict)

    def app(self) -> Flask:
        """Its routes."""
        app = Flask(__name__)
        app.add_url_rule("/orders/cb/prepare", view_func=self.prepare, methods=["POST"])
        app.add_url_rule("/upload/<key>", view_func=self.upload, methods=["PUT"])
        app.add_url_rule("/orders/cb", view_func=self.callback, methods=["POST"])
        return app

    def prepare(self) -> ResponseReturnValue:
        """Names a place for a file."""
        place = {
            "upload_url": self.upload_url or f"{self.url}/upload/k-1",
            "requires_headers": {"Content-Type": "text/plain", "x-amz-acl": "private"},
            "object_key": "k-1",
        }
        return self.say("prepare") or jsonify(place)

    def upload(self, key: str) -> ResponseReturnValue:
        """Takes a file, piece by piece."""
        digest, size = hashlib.sha256(), 0
        while piece := request.stream.read(64 * 1024):
            digest.update(piece)
            size += len(piece)
        self.uploads.append((digest.hexdigest(), size))
        return self.say("upload") or Response(status=200)

    def callback(self) -> ResponseReturnValue:
        """Takes the message."""
        self.messages.append(request.get_json())
        return self.say("callback") or jsonify({"ok": True})

    def say(self, step: str) -> Response | None:
        """Remembers the step; what goes wrong there, if anything does."""
        self.heard.append(step)
        self.headers.append({name.lower(): value for name, value in request.headers})
        wrong = self.wrong.get(step)
        return wrong.pop(0) if wrong else None


@dataclass(frozen=True)
class World:
    """A system whose only platform is the marketplace, with an operation that is closed."""

    paused: Still
    market: Market
    id: str

    def line(self) -> str:
        """The last of the history."""
        return self.paused.system.engine.parts.store.history(self.id)[-1].note or ""

    def waiting(self) -> float | None:
        """Seconds until the message is due again."""
        due = self.paused.system.engine.parts.store.next_due()
        return None if due is None else round(due - self.paused.clock.now, 1)


@contextlib.contextmanager
def world(folder: Path, content: bytes = b"a small one") -> Iterator[World]:
    """A result of this content, owed to the marketplace; nothing is told yet."""
    market = Market()
    with (
        acme() as (provider, settings),
        serving(market.app()) as url,
        still(folder, settings, dice=lambda: 0.0) as paused,
    ):
        messages: Any = paused.system.engine.parts.messages
        messages["rest"] = make_callback
        market.url = url
        provider.state, provider.printed = "done", lambda: Response(content, mimetype="text/csv")
        kept = paused.system.engine.parts.vault.encrypt(SECRET)
        paused.system.engine.parts.store.set_secret("tests", "market", kept, paused.clock.now)
        body = {**ORDER, "callback_url": f"{url}/orders/cb"}
        id = paused.system.call("POST", "/v1/acme/print", json=body).json()["id"]
        for _ in range(3):
            paused.pass_time(0.5)
        assert paused.system.engine.get(id, None).finished_at
        yield World(paused, market, id)


def test_a_large_file_goes_out_as_a_stream_before_the_message(tmp_path: Path) -> None:
    with world(tmp_path, LARGE) as here:
        tracemalloc.start()
        here.paused.pass_time(2)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        market = here.market
        assert market.heard == WHOLE
        assert peak < 12 * MB  # the test's own server sets aside 10 for each request
        assert market.uploads == [(hashlib.sha256(LARGE).hexdigest(), len(LARGE))]
        prepare, upload, callback = market.headers
        assert prepare["x-callback-secret"] == callback["x-callback-secret"] == SECRET
        assert upload["content-length"] == str(len(LARGE))
        assert (upload["content-type"], upload["x-amz-acl"]) == ("text/plain", "private")
        assert "transfer-encoding" not in upload
        assert not {"x-callback-secret", "x-acme-key"} & set(upload)
        assert market.messages == [{"ok": True, "object_key": "k-1"}]
        assert here.line() == "Message succeeded, attempt 1: the receiver answered 200."
        assert here.waiting() is None
        assert here.paused.system.engine.parts.store.list_subscriptions("tests") == []


@pytest.mark.parametrize("step", WHOLE)
@pytest.mark.parametrize("status", [500, 403, 301])
def test_what_goes_wrong_anywhere_is_repeated_from_the_beginning(
    tmp_path: Path, step: str, status: int
) -> None:
    with world(tmp_path) as here:
        here.market.wrong[step] = [Response(status=status) for _ in range(2)]
        until = WHOLE[: WHOLE.index(step) + 1]
        here.paused.pass_time(2)
        assert here.market.heard == until
        nth = f"request {len(until)} was" if step != "callback" else "the receiver"
        assert here.line() == f"Message succeeded, attempt 1: {nth} answered {status}."
        for nth_gap, gap in enumerate(GAPS):
            assert here.waiting() == gap
            here.paused.pass_time(gap - 0.1)
            assert len(here.market.heard) == len(until) * (nth_gap + 1)
            here.paused.pass_time(0.1)
        assert here.market.heard == [*until, *until, *WHOLE]
        assert here.waiting() is None
        ids = {each["x-delivery"] for each in here.market.headers if "x-delivery" in each}
        assert len(ids) == 1


@pytest.mark.parametrize("step", ["prepare", "upload"])
def test_only_the_target_itself_can_end_it(tmp_path: Path, step: str) -> None:
    with world(tmp_path) as here:
        here.market.wrong = {step: [Response(status=410)], "callback": [Response(status=410)]}
        here.paused.pass_time(2)
        assert here.waiting() == GAPS[0]
        here.paused.pass_time(5)
        assert here.waiting() is None
        assert here.line().endswith("the receiver answered 410.")


def test_on_the_way_there_a_receiver_may_ask_for_more_time(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        here.market.wrong["upload"] = [Response(status=503, headers={"Retry-After": "77"})]
        here.paused.pass_time(2)
        assert here.waiting() == 77


@pytest.mark.parametrize(
    ("place", "why"),
    [
        (7, "the receiver named no upload_url"),
        ("https://10.0.0.1/upload", "request 2: the address is not public"),
        ("http://localhost:{port}/upload/k-1", "request 2: the URL must begin with https://"),
        ("file:///etc/passwd", "request 2: the URL must begin with https://"),
        ("//", "request 2: the URL is unreadable"),
    ],
)
def test_a_place_that_we_may_not_ask_is_not_asked(tmp_path: Path, place: Any, why: str) -> None:
    with world(tmp_path) as here:
        port = here.market.url.rpartition(":")[2]
        here.market.upload_url = place.format(port=port) if isinstance(place, str) else place
        here.paused.pass_time(2)
        assert here.market.heard == ["prepare"]
        assert here.line() == f"Message succeeded, attempt 1: {why}."
        here.market.upload_url = None
        here.paused.pass_time(5)
        assert here.market.heard[1:] == WHOLE


def test_who_dies_in_the_middle_is_followed_once_all_of_it_is_over(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        engine, clock = here.paused.system.engine, here.paused.clock
        clock.now += 2
        (claimed,) = engine.claim_deliveries(9)
        assert engine.tell(claimed) is not None  # and nobody lives to save it
        here.paused.pass_time(LONGEST + SPARE - 1)
        assert here.market.heard == WHOLE
        here.paused.pass_time(1)
        assert here.market.heard == WHOLE * 2
        assert (
            len({each["x-delivery"] for each in here.market.headers if "x-delivery" in each}) == 1
        )


def test_who_comes_too_late_says_nothing(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        engine, clock = here.paused.system.engine, here.paused.clock
        clock.now += 2
        (claimed,) = engine.claim_deliveries(9)
        clock.now += LEASE
        assert len(engine.claim_deliveries(9)) == 1
        assert engine.tell(claimed) is None
        assert here.market.heard == []


# Without a system.


def said(*outcomes: Outcome) -> tuple[Any, list[Request]]:
    """Parts that answer so, the last one for ever, and what they were asked."""
    left, asked = list(outcomes), list[Request]()

    def send(request: Request) -> Outcome:
        asked.append(request)
        return left.pop(0) if len(left) > 1 else left[0]

    seconds = iter(range(10_000))
    parts = SimpleNamespace(send=send, clock=lambda: 0.0, stopwatch=lambda: 10.0 * next(seconds))
    return parts, asked


TARGET = "https://receiver.example/cb"
RECEIVER = Receiver(TARGET, lambda name: None)


def test_a_conversation_has_no_rights_of_a_providers() -> None:
    def talk(to: Receiver) -> Talk:
        yield Request("POST", to.target, own=True, credentials=True, repeatable=True)
        return None

    parts, asked = said(Answer(200))
    assert converse(parts, talk, RECEIVER) == Answer(200)
    assert [(each.own, each.credentials, each.repeatable) for each in asked] == [(False,) * 3]


def test_a_conversation_ends_in_time_however_much_it_has_to_say() -> None:
    ended = []

    def talk(to: Receiver) -> Talk:
        try:
            while True:
                yield Request("POST", to.target, timeout=1000)
        finally:
            ended.append(True)

    parts, asked = said(Answer(200))
    outcome = converse(parts, talk, RECEIVER)
    assert outcome == Failure("it took longer than 300 s")
    assert [each.timeout for each in asked] == [LONGEST - 10.0 * n for n in range(1, 30)]
    assert ended == [True]


def test_what_a_receiver_says_opens_no_file_of_ours() -> None:
    def talk(to: Receiver) -> Talk:
        answer = yield Request("POST", to.target)
        yield Request("POST", to.target, body=answer.body)
        return None

    parts, asked = said(Answer(200, body={"x": {"$file": "of-someone-else"}}))
    converse(parts, talk, RECEIVER)
    assert asked[1].body == {"x": {"file": "of-someone-else"}}


def test_nothing_to_say_is_the_end() -> None:
    def talk(to: Receiver) -> Talk:
        yield from ()
        return None

    parts, asked = said(Answer(200))
    outcome = converse(parts, talk, RECEIVER)
    assert isinstance(outcome, Failure)
    assert outcome.refused
    assert asked == []


def test_a_platform_may_know_what_to_do_with_an_answer_that_is_not_welcome() -> None:
    def talk(to: Receiver) -> Talk:
        try:
            yield Request("PUT", "https://elsewhere.example/new")
        except Unwelcome:
            yield Request("PUT", "https://elsewhere.example/old")
        yield Request("POST", to.target)
        return None

    parts, asked = said(Answer(404), Answer(200))
    assert converse(parts, talk, RECEIVER) == Answer(200)
    assert [each.method for each in asked] == ["PUT", "PUT", "POST"]


def test_who_says_nothing_more_has_not_been_heard() -> None:
    def talk(to: Receiver) -> Talk:
        with contextlib.suppress(Unwelcome):
            yield Request("PUT", "https://elsewhere.example/new")
        return None

    parts, _ = said(Answer(410))
    assert converse(parts, talk, RECEIVER) == Failure("request 1 was answered 410")


def test_a_platform_may_not_be_content_with_the_last_answer() -> None:
    def talk(to: Receiver) -> Talk:
        answer = yield Request("POST", to.target)
        return None if answer.body["ok"] else Failure("it is not ok")

    parts, _ = said(Answer(200, body={"ok": False}))
    assert converse(parts, talk, RECEIVER) == Failure("it is not ok")
