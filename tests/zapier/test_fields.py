"""What does the Zap editor see while a step is set up?"""

from __future__ import annotations

import json
import time
from typing import Any

import requests

from tests.zapier.worlds import World

KINDS = {"string", "integer", "number", "boolean", "datetime", "file", None}
PARTS = {"total": {"type": "number"}, "paid_at": {"type": "string", "format": "date-time"}}
LINES = {"type": "array", "items": {"type": "object", "parts": {"price": {"type": "number"}}}}


def fields(world: World, path: str, **query: Any) -> dict[str, dict[str, Any]]:
    """The fields of a result, by key."""
    answer = world.call("GET", path, params=query)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert isinstance(found, list)
    assert len({each["key"] for each in found}) == len(found) <= 1000
    assert all(set(each) <= {"key", "label", "type", "list"} for each in found)
    assert all(each["label"] and each.get("type") in KINDS for each in found)
    return {each["key"]: each for each in found}


def test_every_action_has_fields(here: World) -> None:
    for name, action in here.system.engine.parts.manifests["mindee"].actions.items():
        found = fields(here, f"mindee/fields/{name}")
        assert found, action
        assert all(key.startswith("result__") for key in found)


def test_a_makers_own_schema_makes_typed_fields(here: World) -> None:
    schema = {"parts": {**PARTS, "lines": LINES}}
    found = fields(here, "forms/fields/read", schema=json.dumps(schema))

    assert found["result__read__values__total"]["type"] == "number"
    assert found["result__read__values__paid_at"]["type"] == "datetime"
    assert found["result__read__values__lines[]price"]["type"] == "number"
    assert "result__id" in found


def test_a_schema_may_be_given_by_paths(here: World) -> None:
    found = fields(
        here, "forms/fields/read", schema__parts__total__type="number", model="", other="x"
    )

    assert found["result__read__values__total"]["type"] == "number"


def test_keys_are_those_of_the_job(here: World) -> None:
    value = {"id": "r-1", "read": {"values": {"total": 1.5, "lines": [{"price": 2}, {"price": 3}]}}}
    here.provider.state, here.provider.value = "done", value
    schema = json.dumps({"parts": {**PARTS, "lines": LINES}})
    answer = here.call("POST", "forms/read", json={"schema": schema, "wait": "10"})
    found = fields(here, "forms/fields/read", schema=schema)

    assert answer.status_code == 200, answer.text
    keys = set(flattened("result", answer.json()["result"]))
    assert {"result__read__values__total", "result__read__values__lines[]price"} <= keys
    assert keys <= set(found)


def flattened(key: str, value: Any) -> list[str]:
    """The keys that Zapier gives to what a step returned."""
    if isinstance(value, dict):
        return [each for name in value for each in flattened(f"{key}__{name}", value[name])]
    if isinstance(value, list):
        return [f"{key}[]{name}" for each in value for name in each]
    return [key]


def test_what_cannot_be_read_falls_back_to_what_is_known(here: World) -> None:
    usual = fields(here, "forms/fields/read")
    for schema in ("{", "[]", "5", '{"parts": 7}'):
        assert fields(here, "forms/fields/read", schema=schema) == usual


def test_there_are_never_too_many_fields(here: World) -> None:
    body = json.dumps({"parts": {f"f{number}": {} for number in range(1200)}})

    assert 100 <= len(fields(here, "forms/fields/read", schema=body)) <= 1000


def test_an_unknown_action_has_no_fields(here: World) -> None:
    assert here.call("GET", "acme/fields/nothing").status_code == 404
    assert here.call("GET", "nobody/fields/read").status_code == 404
    bare = requests.get(f"{here.system.url}/zapier/acme/fields/read", timeout=10)
    assert bare.status_code == 401


def test_lists_to_pick_from_are_bare_arrays(here: World) -> None:
    began = time.monotonic()
    answer = here.call("GET", "mindee/choices/extraction_models")

    assert answer.status_code == 200
    assert {frozenset(each) for each in answer.json()} == {frozenset(("id", "name"))}
    assert time.monotonic() - began < 10
    assert here.call("GET", "mindee/choices/nothing").status_code == 404
