"""Rule 20: how soon a list is there, and whether it stands where the designer looks."""

from __future__ import annotations

import uuid

import pytest
from jsonschema import Draft4Validator

from tests.power_automate.designer import ask, at, dynamics, strict
from tests.power_automate.flow_engine import Run
from tests.power_automate.orders import job
from tests.power_automate.worlds import PROVIDERS, World


@pytest.mark.parametrize("provider", PROVIDERS)
def test_rule_20_lists_answer_soon_and_as_declared(here: World, provider: str) -> None:
    path, body = job(provider, uuid.uuid4().hex)
    assert Run(here.direct(provider)).act(path, body).http == 200
    narrowed = {"is_reviewed": "false"} if provider == "documind" else {}
    with here.gateway(provider) as gateway:
        lists = [each for each in gateway.package.operations() if "/choices/" in each.path]
        for each in lists:
            answer = Run(gateway.connection()).operation("GET", each.path, **narrowed)
            assert answer.status == 200, each.path
            assert answer.took < 10
            Draft4Validator(strict(gateway.package.output(each.id))).validate(answer.json())
            assert answer.json()["items"], f"{each.id} is empty"
        assert gateway.did["undeclared"] == 0
    manifest = here.system.engine.parts.manifest(provider)
    assert len(lists) == len(manifest.choices)


def test_rule_20_what_the_designer_asks_for_stands_where_it_looks(here: World) -> None:
    with here.gateway("mindee") as gateway:
        package = gateway.package
        asked = [
            each for each in dynamics(package.definition) if each.word == "x-ms-dynamic-values"
        ]
        assert len(asked) == 15, "three variants of five actions"
        for each in asked:
            answer = ask(Run(gateway.connection()), package, each, {})
            row = at(answer.json(), each.said["value-collection"])[0]
            assert isinstance(at(row, each.said["value-title"]), str)
            value = at(row, each.said["value-path"])
            new = each.twin
            assert at(at(answer.json(), new["itemsPath"])[0], new["itemValuePath"]) == value
            assert at(row, new["itemTitlePath"]) == at(row, each.said["value-title"])


def test_rule_20_a_provider_that_hangs_is_not_waited_for(here: World) -> None:
    here.misbehave("models:delay=20")
    another = {"X-Provider-Key": f"md_{uuid.uuid4().hex}"}  # whose lists are not known yet
    run = Run(here.direct("mindee"), retries=0, said=another)
    answer = run.operation("GET", "/choices/crop_models")
    assert answer.took < 10
    assert answer.status == 503
