"""What starts a Zap, and what fills the editor's dropdowns and lists of fields?"""

from __future__ import annotations

import json
from typing import Any

import pytest

from connector.exporters.zapier.job import sample
from tests.living import MODEL
from tests.service.worlds import Receiver, receiving
from tests.zapier.apps import URL, World, manifest
from tests.zapier.apps import ground as ground
from tests.zapier.apps import node as node
from tests.zapier.runtime import App

READ = {"text": "a", "copies": 2}
HOOK, POLLING = "triggers.job_finished", "triggers.job_finished_polling"


@pytest.fixture
def world(ground: World) -> World:
    """The module's world, as good as new."""
    return ground.fresh()


@pytest.fixture
def app(world: World) -> App:
    """The app of the tests' own provider, whose jobs end at once."""
    world.acme.state = "done"
    return world.app("acme")


def finished(world: World, app: App, **filled: Any) -> str:
    """The id of a job that has ended."""
    id = str(app.perform("creates.read_submit", inputData={**READ, **filled})["id"])
    world.ended(id)
    return id


def subscribed(app: App, zapier: Receiver, **filled: Any) -> Any:
    """What the platform keeps of a Zap that was switched on."""
    method = f"{HOOK}.operation.performSubscribe"
    return app.results(method, targetUrl=zapier.url, inputData=filled)


def switch_off(app: App, zapier: Receiver, kept: Any) -> None:
    """The Zap is switched off."""
    method = f"{HOOK}.operation.performUnsubscribe"
    app.results(method, targetUrl=zapier.url, subscribeData=kept)


def delivered(app: App, zapier: Receiver) -> Any:
    """What the Zap gets of the first message."""
    assert zapier.news.wait(15), "nobody told"
    return app.perform(HOOK, cleanedRequest={**zapier.bodies()[0], "querystring": {}})


def test_rule_13_what_is_told_is_what_the_editor_shows(world: World, app: App) -> None:
    with receiving() as zapier:
        kept = subscribed(app, zapier)
        id = finished(world, app)
        (told,) = delivered(app, zapier)
        switch_off(app, zapier, kept)
    shown = app.results(f"{HOOK}.operation.performList")

    assert (told["id"], told["status"], told["result"]) == (id, "succeeded", {"score": 97})
    assert set(told) == set(shown[0])
    acme = manifest("acme")
    assert set(sample(acme, acme.actions["read"], URL)) <= set(told)
    assert len(shown) <= 3


def test_rule_14_a_zap_that_is_switched_off_hears_no_more_and_others_do(
    world: World, app: App
) -> None:
    with receiving() as first, receiving() as second:
        kept, other = subscribed(app, first), subscribed(app, second)
        assert kept["id"] != other["id"]
        switch_off(app, first, kept)
        switch_off(app, first, kept)
        finished(world, app)
        assert delivered(app, second)
        switch_off(app, second, other)

    assert first.heard == []


def test_a_zap_hears_only_of_what_it_is_about(world: World, app: App) -> None:
    with receiving() as zapier:
        kept = subscribed(app, zapier, status="failed", action="read")
        finished(world, app)
        world.acme.state = "rejected"
        id = finished(world, app)
        (told,) = delivered(app, zapier)
        switch_off(app, zapier, kept)

    assert (told["id"], told["error_message"]) == (id, "because")
    assert len(zapier.heard) == 1


def test_a_large_result_that_was_not_told_is_fetched(world: World, app: App) -> None:
    world.acme.value = {"text": "x" * 100_000}
    with receiving() as zapier:
        kept = subscribed(app, zapier)
        finished(world, app)
        (told,) = delivered(app, zapier)
        switch_off(app, zapier, kept)

    assert zapier.bodies()[0]["result"] is None
    assert (told["result"], told["warning"]) == (world.acme.value, None)
    assert app.results(f"{HOOK}.operation.performList")[0]["result"] == world.acme.value


def test_a_poll_says_where_a_large_result_is(world: World, app: App) -> None:
    small = finished(world, app)
    world.acme.value = {"text": "x" * 100_000}
    large = finished(world, app)
    found = {each["id"]: each for each in app.perform(POLLING)}

    assert found[large]["result"] is None
    assert "Result File" in found[large]["warning"]
    assert (found[small]["result"], found[small]["warning"]) == ({"score": 97}, None)


def test_rule_12_a_poll_lists_ended_jobs_newest_first(world: World, app: App) -> None:
    ids = [finished(world, app) for _ in range(3)]
    world.acme.state = "working"
    still_open = app.perform("creates.read_submit", inputData=READ)["id"]

    found = app.perform(POLLING)

    assert [each["id"] for each in found][:3] == ids[::-1]
    assert still_open not in {each["id"] for each in found}
    assert len({each["id"] for each in found}) == len(found)


def test_a_poll_can_be_about_some_jobs_only(world: World, app: App) -> None:
    finished(world, app)
    world.acme.state = "rejected"
    id = finished(world, app)

    found = app.perform(POLLING, inputData={"status": "failed", "action": "read"})

    assert found[0]["id"] == id
    assert {each["status"] for each in found} == {"failed"}
    assert app.perform(POLLING, inputData={"action": "print", "status": "failed"}) == []


def test_models_can_be_chosen(world: World) -> None:
    found = world.app().perform("triggers.choices_extraction_models")

    assert {"id": MODEL, "name": "Invoice"} in found


def test_open_jobs_can_be_chosen(world: World, app: App) -> None:
    world.acme.state = "working"
    id = app.perform("creates.read_submit", inputData={**READ, "client_ref": "mine"})["id"]

    found = {each["id"]: each["name"] for each in app.perform("triggers.open_jobs")}

    assert found[id].startswith("Read it, mine, ")


def test_a_result_has_the_fields_that_were_asked_for(world: World) -> None:
    schema = {"replace": {"fields": [{"name": "total", "title": "Total sum"}]}}
    filled = world.invoice(data_schema=json.dumps(schema))

    found = world.app().results("creates.extraction.operation.outputFields", inputData=filled)

    keys = [each["key"] for each in found]
    assert len(set(keys)) == len(keys)
    assert "id" in keys
    assert {
        "key": "result__result__fields__total__value",
        "label": "Result Fields Total sum Value",
    } in (found)


def test_a_trigger_has_the_fields_of_the_action_that_was_chosen(world: World) -> None:
    app = world.app()

    def keys(**filled: str) -> set[str]:
        found = app.results(f"{HOOK}.operation.outputFields", inputData=filled)
        return {each["key"] for each in found}

    classified = keys(action="classification")
    assert "result__result__classification__document_type" in classified
    assert keys() < classified
    assert keys(action="unknown") == keys()
