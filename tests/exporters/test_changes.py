"""What breaks flows between two packages of a connector is found, and what is safe is not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from connector.exporters.power_automate.changes import breaking
from tests.exporters.packages import DEFINITION, GOOD, PROPERTIES, changed

EXTRACT = "/paths/~1extract/post"
BODY = f"{EXTRACT}/parameters/0/schema"
FIELDS = f"{BODY}/properties"
HOOK = "/paths/~1hooks~1finished/post/parameters/0/schema"
JOB = "/definitions/Job"
KEY = "/securityDefinitions/api_key"
PARAMETERS = "/properties/connectionParameters"
TEXT = {"type": "string", "x-ms-summary": "More", "description": "Something more."}
QUERY = {**TEXT, "name": "more", "in": "query"}


def put(path: str, value: Any) -> Mapping[str, Any]:
    return {"op": "replace", "path": path, "value": value}


def add(path: str, value: Any) -> Mapping[str, Any]:
    return {"op": "add", "path": path, "value": value}


def remove(path: str) -> Mapping[str, Any]:
    return {"op": "remove", "path": path}


def moved(path: str, to: str) -> list[Mapping[str, Any]]:
    """An operation under another path."""
    item = json.loads(GOOD[DEFINITION])["paths"][path]
    return [remove("/paths/" + path.replace("/", "~1")), add(f"/paths/{to}", item)]


BREAKING = {
    "an operation is gone": (
        [remove("/paths/~1extract~1callback")],
        "OperationRemoved", "/paths/~1extract~1callback/post",
    ),
    "an operation is called otherwise": (
        [put(f"{EXTRACT}/operationId", "Read")], "OperationRemoved", EXTRACT,
    ),
    "an operation has another path": (
        moved("/output", "~1shape"), "OperationMoved", "/paths/~1shape/get",
    ),
    "a trigger became an action": (
        [remove("/paths/~1finished/get/x-ms-trigger")], "TriggerChanged", "/paths/~1finished/get",
    ),
    "a parameter is gone": (
        [remove(f"{EXTRACT}/parameters/1")], "ParameterRemoved", f"{EXTRACT}/parameters",
    ),
    "a parameter moved to the header": (
        [put(f"{EXTRACT}/parameters/1/in", "header")],
        "ParameterRemoved", f"{EXTRACT}/parameters",
    ),
    "a new parameter must be given": (
        [add(f"{EXTRACT}/parameters/-", {**QUERY, "required": True})],
        "InputRequired", f"{EXTRACT}/parameters/2",
    ),
    "a field must be given now": (
        [add(f"{HOOK}/required/-", "status")], "InputRequired", f"{HOOK}/properties/status",
    ),
    "a field of the input is gone": (
        [remove(f"{FIELDS}/language")], "PropertyRemoved", f"{FIELDS}/language",
    ),
    "a field of the input is of another type": (
        [put(f"{FIELDS}/model/type", "integer")], "TypeChanged", f"{FIELDS}/model",
    ),
    "a file is given otherwise": (
        [put(f"{FIELDS}/document/format", "binary")], "TypeChanged", f"{FIELDS}/document",
    ),
    "a value is not taken any more": (
        [put(f"{FIELDS}/language/enum", ["en", "fr"])],
        "EnumValueRemoved", f"{FIELDS}/language",
    ),
    "any value was taken and now only some": (
        [add(f"{FIELDS}/model/enum", ["small"])], "EnumValueRemoved", f"{FIELDS}/model",
    ),
    "a default is another": (
        [put(f"{FIELDS}/language/default", "de")], "DefaultChanged", f"{FIELDS}/language",
    ),
    "a default is gone": (
        [remove(f"{FIELDS}/language/default")], "DefaultChanged", f"{FIELDS}/language",
    ),
    "a field of the output is gone": (
        [remove(f"{JOB}/properties/created_at")],
        "PropertyRemoved", f"{JOB}/properties/created_at",
    ),
    "a field of the output is of another type": (
        [put(f"{JOB}/properties/status/type", "object")],
        "TypeChanged", f"{JOB}/properties/status",
    ),
    "an answer says nothing any more": (
        [remove("/paths/~1choices~1models/get/responses/200/schema")],
        "OutputRemoved", "/paths/~1choices~1models/get/responses/200/schema",
    ),
    "the key has another name": (
        [put(f"{KEY}/name", "Authorization")], "SecurityChanged", KEY,
    ),
    "another way to sign in": (
        [add("/securityDefinitions/login", {"type": "basic"})],
        "SecurityChanged", "/securityDefinitions/login",
    ),
}  # fmt: skip

SAFE = {
    "nothing": [],
    "another host": [put("/host", "other.acme.example"), put("/basePath", "/v2")],
    "other words": [put(f"{EXTRACT}/summary", "Read a document")],
    "a new operation": [
        add("/paths/~1things", {"get": {"operationId": "ListThings", "responses": {}}})
    ],
    "a new optional parameter": [add(f"{EXTRACT}/parameters/-", QUERY)],
    "a new parameter with a default": [
        add(f"{EXTRACT}/parameters/-", {**QUERY, "required": True, "default": "a"})
    ],
    "a new optional field": [add(f"{FIELDS}/more", TEXT)],
    "a new field of the output": [add(f"{JOB}/properties/more", TEXT)],
    "a new value": [add(f"{FIELDS}/language/enum/-", "fr")],
    "a field need not be given": [put(f"{BODY}/required", ["document"])],
    "a wider range": [add(f"{FIELDS}/model/maxLength", 9)],
    "an operation is deprecated": [add(f"{EXTRACT}/deprecated", True)],
    "the body has another name": [put(f"{EXTRACT}/parameters/0/name", "input")],
}


@pytest.mark.parametrize(("changes", "rule", "place"), BREAKING.values(), ids=BREAKING.keys())
def test_what_breaks_flows_is_found(
    changes: list[Mapping[str, Any]], rule: str, place: str
) -> None:
    found = breaking(GOOD, changed(changes))

    assert [(each.file, each.rule, each.pointer) for each in found] == [(DEFINITION, rule, place)]


@pytest.mark.parametrize("changes", SAFE.values(), ids=SAFE.keys())
def test_what_is_safe_is_no_problem(changes: list[Mapping[str, Any]]) -> None:
    assert breaking(GOOD, changed(changes)) == []


def test_a_range_that_takes_less_breaks_flows_the_other_way_it_does_not() -> None:
    wide = changed([add(f"{FIELDS}/model/maxLength", 9)])
    tight = changed([add(f"{FIELDS}/model/maxLength", 8)])

    assert [each.rule for each in breaking(wide, tight)] == ["RangeNarrowed"]
    assert breaking(tight, wide) == []


@pytest.mark.parametrize(
    "change",
    [
        remove(f"{PARAMETERS}/api_key"),
        put(f"{PARAMETERS}/api_key/type", "string"),
        add(f"{PARAMETERS}/region", {
            "type": "string", "uiDefinition": {"constraints": {"required": "true"}},
        }),
    ],
    ids=lambda change: change["op"],
)  # fmt: skip
def test_a_connection_stays_as_it_was(change: Mapping[str, Any]) -> None:
    found = breaking(GOOD, changed([change], PROPERTIES))

    assert [(each.file, each.rule) for each in found] == [(PROPERTIES, "ConnectionChanged")]


def test_a_schema_is_compared_wherever_it_is_written() -> None:
    document = json.loads(GOOD[DEFINITION])
    job = document["definitions"]["Job"]
    inline = changed([put("/paths/~1hooks~1finished/x-ms-notification-content/schema", job)])

    assert breaking(GOOD, inline) == []


def test_a_schema_that_holds_itself_is_compared_to_its_end() -> None:
    parent = add(f"{JOB}/properties/parent", {"$ref": "#/definitions/Job"})

    assert breaking(changed([parent]), changed([parent])) == []


def test_nothing_breaks_where_nothing_was_or_nothing_can_be_read() -> None:
    assert breaking({}, GOOD) == []
    assert breaking({DEFINITION: b"no JSON"}, GOOD) == []
