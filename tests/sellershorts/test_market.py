"""Does the stand-in hold us to what SellerShorts asks for?"""

from __future__ import annotations

import hashlib
import time
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from flask import Flask, request

from connector.simulators import BUYERS, Options
from connector.simulators.sellershorts.asking import ask
from connector.simulators.sellershorts.judging import wrong_callback, wrong_poll
from connector.simulators.sellershorts.payloads import SEVERAL_FILES, USUAL, payload
from tests.serving import serving

SECRET = {"x-callback-secret": "s"}


class Seller:
    """A seller that answers as the test wants, and remembers what it was sent."""

    def __init__(self) -> None:
        self.answer: Any = {"status": "processing"}
        self.sent: list[Any] = []
        self.polls: list[str] = []
        self.pause = 0.0

    def app(self) -> Flask:
        """Its webhook and status endpoint."""
        app = Flask(__name__)

        @app.post("/job")
        def take() -> Any:
            self.sent.append(request.get_json())
            return {"ok": True}

        @app.get("/status/<id>")
        def look(id: str) -> Any:
            self.polls.append(id)
            time.sleep(self.pause)
            return self.answer

        return app


class Bench:
    """The stand-in, a seller, and an order between them."""

    def __init__(self, market: str, seller: Seller, at: str) -> None:
        self.market, self.seller, self.at = market, seller, at

    def buy(self, **more: Any) -> str:
        """The id of a new order."""
        said = {"webhook": f"{self.at}/job", "status": f"{self.at}/status/{{order_id}}", **more}
        id: str = requests.post(f"{self.market}/_buy", json=said, timeout=10).json()["order_id"]
        return id

    def order(self, id: str) -> Any:
        """What is known of it."""
        return requests.get(f"{self.market}/_orders/{id}", timeout=10).json()

    def tell(self, body: Any, path: str = "", **headers: str) -> requests.Response:
        """A callback."""
        url = f"{self.market}/api/orders/callback{path}"
        return requests.post(url, json=body, headers={**SECRET, **headers}, timeout=10)


@pytest.fixture
def bench() -> Iterator[Bench]:
    """One of each; nothing is polled by itself."""
    yield from benched(0)


@pytest.fixture
def quick() -> Iterator[Bench]:
    """The same, but every order is polled 20 times a second."""
    yield from benched(0.05)


def benched(seconds: float) -> Iterator[Bench]:
    """A bench whose polls are so many seconds apart."""
    seller = Seller()
    market = BUYERS["sellershorts"](Options(seconds=seconds, key="s"))
    with serving(seller.app()) as at, serving(market) as address:
        yield Bench(address, seller, at)


def test_an_order_is_posted_in_the_usual_payload(bench: Bench) -> None:
    id = bench.buy(inputs={"a": 1})

    (sent,) = bench.seller.sent
    assert set(sent) == set(USUAL)
    assert (sent["order_id"], sent["inputs"]) == (id, {"a": 1})
    assert sent["callback_url"] == f"{bench.market}/api/orders/callback"


def test_a_template_of_the_seller_is_filled_in(bench: Bench) -> None:
    template = {"id": "{order_id}", "f": "{inputs.a}", "t": "n {inputs.a} {inputs.b}", "n": [1]}

    bench.buy(form=template, inputs={"a": 7}, order_id="x")
    bench.buy(form="files", input_files=["u"])

    assert bench.seller.sent[0] == {"id": "x", "f": 7, "t": "n 7 ", "n": [1]}
    assert set(bench.seller.sent[1]) == set(SEVERAL_FILES)
    assert payload("{inputs.missing}", {"inputs": {}}) is None


def test_orders_are_polled_until_they_end(quick: Bench) -> None:
    id = quick.buy()
    until(lambda: len(quick.seller.polls) > 2)
    quick.seller.answer = {"status": "completed", "output_type": "text", "result_text": "x"}
    until(lambda: quick.order(id)["status"] == "completed")
    polls = len(quick.seller.polls)
    time.sleep(0.2)

    assert len(quick.seller.polls) == polls
    quick.seller.answer = {"status": "failed", "error": "no"}
    another = quick.buy()
    until(lambda: quick.order(another)["status"] == "failed")


def until(true: Any) -> None:
    """Waits for something to become true."""
    ends = time.monotonic() + 10
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.02)


def test_a_seller_that_is_slow_is_not_waited_for(bench: Bench) -> None:
    bench.seller.pause = 0.5

    heard = ask("GET", f"{bench.at}/status/1", {}, patience=0.2)

    assert (heard.status, heard.trouble) == (0, "no answer within 0.2 s")


def test_an_end_is_taken_once(bench: Bench) -> None:
    id = bench.buy()
    body = {"ok": True, "order_id": id, "output_type": "text", "result_text": "a"}

    first, again = bench.tell(body), bench.tell({**body, "result_text": "b"})

    assert (first.status_code, first.json()["duplicate"]) == (200, False)
    assert (again.status_code, again.json()["duplicate"]) == (200, True)
    assert bench.order(id)["result"]["text"] == "a"


def test_strangers_and_unknown_orders_are_refused(bench: Bench) -> None:
    id = bench.buy()
    good = {"ok": False, "order_id": id, "error": "e"}

    assert bench.tell(good, **{"x-callback-secret": "wrong"}).status_code == 401
    assert bench.tell({**good, "order_id": "other"}).status_code == 400
    assert bench.tell([]).status_code == 400
    assert bench.tell({**good, "ok": "no"}).status_code == 400
    assert bench.tell({**good, "more": "x" * 4_500_000}).status_code == 413
    assert bench.tell(good).status_code == 200


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"output_type": "text"}, "result_text is no text"),
        ({"output_type": "json", "result_text": {"a": 1}}, "result_text is no text"),
        ({"output_type": "json", "result_text": "{"}, "result_text is no JSON"),
        ({"output_type": "url", "result_url": "http://a.example"}, "result_url does not begin"),
        ({"output_type": "html"}, "output_type is none"),
        ({"output_type": "file", "filename": "a", "mime_type": "b"}, "file_base64 is no base64"),
        ({"output_type": "file", "file_base64": "YQ=="}, "a file has no filename"),
        (
            {"output_type": "file", "filename": "a", "mime_type": "b", "object_key": "k"},
            "object_key is not known",
        ),
        ({"output_type": "file", "files": ["a"]}, "a file is no object"),
    ],
)
def test_a_result_that_breaks_the_rules_is_noticed(said: Any, why: str) -> None:
    assert wrong_callback({"ok": True, **said}, ())[0].startswith(why)
    assert wrong_poll({"status": "completed", **said}, ())[0].startswith(why)


def test_base64_beyond_50_mb_is_noticed() -> None:
    content = b64encode(bytes(37_500_003)).decode()
    said = {"output_type": "file", "filename": "a", "mime_type": "b", "file_base64": content}

    assert wrong_poll({"status": "completed", **said}, ()) == [
        "file_base64 is longer than 50000000"
    ]


def test_an_answer_without_a_status_is_noticed() -> None:
    assert wrong_poll([], ()) == ["the answer is no object"]
    assert wrong_poll({"status": "done"}, ()) == ["status is none of processing, completed, failed"]


def test_a_file_is_put_where_it_was_announced(bench: Bench) -> None:
    id, content = bench.buy(), b"x" * 1000
    said = {"order_id": id, "filename": "a.pdf", "mime_type": "application/pdf", "file_size": 1000}
    place = bench.tell(said, "/prepare").json()

    def put(body: bytes, kind: str = "application/pdf", **more: str) -> int:
        headers = {"Content-Type": kind, **more}
        return requests.put(place["upload_url"], data=body, headers=headers, timeout=10).status_code

    assert put(content, "text/plain") == 403
    assert put(content[:-1]) == 400
    assert put(content, **SECRET) == 400
    url = place["upload_url"]
    assert requests.put(url[:-1], data=content, headers={"Content-Type": "application/pdf"},
                        timeout=10).status_code == 403  # fmt: skip
    assert put(content) == 200
    told = {"ok": True, "order_id": id, "output_type": "file", "filename": place["filename"],
            "mime_type": "application/pdf", "object_key": place["object_key"]}  # fmt: skip
    assert bench.tell(told).status_code == 200
    (file,) = bench.order(id)["result"]["files"]
    assert file["sha256"] == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"order_id": "other"}, 400),
        ({"file_size": "1"}, 400),
        ({"file_size": 0}, 413),
        ({"file_size": 157_286_401}, 413),
        ({"filename": None}, 400),
    ],
)
def test_a_bad_announcement_is_refused(bench: Bench, change: Any, status: int) -> None:
    said = {"order_id": bench.buy(), "filename": "a", "mime_type": "b/c", "file_size": 1}

    assert bench.tell({**said, **change}, "/prepare").status_code == status


def test_a_buyers_file_is_there_for_the_seller(bench: Bench) -> None:
    kept = requests.post(f"{bench.market}/_files/a b.pdf", data=b"%PDF", timeout=10).json()

    assert requests.get(kept["url"], timeout=10).content == b"%PDF"
