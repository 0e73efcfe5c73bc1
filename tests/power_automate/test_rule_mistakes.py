"""Rules 22 to 24 by mistakes: what the linter finds, and which changes break flows."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from connector.exporters.table import Problem
from tests.living import ROOT
from tests.power_automate.packages import DEFINITION, POWER_AUTOMATE, PROPERTIES, read
from tests.power_automate.test_rule_package import of
from tests.power_automate.worlds import PROVIDERS, World


@pytest.fixture(scope="module")
def usual(standing: World) -> frozenset[Problem]:
    """What the linter says of Mindee's packages as they are: nothing that refuses them."""
    packages = (of(standing, "mindee", {}), of(standing, "mindee", {"credentials": "maker"}))
    found = frozenset(each for package in packages for each in POWER_AUTOMATE.lint(package))
    assert not [each for each in found if each.severity == "error"]
    return found


Mutate = Callable[[dict[str, Any]], Any]


def action(document: dict[str, Any], path: str = "/extraction") -> dict[str, Any]:
    """An action of Mindee's definition."""
    found: dict[str, Any] = document["paths"][path]["post"]
    return found


def body(document: dict[str, Any], path: str = "/extraction") -> dict[str, Any]:
    """The schema of an action's body, written in place."""
    where = next(each for each in action(document, path)["parameters"] if each["in"] == "body")
    found: dict[str, Any] = where["schema"]
    return found


def nest_notification(document: dict[str, Any]) -> None:
    """The notification's content into the operation, where it does not belong."""
    item = document["paths"]["/extraction/callback"]
    item["post"]["x-ms-notification-content"] = item.pop("x-ms-notification-content")


MISTAKES: dict[str, Mutate] = {
    "an id that is there twice": lambda d: action(d).update(operationId="GetStatus"),
    "an id with a hyphen": lambda d: action(d).update(operationId="extract-data"),
    "a long summary": lambda d: action(d).update(summary="word " * 17),
    "a description like the summary": lambda d: action(d).update(description=action(d)["summary"]),
    "a description without an end": lambda d: action(d).update(description="Reads a document"),
    "an input without a summary": lambda d: body(d)["properties"]["alias"].pop("x-ms-summary"),
    "an input without a description": lambda d: body(d)["properties"]["alias"].pop("description"),
    "a path parameter that is optional": lambda d: d["paths"]["/results/{id}"]["get"]["parameters"][
        0
    ].update(required=False),
    "a path parameter without an encoding": lambda d: d["paths"]["/results/{id}"]["get"][
        "parameters"
    ][0].pop("x-ms-url-encoding"),
    "a second answer with a schema": lambda d: action(d)["responses"]["422"].update(
        schema={"type": "object"}
    ),
    "a schema on default": lambda d: action(d)["responses"]["default"].update(
        schema={"type": "object"}
    ),
    "a notification in the operation": nest_notification,
    "a notification url that is optional": lambda d: body(d, "/extraction/callback")[
        "required"
    ].remove("callback_url"),
    "a notification url that is shown": lambda d: body(d, "/extraction/callback")["properties"][
        "callback_url"
    ].pop("x-ms-visibility"),
    "alternatives": lambda d: body(d)["properties"]["alias"].update(oneOf=[{"type": "string"}]),
    "repeated parameters": lambda d: d["paths"]["/finished"]["get"]["parameters"][0].update(
        type="array", items={"type": "string"}, collectionFormat="multi"
    ),
    "paths that differ by case": lambda d: d["paths"].update(
        {"/Finished": deepcopy(d["paths"]["/finished"])}
    ),
    "a parameter called connectionId": lambda d: d["paths"]["/finished"]["get"]["parameters"][
        0
    ].update(name="connectionId"),
    "a title with a word of Microsoft's": lambda d: d["info"].update(title="Mindee Connector API"),
    "a short description": lambda d: d["info"].update(description="Reads."),
    "a list that is not there": lambda d: body(d)["properties"]["model_id"][
        "x-ms-dynamic-values"
    ].update(operationId="ListNothing"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_rule_22_the_linter_finds(standing: World, usual: frozenset[Problem], mistake: str) -> None:
    package = of(standing, "mindee", {})
    document = json.loads(package[DEFINITION])
    MISTAKES[mistake](document)
    broken = {**package, DEFINITION: json.dumps(document).encode()}
    assert set(POWER_AUTOMATE.lint(broken)) - usual


PROPERTY_MISTAKES: dict[str, Mutate] = {
    "a key under another name": lambda p: p["connectionParameters"].update(
        other=p["connectionParameters"].pop("api_key")
    ),
    "a key that is shown": lambda p: p["connectionParameters"]["api_key"].update(type="string"),
    "a colour that is none": lambda p: p.update(iconBrandColor="blue"),
    "a policy for an operation that is not there": lambda p: p["policyTemplateInstances"][0][
        "parameters"
    ]["x-ms-apimTemplate-operationName"].append("Nothing"),
}


@pytest.mark.parametrize("mistake", PROPERTY_MISTAKES)
def test_rule_23_the_linter_finds(standing: World, usual: frozenset[Problem], mistake: str) -> None:
    package = of(standing, "mindee", {"credentials": "maker"})
    document = json.loads(package[PROPERTIES])
    PROPERTY_MISTAKES[mistake](document["properties"])
    broken = {**package, PROPERTIES: json.dumps(document).encode()}
    assert set(POWER_AUTOMATE.lint(broken)) - usual


def rename_result(document: dict[str, Any]) -> None:
    """A member of an output gets another name."""
    properties = document["definitions"]["ExtractionResult"]["properties"]
    properties["outcome"] = properties.pop("result")


BREAKS: dict[str, Mutate] = {
    "an operation is gone": lambda d: d["paths"]["/operations/{id}/cancel"].pop("post"),
    "an operation is renamed": lambda d: action(d).update(operationId="Extract"),
    "a path is gone": lambda d: d["paths"].pop("/ocr"),
    "a parameter is gone": lambda d: d["paths"]["/finished"]["get"]["parameters"].pop(0),
    "an input is gone": lambda d: body(d)["properties"].pop("alias"),
    "a value is gone": lambda d: next(
        each["enum"] for each in d["paths"]["/finished"]["get"]["parameters"] if "enum" in each
    ).pop(0),
    "an output is gone": rename_result,
    "an input is newly required": lambda d: body(d)["required"].append("alias"),
    "a new input is required": lambda d: (
        body(d)["properties"].update(more={"type": "string"}),
        body(d)["required"].append("more"),
    ),
    "an input has another type": lambda d: body(d)["properties"]["alias"].update(type="integer"),
    "the key goes elsewhere": lambda d: next(iter(d["securityDefinitions"].values())).update(
        name="X-Other"
    ),
}
SAFE: dict[str, Mutate] = {
    "nothing": lambda d: None,
    "a new input": lambda d: body(d)["properties"].update(
        more={"type": "string", "x-ms-summary": "More", "description": "More."}
    ),
    "another text": lambda d: action(d).update(description="Reads it all."),
    "a new operation": lambda d: d["paths"].update(
        {"/more": {"get": {**d["paths"]["/finished"]["get"], "operationId": "More"}}}
    ),
}


@pytest.mark.parametrize("change", [*BREAKS, *SAFE])
def test_rule_24_a_change_that_breaks_flows_is_found(standing: World, change: str) -> None:
    package = of(standing, "mindee", {})
    document = json.loads(package[DEFINITION])
    {**BREAKS, **SAFE}[change](document)
    changed = {**package, DEFINITION: json.dumps(document).encode()}
    found = [str(each) for each in POWER_AUTOMATE.breaking(package, changed)]
    assert bool(found) == (change in BREAKS), found


@pytest.mark.parametrize("provider", PROVIDERS)
def test_rule_24_flows_of_the_released_package_go_on(standing: World, provider: str) -> None:
    released = ROOT / "samples" / "power-automate" / provider
    old = {each.name: each.read_bytes() for each in released.iterdir()}
    assert read(old).operations()
    assert POWER_AUTOMATE.breaking(old, of(standing, provider, {})) == []
