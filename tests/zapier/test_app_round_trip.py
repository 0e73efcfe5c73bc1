"""Does a step of a Zap go all the way? The app in Zapier's own runtime, before a living service."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import replace
from typing import Any

import pytest
from flask import Response

from connector.engine import intake
from connector.exporters.zapier.job import FIELDS, sample
from tests.living import INVOICE, MODEL
from tests.service.worlds import Receiver, another_key, receiving
from tests.zapier.apps import URL, World, manifest, stubbed
from tests.zapier.apps import ground as ground
from tests.zapier.apps import node as node
from tests.zapier.runtime import App, Refused

READ = {"text": "a", "copies": 2}


@pytest.fixture
def world(ground: World) -> World:
    """The module's world, as good as new."""
    return ground.fresh()


def parked(app: App, zapier: Receiver, step: str, **filled: Any) -> dict[str, Any]:
    """A step that waits: what it returned, and that Zapier parked it."""
    event = {"callback_url": zapier.url}
    done = app.call(f"creates.{step}.operation.perform", event=event, inputData=filled)
    assert done["status"] == "CALLBACK"
    found: dict[str, Any] = done["results"]
    return found


def resume(app: App, zapier: Receiver, step: str, first: dict[str, Any]) -> dict[str, Any]:
    """The platform's answer when the service has called back."""
    assert zapier.news.wait(15), "nobody called back"
    told = {**zapier.bodies()[0], "querystring": {}}
    method = f"creates.{step}.operation.performResume"
    return app.call(method, outputData=first, cleanedRequest=told)


def whole(app: App, step: str, **filled: Any) -> dict[str, Any]:
    """What a step returns in the end."""
    with receiving() as zapier:
        done = resume(app, zapier, step, parked(app, zapier, step, **filled))
    assert done["status"] == "SUCCESS"
    found: dict[str, Any] = done["results"]
    return found


def test_rule_10_a_step_waits_is_called_back_and_goes_on(world: World) -> None:
    app = world.app()
    with receiving() as zapier:
        first = parked(app, zapier, "extraction", **world.invoice(client_ref="r-1"))
        assert first["status"] in ("pending", "running")
        done = resume(app, zapier, "extraction", first)

    job = done["results"]
    assert done["status"] == "SUCCESS"
    assert "querystring" not in job
    assert (job["id"], job["status"], job["client_ref"]) == (first["id"], "succeeded", "r-1")
    assert job["result"]["result"]["fields"]
    assert set(job) == set(first)
    assert len(world.system.log()["orders"]) == 1
    assert len(zapier.heard) == 1


def test_what_a_step_returns_is_what_its_sample_and_fields_promise(world: World) -> None:
    mindee = manifest("mindee")
    job = whole(world.app(), "extraction", **world.invoice())

    assert set(job) == set(sample(mindee, mindee.actions["extraction"], URL))
    assert {each["key"] for each in FIELDS} <= set(job)


def test_rule_9_a_job_that_fails_fails_the_step(world: World) -> None:
    app = world.app()
    world.system.misbehave("submit:fail*1")
    with receiving() as zapier:
        first = parked(app, zapier, "extraction", **world.invoice())
        with pytest.raises(Refused) as raised:
            resume(app, zapier, "extraction", first)
        told = zapier.bodies()[0]

    said = raised.value.said
    assert raised.value.name == "AppError"
    assert (said["code"], said["message"]) == (told["error"]["code"], told["error"]["message"])
    assert 0 < len(said["message"]) <= 250


def test_a_failed_job_may_be_an_answer(world: World) -> None:
    world.acme.state = "rejected"
    job = whole(world.app("acme", failed_jobs="answer"), "read", **READ)

    assert (job["status"], job["error_message"]) == ("failed", "because")


def test_a_job_that_is_canceled_halts_the_run(world: World) -> None:
    app = world.app("acme")
    with receiving() as zapier:
        first = parked(app, zapier, "read", **READ)
        canceled = app.perform("creates.cancel_job", inputData={"job_id": first["id"]})
        assert set(canceled) == set(first)
        with pytest.raises(Refused) as raised:
            resume(app, zapier, "read", first)

    assert raised.value.name == "HaltedError"


def test_a_refused_order_parks_nothing(world: World) -> None:
    filled = world.invoice(model_id="no model")
    with receiving() as zapier, pytest.raises(Refused) as raised:
        parked(world.app(), zapier, "extraction", **filled)

    assert raised.value.name == "AppError"
    assert raised.value.said["status"] == 422
    assert "model_id" in raised.value.said["message"]


def test_rule_4_the_same_step_asked_again_is_the_same_job(world: World) -> None:
    app = world.app("acme")
    with receiving() as zapier:
        first = parked(app, zapier, "read", **READ)
        again = parked(app, zapier, "read", **READ)
        changed = parked(app, zapier, "read", **{**READ, "text": "b"})

    assert first["id"] == again["id"] == changed["id"]
    assert len(world.acme.orders) == 1


def test_rule_11_a_test_of_one_step_shows_its_result(world: World) -> None:
    app, started = world.app(), time.monotonic()
    done = app.call(
        "creates.extraction.operation.perform",
        event={"callback_url": "https://zapier.example/never"},
        inputData=world.invoice(),
        meta={"isLoadingSample": True},
    )

    assert time.monotonic() - started < 28
    assert (done["status"], done["results"]["status"]) == ("SUCCESS", "succeeded")
    assert done["results"]["result"]["result"]["fields"]
    assert done["results"]["warning"] is None


def test_rule_11_a_test_of_a_slow_step_warns(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "LONGEST_WAIT", 0.5)
    app = world.app("acme")
    done = app.call(
        "creates.read.operation.perform", inputData=READ, meta={"isLoadingSample": True}
    )

    job = done["results"]
    assert done["status"] == "SUCCESS"
    assert (job["status"], job["result"]) == ("running", None)
    assert "not finished" in job["warning"]


def test_a_step_that_does_not_wait(world: World) -> None:
    app = world.app()
    done = app.call("creates.extraction_submit.operation.perform", inputData=world.invoice())

    assert done["status"] == "SUCCESS"
    assert done["results"]["status"] in ("pending", "running", "succeeded")
    assert "result" in done["results"]


def test_rule_7_a_large_result_is_fetched(world: World) -> None:
    world.acme.state, world.acme.value = "done", {"text": "x" * 100_000}
    app = world.app("acme")
    with receiving() as zapier:
        first = parked(app, zapier, "read", **READ)
        job = resume(app, zapier, "read", first)["results"]
        message = zapier.heard[0][1]

    assert len(message) <= 64_000
    assert job["result"] == {"text": "x" * 100_000}
    assert job["file"].startswith("hydrate|||")


def test_a_result_that_is_no_object_is_wrapped(world: World) -> None:
    world.acme.state, world.acme.value = "done", [1, 2]

    assert whole(world.app("acme"), "read", **READ)["result"] == {"result": [1, 2]}


def test_a_file_is_there_for_later_steps(world: World) -> None:
    world.acme.state = "done"
    world.acme.printed = lambda: Response(
        b"%PDF-1.7 printed",
        mimetype="application/pdf",
        headers={"Content-Disposition": "attachment; filename=out.pdf"},
    )
    app = world.app("acme")
    job = whole(app, "print", **READ)

    assert job["file"].startswith('hydrate|||{"type":"file","method":"hydrators.resultFile"')
    assert f'"bundle":{{"id":"{job["id"]}"}}' in job["file"]
    assert job["result"]["file"]["name"] == "out.pdf"


def test_a_file_that_a_later_step_uses_is_stored_with_its_name(world: World) -> None:
    world.acme.state = "done"
    app = world.app("acme")
    job = whole(app, "print", **READ)
    with stubbed() as platform:
        platform.answer = lambda: platform_says(platform.heard[-1], platform.url)
        event = {"rpc_base": f"{platform.url}/rpc"}
        link = app.call("hydrators.resultFile", event=event, inputData={"id": job["id"]})

    assert link["results"] == f"{platform.url}/kept"
    assert [each["path"] for each in platform.heard] == ["/rpc", "/upload"]


def platform_says(asked: Any, url: str) -> Response:
    """What Zapier's store of files answers: where to upload, and that it was."""
    if asked["path"] == "/upload":
        return Response(status=204)
    where = {"url": f"{url}/upload", "fields": {"key": "kept"}}
    said = {"id": asked["body"]["id"], "result": where}
    return Response(json.dumps(said), mimetype="application/json")


def test_a_job_is_found_by_its_id_and_by_a_makers_own_reference(world: World) -> None:
    world.acme.state = "done"
    app = world.app("acme")
    first = app.perform("creates.read_submit", inputData={**READ, "client_ref": "order 7"})
    world.ended(first["id"])

    (by_id,) = app.perform("searches.find_job", inputData={"job_id": first["id"]})
    (by_reference,) = app.perform("searches.find_job", inputData={"client_ref": "order 7"})

    assert (by_id["id"], by_id["result"]) == (first["id"], {"score": 97})
    assert by_reference == {**by_id, "file": by_reference["file"]}


def test_a_job_that_has_not_ended_is_found_too(world: World) -> None:
    app = world.app("acme")
    app.perform("creates.read_submit", inputData={**READ, "client_ref": "open one"})

    (found,) = app.perform("searches.find_job", inputData={"client_ref": "open one"})

    assert found["status"] in ("pending", "running")


@pytest.mark.parametrize("filled", [{"job_id": "nobody"}, {"client_ref": "never given"}])
def test_a_job_that_is_not_there_is_no_error(world: World, filled: dict[str, str]) -> None:
    assert world.app().perform("searches.find_job", inputData=filled) == []


def test_a_job_of_another_owner_is_not_there(world: World) -> None:
    app = world.app("acme")
    first = app.perform("creates.read_submit", inputData=READ)
    stranger = replace(app, connection={**app.connection, "api_key": another_key(world.system)})

    assert stranger.perform("searches.find_job", inputData={"job_id": first["id"]}) == []


def test_a_connection_is_tested(world: World) -> None:
    assert world.app().results("authentication.test") == {"owner": "tests"}


def test_rule_18_a_wrong_key_asks_for_a_new_connection(world: World) -> None:
    app = replace(world.app(), connection={"base_url": world.system.url, "api_key": "wrong"})

    for method in ("authentication.test", "creates.extraction.operation.perform"):
        with pytest.raises(Refused) as raised:
            app.call(method, inputData=world.invoice())
        assert raised.value.name == "ExpiredAuthError"


def test_a_makers_own_key_reaches_the_provider(world: World) -> None:
    app = world.app("acme", credentials="maker")
    own = replace(app, connection={**app.connection, "provider_key": "own-key"})
    own.perform("creates.read_submit", inputData=READ)

    assert "own-key" in world.acme.keys


def test_the_file_of_a_step_is_fetched_from_where_zapier_says(world: World) -> None:
    first = world.app().perform("creates.extraction_submit", inputData=world.invoice())
    world.ended(first["id"])

    (order,) = world.system.log()["orders"]
    assert order["model_id"] == MODEL
    assert order["sha256"] == hashlib.sha256(INVOICE.read_bytes()).hexdigest()
