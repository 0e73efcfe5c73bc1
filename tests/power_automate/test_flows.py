"""Flows to their end, as people draw them: with a gateway in front and without it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.power_automate.flow_engine import Ended, PollingTrigger, Run, WebhookTrigger
from tests.power_automate.front_door import FrontDoor
from tests.power_automate.gateway import ORIGIN
from tests.power_automate.orders import job, order, paper
from tests.power_automate.worlds import (
    PROVIDER_KEY,
    PROVIDERS,
    PUBLIC,
    WAYS,
    World,
    succeeded,
    until,
    world,
)

ways = pytest.mark.parametrize("way", WAYS)
two_ways = pytest.mark.parametrize("way", ["gateway", "public"])
ANSWER = {"on_failure": "answer"}


@contextmanager
def waiting(run: Run, path: str, **query: str) -> Iterator[list[Ended]]:
    """A step under way in a thread; inside it is known to wait, after it is over."""
    how: list[Ended] = []
    thread = threading.Thread(target=lambda: how.append(run.act(path, order(), **query)))
    thread.start()
    try:
        until(lambda: run.waits)
        yield how
    except BaseException:
        run.canceled.set()
        raise
    finally:
        thread.join()


@ways
@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_order_is_one_step_with_its_result(here: World, way: str, provider: str) -> None:
    path, body = job(provider, uuid.uuid4().hex)
    with here.way(way, provider) as connection:
        run = Run(connection)
        output = succeeded(run, run.act(path, body))
    shown = {"mindee": "result", "pulse": "markdown", "documind": "results"}
    assert output[shown[provider]]
    assert "12330" in str(output).replace(",", "").replace(".", "")
    assert len([each for each in here.orders(provider) if each.get("kind") != "upload"]) == 1
    followed = {each.url for each in run.answers[1:]}
    origin = ORIGIN if way in ("gateway", "referrer") else PUBLIC
    assert all(url.startswith(f"{origin}/") for url in followed)


@ways
def test_a_failed_job_turns_the_step_red(here: World, way: str) -> None:
    here.misbehave("submit:fail")
    with here.way(way) as connection:
        run = Run(connection)
        how = run.act("/extraction", order())
    assert (how.status, how.http) == ("Failed", 422)
    assert how.output["error"]["code"] == "500-012"
    assert how.output["error"]["message"]
    assert len(here.orders()) == 1


@ways
def test_a_failed_job_is_an_answer_for_flows_that_ask_so(here: World, way: str) -> None:
    here.misbehave("submit:fail")
    with here.way(way) as connection:
        run = Run(connection)
        output = succeeded(run, run.act("/extraction", order(), **ANSWER))
    assert set(output) == {"id", "status", "error"}
    assert output["status"] == "failed"
    assert output["error"]["code"] == "500-012"
    assert len(run.answers) > 1, "the wish must go along in Location"


@ways
def test_a_good_job_is_answered_the_same_to_flows_that_ask_so(here: World, way: str) -> None:
    with here.way(way) as connection:
        run = Run(connection)
        output = succeeded(run, run.act("/extraction", order("fine"), **ANSWER))
    assert output["result"]["fields"]


def test_bad_input_stays_a_mistake_for_flows_that_ask_for_an_answer(here: World) -> None:
    with here.way("gateway") as connection:
        how = Run(connection).act("/extraction", {"model_id": 5}, **ANSWER)
        wrong = Run(connection).act("/extraction", order(), on_failure="whatever")
    assert (how.status, how.http) == ("Failed", 422)
    assert (wrong.status, wrong.http) == ("Failed", 422)


@ways
def test_a_canceled_job_turns_the_step_red(here: World, way: str) -> None:
    here.misbehave("submit:stuck")
    with here.way(way) as connection:
        run = Run(connection)
        with waiting(run, "/extraction") as how:
            id = run.answers[0].json()["id"]
            canceled = Run(connection).operation("POST", f"/operations/{id}/cancel")
            assert (canceled.status, canceled.json()["id"]) == (200, id)
    assert (how[0].status, how[0].http) == ("Failed", 409)
    assert how[0].output["error"]["code"] == "canceled"


@two_ways
def test_a_canceled_job_is_an_answer_for_flows_that_ask_so(here: World, way: str) -> None:
    here.misbehave("submit:stuck")
    with here.way(way) as connection:
        run = Run(connection)
        with waiting(run, "/extraction", **ANSWER) as how:
            id = run.answers[0].json()["id"]
            Run(connection).operation("POST", f"/operations/{id}/cancel")
    assert how[0].http == 200
    assert (how[0].output["id"], how[0].output["status"]) == (id, "canceled")


@two_ways
def test_a_job_past_its_deadline_turns_the_step_red(here: World, way: str) -> None:
    here.misbehave("submit:stuck")
    with here.way(way) as connection:
        run = Run(connection)
        how = run.act("/extraction", order(timeout=1))
    assert (how.status, how.http) == ("Failed", 422)
    assert how.output["error"]["code"] == "timed_out"


def test_a_step_may_be_given_less_time_than_its_job(here: World) -> None:
    here.misbehave("submit:stuck")
    with here.way("gateway") as connection:
        how = Run(connection, limit=0.5).act("/extraction", order())
    assert (how.status, how.code) == ("Cancelled", "ActionTimedOut")


@two_ways
def test_submit_look_and_fetch_are_steps_of_their_own(here: World, way: str) -> None:
    with here.way(way) as connection:
        first = Run(connection, "Submit")
        submitted = succeeded(first, first.act("/extraction/submit", order("apart")))
        assert len(first.answers) == 1
        id = submitted["id"]
        seen = until(
            lambda: (
                found
                if (found := Run(connection).operation("GET", f"/operations/{id}").json())["status"]
                == "succeeded"
                else None
            )
        )
        last = Run(connection, "Result")
        output = succeeded(last, last.act(f"/results/{id}", method="GET", action="extraction"))
    assert output == seen["result"]
    assert output["file"]["alias"] == "apart"


@ways
def test_the_result_of_an_open_job_can_be_waited_for(here: World, way: str) -> None:
    with here.way(way) as connection:
        id = Run(connection, "Submit").operation("POST", "/extraction/submit", order()).json()["id"]
        run = Run(connection, "Result")
        output = succeeded(run, run.act(f"/results/{id}", method="GET"))
    assert output["result"]["fields"]
    assert [each.status for each in run.answers[:-1]] == [202] * (len(run.answers) - 1)


@two_ways
def test_a_step_that_is_called_back_gets_the_finished_job(
    here: World, way: str, door: FrontDoor
) -> None:
    with here.way(way) as connection:
        run = Run(connection)
        how = run.hook("/extraction/callback", order("later"), door)
        assert how.status == "Succeeded", how
        assert run.answers[0].status == 201
        assert how.output["status"] == "succeeded"
        assert how.output["result"]["file"]["alias"] == "later"
        done = Run(connection, "Wait").hook(
            f"/operations/{how.output['id']}/callback", {}, door, action="extraction"
        )
    assert done.output == how.output


def test_a_step_that_is_called_back_hears_of_a_failure(here: World, door: FrontDoor) -> None:
    here.misbehave("submit:fail")
    with here.way("gateway") as connection:
        how = Run(connection).hook("/extraction/callback", order(), door)
    assert (how.output["status"], how.output["error"]["code"]) == ("failed", "500-012")


@two_ways
def test_a_flow_that_is_canceled_while_it_waits_stops_the_job(
    here: World, way: str, door: FrontDoor
) -> None:
    here.misbehave("submit:stuck", provider="pulse")
    with here.way(way, "pulse") as connection:
        run = Run(connection, limit=0.5)
        how = run.hook("/extract/callback", paper(mark=uuid.uuid4().hex), door)
        assert (how.status, run.answers[-1].status) == ("Cancelled", 204)
        id = run.answers[0].json()["id"]

        def canceled() -> bool:
            seen = Run(connection).operation("GET", f"/operations/{id}").json()
            return bool(seen["status"] == "canceled")

        until(canceled)
    assert here.log("pulse")["counts"]["cancel"] == 1


def test_a_flow_that_is_canceled_leaves_a_job_alone_that_cannot_be_stopped(
    here: World, door: FrontDoor
) -> None:
    here.misbehave("submit:stuck")
    with here.way("gateway") as connection:
        run = Run(connection, limit=0.5)
        run.hook("/extraction/callback", order(), door)
        id = run.answers[0].json()["id"]
        seen = Run(connection).operation("GET", f"/operations/{id}").json()
    assert run.answers[-1].status == 204
    assert seen["status"] in ("pending", "running")


@two_ways
def test_a_flow_begins_when_a_job_finishes(here: World, way: str, door: FrontDoor) -> None:
    with here.way(way) as connection, here.way(way, "pulse") as other:
        trigger = WebhookTrigger(connection, "/hooks/finished", door)
        assert trigger.turn_on().status == 201
        told = {}
        for alias in ("one", "two"):
            run = Run(connection)
            told[alias] = run.operation("POST", "/extraction/submit", order(alias)).json()["id"]
        Run(other).act("/extract", paper(mark=uuid.uuid4().hex))
        until(lambda: len(trigger.callback.heard) >= 2)
        assert trigger.turn_off().status == 204
        succeeded(run := Run(connection), run.act("/extraction", order("three")))
    heard = {each["result"]["file"]["alias"]: each["id"] for each in trigger.callback.heard}
    assert heard == told


def test_a_flow_begins_when_a_check_finds_finished_jobs(still: World) -> None:
    for way in WAYS:
        with still.way(way) as connection:
            trigger = PollingTrigger(connection, "/finished")
            assert trigger.check().status == 202
            for alias in ("one", "two"):
                Run(connection).operation("POST", "/extraction/submit", order(alias))
                for _ in range(3):
                    still.pass_time(5)
            assert trigger.check().status == 200
            assert trigger.check().status == 202
        assert [each["result"]["file"]["alias"] for each in trigger.fired] == ["one", "two"]
        still.pass_time(60)


@pytest.mark.parametrize("right", [True, False])
def test_a_makers_own_key_goes_all_the_way_to_the_provider(
    tmp_path: Path, prepared: None, door: FrontDoor, right: bool
) -> None:
    key = PROVIDER_KEY if right else "md_of_somebody_else"
    with (
        world(tmp_path, {"MINDEE_API_KEY": ""}, stand_in={"key": key}) as here,
        here.gateway("mindee", here.package("mindee", credentials="maker")) as gateway,
    ):
        connection = gateway.connection()
        listed = Run(connection).operation("GET", "/choices/extraction_models")
        how = Run(connection).act("/extraction", order("theirs"))
        if right:
            told = Run(connection).hook("/extraction/callback", order("theirs too"), door)
            assert told.output["status"] == "succeeded"
    assert listed.status == (200 if right else 422)
    assert (how.status, how.http) == (("Succeeded", 200) if right else ("Failed", 422))


def test_shapes_and_pickers_are_asked_for_through_the_gateway(here: World) -> None:
    """The rest of it stands with rules 10 and 20."""
    with here.way("gateway") as connection:
        picked = Run(connection).operation("GET", "/choices/extraction_models")
        shape = Run(connection).operation("GET", "/output", action="extraction")
    assert {"id", "name"} <= set(picked.json()["items"][0])
    assert shape.json()["schema"]["properties"]["result"]
