"""Rules 14 to 17: clients that repeat themselves, that hurry, and that follow another header."""

from __future__ import annotations

import threading
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.power_automate.flow_engine import Answer, Run
from tests.power_automate.front_door import FrontDoor
from tests.power_automate.gateway import Gateway
from tests.power_automate.orders import job, order, paper
from tests.power_automate.poller import OperationFailed, Poller
from tests.power_automate.worlds import WAYS, World, succeeded, until, world

ways = pytest.mark.parametrize("way", WAYS)
VARIANTS = ("/extraction", "/extraction/submit", "/extraction/callback")


def variant(path: str, door: FrontDoor, **more: Any) -> dict[str, Any]:
    """A body for one of VARIANTS."""
    back = {"callback_url": door.open().url} if path.endswith("/callback") else {}
    return {**order(**more), **back}


@pytest.mark.parametrize("path", VARIANTS)
def test_rule_14_a_repeated_submit_is_one_job_and_one_order(
    here: World, door: FrontDoor, path: str
) -> None:
    here.misbehave("check_status:stuck*20")
    with here.way("gateway") as connection:
        run, body = Run(connection, retries=0), variant(path, door)
        first = run.operation("POST", path, body)
        again = [run.operation("POST", path, body) for _ in range(4)]
        late = until(lambda: here.orders() and run.operation("POST", path, body))
    ids = {each.json()["id"] for each in (first, *again, late)}
    assert len(ids) == 1
    assert {each.status for each in again} == {first.status}
    assert len(here.orders()) == 1
    assert here.log()["counts"]["submit"] == 1


def test_rule_14_a_key_said_outright_counts_on_every_variant(here: World, door: FrontDoor) -> None:
    for path in VARIANTS:
        body, key = variant(path, door), {"Idempotency-Key": uuid.uuid4().hex}
        answers = [
            Run(here.direct("mindee"), said=key).operation("POST", path, body) for _ in range(3)
        ]
        assert len({each.json()["id"] for each in answers}) == 1, path
        other = variant(path, door, alias="another")
        conflict = Run(here.direct("mindee"), said=key).operation("POST", path, other)
        assert conflict.status == 409, path
        assert conflict.json()["error"]["code"] == "key_reused"
    assert len(here.orders()) == len(VARIANTS)


@pytest.mark.parametrize("path", VARIANTS)
def test_rule_14_many_at_once_are_one_order(here: World, door: FrontDoor, path: str) -> None:
    run, body = Run(here.direct("mindee"), retries=0), variant(path, door)
    gate, answers, before = threading.Barrier(8), [], len(here.find())

    def post() -> None:
        gate.wait()
        answers.append(
            Run(run.connection, retries=0, said=run.headers).operation("POST", path, body)
        )

    threads = [threading.Thread(target=post) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert {each.status for each in answers} <= {200, 201, 202}
    assert len(here.find()) == before + 1
    until(lambda: here.orders())
    assert len(here.orders()) == 1


def test_rule_14_the_variants_of_an_action_are_orders_of_their_own(
    here: World, door: FrontDoor
) -> None:
    said = Run(here.direct("mindee")).headers
    for path in VARIANTS:
        run = Run(here.direct("mindee"), said=said, retries=0)
        assert run.operation("POST", path, variant(path, door)).status in (200, 201, 202), path
    until(lambda: len(here.orders()) == len(VARIANTS))


def test_rule_14_a_subscriber_whose_answers_get_lost_is_called_back_once(
    here: World, door: FrontDoor
) -> None:
    with here.gateway("mindee") as gateway:
        run, callback = Run(gateway.connection()), door.open()
        body = {**order("once"), "callback_url": callback.url}
        for gateway.lose in (1.0, 1.0, 1.0, 0.0):
            answer = Run(gateway.connection(), said=run.headers, retries=0).operation(
                "POST", "/extraction/callback", body
            )
        assert answer.status == 201
        assert gateway.did["lost"] == 3
        until(lambda: callback.heard)
    time.sleep(1)
    assert len(callback.heard) == 1
    assert callback.heard[0]["id"] == answer.json()["id"]
    assert len(here.orders()) == 1


def test_rule_14_a_repeat_of_a_wish_to_be_called_back_is_one_message(
    here: World, door: FrontDoor
) -> None:
    with here.way("gateway") as connection:
        run, callback = Run(connection), door.open()
        here.misbehave("check_status:stuck*5")
        id = run.operation("POST", "/extraction/submit", order()).json()["id"]
        wish = {"callback_url": callback.url}
        for _ in range(3):
            assert run.operation("POST", f"/operations/{id}/callback", wish).status == 201
        until(lambda: callback.heard)
    time.sleep(1)
    assert len(callback.heard) == 1


@ways
def test_rule_15_a_client_that_hurries_finishes_a_job(here: World, way: str) -> None:
    with here.way(way) as connection:
        run = Run(connection, heedless=True, retries=0)
        output = succeeded(run, run.act("/extraction", order("hurry")))
    assert output["file"]["alias"] == "hurry"


def test_rule_15_a_client_that_hurries_finishes_a_failure(here: World) -> None:
    here.misbehave("submit:fail")
    with here.way("gateway") as connection:
        how = Run(connection, heedless=True, retries=0).act("/extraction", order())
    assert (how.status, how.http) == ("Failed", 422)


def test_rule_15_a_client_that_hurries_finishes_a_long_job(here: World) -> None:
    timer = threading.Timer(1, here.misbehave)
    here.misbehave("check_status:stuck")
    with here.way("gateway") as connection:
        run = Run(connection, heedless=True, retries=0)
        timer.start()
        output = succeeded(run, run.act("/extraction", order("long")))
    timer.join()
    assert output["file"]["alias"] == "long"
    assert len(run.waits) > 10, "it did not hurry"


def test_rule_15_a_client_that_hurries_finishes_an_instant_job(here: World) -> None:
    path, body = job("documind", uuid.uuid4().hex)
    with here.way("gateway", "documind") as connection:
        run = Run(connection, heedless=True, retries=0)
        output = succeeded(run, run.act(path, body, wait="0"))
    assert output["results"]["total_amount"] == 12330.0


class Azure:
    """The pipeline of an Azure client before a gateway: its key goes with every request."""

    def __init__(self, gateway: Gateway, world: World) -> None:
        self.connection = gateway.connection(world.hosts)
        self.key = {"X-API-Key": world.system.key}
        self.answers: list[requests.Response] = []

    def ask(self, method: str, url: str, body: Any) -> requests.Response:
        """One request."""
        place = self.connection.found_at(url)
        answer = requests.request(method, place, json=body, headers=self.key, timeout=30)
        self.answers.append(answer)
        return answer

    def poller(self) -> Poller:
        """A poller that waits a hundredth of what it is told."""
        return Poller(self.ask, lambda seconds: time.sleep(min(seconds, 30) / 100))


@pytest.mark.parametrize("referrer", [True, False])
def test_rule_16_operation_location_tells_the_status_and_location_the_result(
    here: World, referrer: bool
) -> None:
    here.misbehave("check_status:stuck*6")
    with here.gateway("mindee", referrer=referrer) as gateway:
        azure = Azure(gateway, here)
        poller = azure.poller()
        output = poller.result(f"{gateway.prefix}/extraction", order("azure"))
        asked = gateway.did.copy()
    assert output["file"]["alias"] == "azure"
    assert set(poller.statuses) <= {"pending", "running", "succeeded"}
    assert len(poller.statuses) > 1
    assert len(poller.fetched) == 1
    first = azure.answers[0]
    assert poller.fetched == [first.headers["Location"]]
    assert first.headers["Operation-Location"].startswith("https://")
    if referrer:
        assert first.headers["Operation-Location"].startswith(f"{gateway.prefix}/operations/")
        assert asked["undeclared"] == 0
    assert [each.status_code for each in azure.answers[1:]] == [200] * len(azure.answers[1:])


def test_rule_16_a_status_link_is_opened_by_its_token_too(here: World) -> None:
    run = Run(here.direct("mindee"))
    place = run.operation("POST", "/extraction", order()).headers["Operation-Location"]
    bare = place.partition("?")[0]
    assert bare != place
    assert here.asked("GET", place).json()["status"]
    assert here.asked("GET", bare).status_code == 401
    assert here.call("GET", bare).status_code == 200


def test_rule_16_a_poller_hears_of_failures_and_cancels(here: World) -> None:
    here.misbehave("submit:fail")
    with here.gateway("mindee") as gateway:
        azure = Azure(gateway, here)
        poller = azure.poller()
        with pytest.raises(OperationFailed) as raised:
            poller.result(f"{gateway.prefix}/extraction", order())
        assert poller.statuses[-1] == "failed"
        assert raised.value.args[0]["error"]["code"] == "500-012"
        here.misbehave("submit:stuck")
        poller = Azure(gateway, here).poller()
        poller.rest = lambda seconds: cancel_all(here)
        with pytest.raises(OperationFailed):
            poller.result(f"{gateway.prefix}/extraction", order())
        assert poller.statuses[-1] == "canceled"
    assert poller.fetched == []


def cancel_all(world: World) -> None:
    """Wishes every job canceled."""
    time.sleep(0.05)
    for op in world.find():
        world.system.engine.parts.store.ask_cancel(op.id, time.time())


@pytest.mark.parametrize("provider", ["mindee", "pulse", "documind"])
def test_rule_17_an_instant_end_is_a_200_that_equals_the_polled_result(
    here: World, provider: str
) -> None:
    path, body = job(provider, uuid.uuid4().hex)
    run = Run(here.direct(provider))
    answer: Answer = run.operation("POST", path, body, wait="10")
    assert answer.status == 200, answer
    assert not {"Location", "Retry-After"} & set(answer.headers)
    id = here.find()[0].id
    assert run.operation("GET", f"/operations/{id}/result").content == answer.content
    assert run.operation("GET", f"/results/{id}").content == answer.content
    assert run.operation("GET", f"/operations/{id}").json()["result"] == answer.json()


def test_rule_17_a_poll_may_be_held_until_the_end(tmp_path: Path) -> None:
    with world(tmp_path, {"CONNECTOR_HOLD_SECONDS": "10"}) as here:
        run = Run(here.direct("mindee"))
        output = succeeded(run, run.act("/extraction", order("held")))
        assert [each.status for each in run.answers] == [202, 200]
        assert output["file"]["alias"] == "held"


def test_rule_17_a_job_that_waits_for_people_is_no_instant_end(here: World) -> None:
    body = {**job("documind")[1], **paper("smudged.pdf", uuid.uuid4().hex)}
    answer = Run(here.direct("documind")).operation("POST", "/extract", body, wait="1")
    assert answer.status == 202
