"""Rule 10: the result that a poll brings is what the definition, and the designer, were told."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from jsonschema import Draft4Validator

from tests.living import MODEL
from tests.power_automate.designer import Asked, ask, at, dynamics, strict
from tests.power_automate.flow_engine import Run
from tests.power_automate.front_door import FrontDoor
from tests.power_automate.gateway import Gateway
from tests.power_automate.orders import job, order, paper
from tests.power_automate.test_rule_polling import ordered
from tests.power_automate.worlds import PROVIDERS, World, succeeded

DAY = 86_400.0
PO_NUMBER = {
    "replace": {
        "fields": [{"name": "po_number", "title": "PO number", "type": "string", "is_array": False}]
    }
}
FIELDS = {"type": "object", "properties": {"invoice_number": {"type": "string"}}}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_rule_10_a_poll_of_a_finished_job_is_its_result_as_declared(
    here: World, provider: str
) -> None:
    path, body = job(provider, uuid.uuid4().hex)
    with here.gateway(provider) as gateway:
        run = Run(gateway.connection(here.hosts))
        output = succeeded(run, run.act(path, body))
        last, id = run.answers[-1], here.find()[0].id
        declared = gateway.package.declared("POST", path)
        assert declared is not None
        fitting = Draft4Validator(strict(gateway.package.output(declared.id)))
        assert last.headers["Content-Type"] == "application/json"
        fitting.validate(output)
        again = [run.operation("GET", f"/operations/{id}/result") for _ in range(3)]
        assert {(each.status, each.content) for each in again} == {(200, last.content)}
        assert run.operation("GET", f"/results/{id}").content == last.content


@pytest.mark.parametrize("provider", PROVIDERS)
def test_rule_10_other_answers_are_as_declared_too(
    here: World, door: FrontDoor, provider: str
) -> None:
    path, body = job(provider, uuid.uuid4().hex)
    with here.gateway(provider) as gateway:
        run, package = Run(gateway.connection(here.hosts)), gateway.package

        def answered(method: str, path: str, body: Any = None) -> Any:
            answer = run.operation(method, path, body)
            found = package.declared(method, path)
            assert found is not None
            schema = package.output(found.id, str(answer.status))
            Draft4Validator(strict(schema)).validate(answer.json())
            return answer.json()

        def heard(path: str, body: Mapping[str, Any]) -> Any:
            how = Run(run.connection).hook(path, body, door)
            found = package.declared("POST", path)
            assert found is not None
            told = package.resolved(found.item["x-ms-notification-content"]["schema"])
            Draft4Validator(strict(told)).validate(how.output)
            return how.output

        id = answered("POST", f"{path}/submit", body)["id"]
        with ThreadPoolExecutor(2) as pool:
            one = pool.submit(heard, f"/operations/{id}/callback", {})
            other = pool.submit(heard, f"{path}/callback", body)
        assert one.result()["id"] == id
        assert other.result()["status"] == "succeeded"
        assert answered("GET", f"/operations/{id}")["status"] == "succeeded"
        assert answered("POST", f"/operations/{id}/cancel")["status"] == "succeeded"
        assert answered("GET", f"/results/{id}")


@pytest.mark.parametrize("fault", ["submit:fail", "submit:stuck", None])
def test_rule_10_a_connector_that_answers_failures_answers_as_declared(
    here: World, fault: str | None
) -> None:
    package = here.package("mindee", failed_jobs="answer")
    here.misbehave(*[fault] if fault else [])
    with here.gateway("mindee", package) as gateway:
        run, hidden = Run(gateway.connection()), package.hidden("Extraction")
        assert hidden["on_failure"] == "answer"
        body = order(uuid.uuid4().hex, timeout=1)
        output = succeeded(run, run.act("/extraction", body, **hidden))
    Draft4Validator(strict(package.output("Extraction"))).validate(output)
    assert output.get("status") in (("failed",) if fault else (None, "succeeded"))


@pytest.mark.parametrize("provider", PROVIDERS)
def test_rule_10_these_tests_order_what_the_definition_asks_for(here: World, provider: str) -> None:
    path, body = job(provider)
    package = here.package(provider)
    declared = package.declared("POST", path)
    assert declared is not None
    closed = {**package.input(declared.id), "additionalProperties": False}
    Draft4Validator(closed).validate(body)


def schema_of(gateway: Gateway, path: str, entered: Mapping[str, Any]) -> Any:
    """The outputs of an action that the designer is told for what was entered."""
    declared = gateway.package.declared("POST", path)
    assert declared is not None
    tree = gateway.package.output(declared.id)
    asked: Asked = next(each for each in dynamics(tree) if each.word == "x-ms-dynamic-schema")
    answer = ask(Run(gateway.connection()), gateway.package, asked, entered)
    assert answer.status == 200, answer
    return at(answer.json(), asked.said["value-path"])


def assert_names(schema: Any, output: Any, place: str, *names: str) -> None:
    """These names stand at a place of the schema, each with its texts, and in the output too."""
    Draft4Validator(strict(schema)).validate(output)
    for part in place.split("."):
        schema, output = schema["properties"][part], output[part]
    assert set(names) <= set(schema["properties"])
    assert set(names) <= set(output)
    for name in names:
        assert {"x-ms-summary", "description"} <= set(schema["properties"][name])


def test_rule_10_a_schema_of_ones_own_names_the_outputs_of_mindee(here: World) -> None:
    body = order("shaped", data_schema=json.dumps(PO_NUMBER))
    with here.gateway("mindee") as gateway:
        schema = schema_of(gateway, "/extraction", body)
        run = Run(gateway.connection())
        output = succeeded(run, run.act("/extraction", body))
    assert_names(schema, output, "result.fields", "po_number")


def test_rule_10_earlier_results_name_the_outputs_of_mindee(here: World) -> None:
    body = order("like before")
    with here.gateway("mindee") as gateway:
        run = Run(gateway.connection())
        output = succeeded(run, run.act("/extraction", body))
        schema = schema_of(gateway, "/extraction", {"model_id": MODEL})
    names = list(output["result"]["fields"])
    assert_names(schema, output, "result.fields", *names)


def test_rule_10_a_schema_of_ones_own_names_the_outputs_of_documind(here: World) -> None:
    path, body = job("documind", uuid.uuid4().hex)
    with here.gateway("documind") as gateway:
        schema = schema_of(gateway, path, body)
        run = Run(gateway.connection())
        output = succeeded(run, run.act(path, body))
    assert_names(schema, output, "results", "invoice_number", "total_amount")


def test_rule_10_a_schema_of_ones_own_names_the_outputs_of_pulse(here: World) -> None:
    with here.gateway("pulse") as gateway:
        run = Run(gateway.connection(), "Extract")
        read = succeeded(run, run.act("/extract", paper(mark=uuid.uuid4().hex)))
        body = {"extraction_id": read["extraction_id"], "input_schema": json.dumps(FIELDS)}
        schema = schema_of(gateway, "/schema", body)
        run = Run(gateway.connection(), "Schema")
        output = succeeded(run, run.act("/schema", body))
    assert_names(schema, output, "schema_output.values", "invoice_number")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_rule_10_every_schema_that_the_designer_asks_for_is_there(
    here: World, provider: str
) -> None:
    with here.gateway(provider) as gateway:
        package = gateway.package
        asked = [
            each
            for part in ("paths", "definitions")
            for each in dynamics(package.definition.get(part, {}))
            if each.word == "x-ms-dynamic-schema"
        ]
        actions = list(here.system.engine.parts.manifest(provider).actions)
        for each in asked:
            for action in ("", *actions):
                entered = {"action": action} if action else {}
                answer = ask(Run(gateway.connection()), package, each, entered)
                assert answer.status == 200, (each.place, answer)
                assert at(answer.json(), each.said["value-path"])["type"] in ("object", "array")
    assert len(asked) >= 5


def test_rule_10_the_result_stays_until_its_time_is_over(still: World) -> None:
    location = ordered(still)
    still.pass_time(10)
    still.pass_time(10)
    first = still.call("GET", location)
    assert first.status_code == 200
    still.clock.now += 6.9 * DAY
    still.system.engine.prune()
    assert still.call("GET", location).content == first.content
    still.clock.now += 0.2 * DAY
    still.system.engine.prune()
    gone = still.call("GET", location)
    assert (gone.status_code, "Retry-After" in gone.headers) == (410, False)
