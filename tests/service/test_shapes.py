"""What a result will look like, as a designer asks for it: by the maker's own schema, by a list
of fields, by the owner's last result. Never by another owner's."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests
from jsonschema import Draft202012Validator

from connector.core.model import Status
from connector.engine import shaping
from connector.platforms.openapi_parts import OPERATION
from tests.living import MODEL, Living
from tests.service.acme import Acme, acme
from tests.service.worlds import another_key, quick, until_closed

VALUES = {"total_amount": 12.5, "lines": [{"item": "Paper", "price": None}, {"price": 3}]}
LIST = json.dumps({"fields": [{"name": "total", "label": "The sum"}, {"name": "due_date"}]})


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Acme, Living]]:
    """A system whose provider answers whatever the test decides."""
    with acme() as (provider, settings):
        provider.state = "done"
        forms = {**settings, "FORMS_BASE_URL": provider.url}
        with quick(tmp_path_factory.mktemp("shapes"), forms) as system:
            yield provider, system


@pytest.fixture
def forms(world: tuple[Acme, Living]) -> Iterator[Forms]:
    """The system and its provider, and nothing that an earlier test has done."""
    provider, system = world
    yield Forms(provider, system)
    for op in system.engine.find("tests") + system.engine.find("someone-else"):
        system.engine.forget(op)


class Forms:
    """A provider of fields, and someone who sets up steps for it."""

    def __init__(self, provider: Acme, system: Living) -> None:
        self.provider = provider
        self.system = system

    def do(self, result: Any, action: str = "read", key: str | None = None, **given: Any) -> str:
        """A job that ended with this result; its id."""
        self.provider.value = result
        headers = {"X-API-Key": key or self.system.key}
        answer = self.system.call("POST", f"/v1/forms/{action}", json=given, headers=headers)
        id = str(answer.json()["id"])
        end = time.monotonic() + 10
        while self.system.engine.get(id, None).status != Status.SUCCEEDED:
            assert time.monotonic() < end
            time.sleep(0.02)
        return id

    def output(self, action: str = "read", key: str | None = None, **given: Any) -> Any:
        """The JSON Schema of the result."""
        answer = self._asked(f"/v1/providers/forms/{action}/output", key, given)
        Draft202012Validator.check_schema(answer)
        return answer

    def typed(self, action: str = "read", key: str | None = None, **given: Any) -> Any:
        """What the designer gets."""
        asked = {"action": action, **given}
        answer = self._asked("/power-automate/forms/output", key, asked)
        assert set(answer) == {"schema"}
        return answer["schema"]

    def fields(self, action: str = "read", key: str | None = None, **given: Any) -> Any:
        """The fields that a read or a scan will have, by name."""
        known = self.output(action, key, **given)["properties"]
        spot = known["found"] if action == "scan" else known["read"]["properties"]["values"]
        return spot.get("properties", {})

    def _asked(self, path: str, key: str | None, given: Mapping[str, Any]) -> Any:
        said = {
            name: each if isinstance(each, str) else json.dumps(each)
            for name, each in given.items()
        }
        headers = {"X-API-Key": key or self.system.key}
        answer = self.system.call("GET", path, params=said, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()


def read(**values: Any) -> dict[str, Any]:
    """A result of the action ``read``."""
    return {"id": "r-1", "read": {"values": values}}


def test_a_makers_own_schema_gives_the_fields(forms: Forms) -> None:
    schema = {
        "parts": {"total": {"type": "number"}, "lines": {"items": {"parts": {"item": {}}}}},
        "required": ["total"],
    }

    output = forms.output(schema=schema, model="m-1")

    assert output["properties"]["id"]["title"] == "ID"
    assert output["properties"]["read"]["properties"]["values"] == {
        "type": "object",
        "title": "Values",
        "description": "The values, by name.",
        "required": ["total"],
        "properties": {
            "total": {"type": "number", "title": "Total"},
            "lines": {
                "type": "array",
                "title": "Lines",
                "items": {"type": "object", "properties": {"item": {"title": "Item"}}},
            },
        },
    }


def test_the_designer_gets_them_as_swagger(forms: Forms) -> None:
    typed = forms.typed(schema={"parts": {"due_date": {"type": ["string", "null"]}}})

    due = typed["properties"]["read"]["properties"]["values"]["properties"]["due_date"]
    assert due["type"] == "string"
    assert due["x-ms-summary"] == "Due Date"
    assert due["description"].endswith(".")


def test_a_list_of_fields_gives_their_names_and_what_each_of_them_is(forms: Forms) -> None:
    fields = forms.fields("scan", wanted=LIST)

    assert list(fields) == ["total", "due_date"]
    assert fields["total"]["title"] == "The sum"
    assert fields["due_date"]["title"] == "Due date"
    assert set(fields["due_date"]["properties"]) == {"value", "page"}


def test_the_last_result_of_the_same_list_tells_the_types_as_well(forms: Forms) -> None:
    found = {"total": {"value": 12.5, "page": 1}, "rows": {"value": [{"item": "Paper"}]}}
    forms.do({"found": found}, "scan", wanted=LIST, model="m-1")

    fields = forms.fields("scan", wanted=LIST, model="m-1")

    assert fields["total"]["title"] == "The sum"
    assert fields["total"]["properties"]["value"]["type"] == "number"
    assert fields["total"]["properties"]["page"]["type"] == "integer"
    assert set(fields["due_date"]["properties"]) == {"value", "page"}
    assert fields["rows"]["properties"]["value"]["items"]["properties"]["item"]["type"] == "string"
    assert "rows" not in forms.fields("scan", wanted=LIST, model="m-2")
    assert forms.fields("scan", model="m-1") == {}


def test_the_last_result_of_an_input_like_this_shows_the_fields(forms: Forms) -> None:
    forms.do(read(old="x"), model="m-1")
    forms.do(read(**VALUES), model="m-1")
    forms.do(read(other="y"), model="m-2")

    fields = forms.fields(model="m-1")

    assert fields == {
        "total_amount": {"type": "number", "title": "Total amount"},
        "lines": {
            "type": "array",
            "title": "Lines",
            "items": {
                "type": "object",
                "properties": {
                    "item": {"type": "string", "title": "Item"},
                    "price": {"type": ["number", "null"], "title": "Price"},
                },
            },
        },
    }
    assert set(forms.fields(model="m-2")) == {"other"}
    assert forms.fields(model="m-3") == forms.fields() == {}


def test_an_input_is_like_another_by_its_types_and_defaults(forms: Forms) -> None:
    forms.do(read(usual=1), model="m-1")
    forms.do(read(strict=1), model="m-1", strict=True)

    assert set(forms.fields(model="m-1")) == {"usual"}
    assert set(forms.fields(model="m-1", strict="no")) == {"usual"}
    assert set(forms.fields(model="m-1", strict="true")) == {"strict"}


def test_what_came_of_a_schema_shows_nothing_to_those_without_one(forms: Forms) -> None:
    forms.do(read(mine=1), model="m-1", schema={"parts": {"mine": {"type": "number"}}})

    assert forms.fields(model="m-1") == {}


def test_a_schema_that_we_cannot_read_is_known_by_its_last_result(forms: Forms) -> None:
    strange = {"fields": ["mine"]}
    forms.do(read(mine=1), model="m-1", schema=strange)

    assert set(forms.fields(model="m-1", schema=strange)) == {"mine"}
    assert forms.fields(model="m-1", schema={"fields": ["yours"]}) == {}


def test_another_owners_result_shows_nothing(forms: Forms) -> None:
    stranger = another_key(forms.system)
    forms.do(read(secret=1), model="m-1")
    forms.do(read(theirs=1), key=stranger, model="m-2")

    assert forms.fields(model="m-1", key=stranger) == {}
    assert set(forms.fields(model="m-2", key=stranger)) == {"theirs"}
    assert forms.fields(model="m-2") == {}
    assert set(forms.fields(model="m-1")) == {"secret"}


def test_a_large_result_shows_its_fields_too(forms: Forms) -> None:
    rows = [{"item": "x" * 100, "price": number} for number in range(1000)]
    id = forms.do(read(rows=rows), model="m-1")
    assert forms.system.engine.get(id, None).facts["result"]["spilled"]

    assert set(forms.fields(model="m-1")["rows"]["items"]["properties"]) == {"item", "price"}


def test_a_result_that_is_too_large_gives_way_to_the_one_before_it(
    forms: Forms, monkeypatch: pytest.MonkeyPatch
) -> None:
    forms.do(read(small=1), model="m-1")
    for _ in range(2):
        forms.do(read(rows=["x" * 100] * 1000), model="m-1")

    monkeypatch.setattr(shaping, "LARGEST", 50_000)

    assert set(forms.fields(model="m-1")) == {"small"}


def test_a_large_result_whose_file_is_gone_shows_nothing(forms: Forms) -> None:
    id = forms.do(read(rows=["x" * 100] * 1000), model="m-1")
    engine = forms.system.engine
    engine.parts.files.delete([engine.get(id, None).facts["result"]["$file"]])

    assert forms.fields(model="m-1") == {}


@pytest.mark.parametrize("result", [{"id": "r-1"}, {"read": {"values": []}}, [1], "text", 7])
def test_a_result_without_fields_shows_nothing(forms: Forms, result: Any) -> None:
    forms.do(result, model="m-1")

    assert forms.fields(model="m-1") == {}


def test_a_forgotten_result_shows_nothing(forms: Forms) -> None:
    id = forms.do(read(gone=1), model="m-1")
    assert forms.system.call("DELETE", f"/v1/operations/{id}").ok

    assert forms.fields(model="m-1") == forms.fields() == {}


def test_a_schema_that_cannot_be_read_leaves_what_the_manifest_says(forms: Forms) -> None:
    usual = forms.typed()

    for text in ("{", "[" * 5000, "7", "null", '{"parts": []}', '{"parts": {}}', ""):
        assert forms.typed(schema=text) == usual
        assert forms.typed("scan", wanted=text) == forms.typed("scan")
    assert forms.typed(unknown="x", **{"x-ms-anything": "y"}) == usual


def test_a_hostile_schema_is_answered_small_and_soon(forms: Forms) -> None:
    deep: Any = {"type": "string"}
    for _ in range(60):
        deep = {"type": "object", "parts": {"in": deep, "ref": {"$ref": "#"}}}
    many = {f"f{n}": 7 for n in range(300)}
    began = time.monotonic()

    typed = forms.typed(
        schema={"parts": {"deep": deep, "\x00": {"type": {}}, "\ud800": {}, **many}}
    )

    assert time.monotonic() - began < 4
    assert len(json.dumps(typed)) < 200_000
    assert '"$ref"' not in json.dumps(typed)


def test_a_job_and_a_list_of_jobs_have_a_typed_result(forms: Forms) -> None:
    schema = {"parts": {"total": {"type": "number"}}}

    job = forms.typed(schema=schema, **{"as": "job"})
    jobs = forms.typed(schema=schema, **{"as": "jobs"})

    assert set(job["properties"]) == set(OPERATION["properties"])
    values = job["properties"]["result"]["properties"]["read"]["properties"]["values"]
    assert values["properties"]["total"]["type"] == "number"
    assert job["properties"]["error"]["properties"]["message"]["description"]
    assert jobs["type"] == "array"
    assert jobs["items"]["properties"] == job["properties"]


def test_without_an_action_there_are_jobs_of_any(forms: Forms) -> None:
    jobs = forms.typed("", **{"as": "jobs"})

    assert jobs["items"]["properties"]["status"]["type"] == "string"
    assert "properties" not in jobs["items"]["properties"]["result"]
    assert forms.typed("") == {"type": "object"}


def test_the_document_is_what_it_is_described_as(forms: Forms) -> None:
    id = forms.do(read(total=1), model="m-1")
    document = forms.system.call("GET", f"/v1/operations/{id}").json()

    assert set(document) == set(OPERATION["properties"])
    Draft202012Validator(OPERATION).validate(document)


@pytest.mark.parametrize(
    "path", ["/power-automate/{}/output?action={}", "/v1/providers/{}/{}/output"]
)
def test_who_asks_for_what_is_not_there_is_told(forms: Forms, path: str) -> None:
    call = forms.system.call

    assert call("GET", path.format("forms", "write")).json()["code"] == "unknown_action"
    assert call("GET", path.format("firms", "read")).json()["code"] == "unknown_provider"
    assert call("GET", path.format("forms", "write")).status_code == 404
    assert (
        requests.get(forms.system.url + path.format("forms", "read"), timeout=10).status_code == 401
    )


def test_an_unknown_form_is_refused(forms: Forms) -> None:
    answer = forms.system.call("GET", "/power-automate/forms/output?action=read&as=tree")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/as"


def test_the_designer_picks_from_a_list(system: Living) -> None:
    answer = system.call("GET", "/power-automate/mindee/choices/extraction_models")

    assert answer.status_code == 200
    assert set(answer.json()) == {"items"}
    assert MODEL in {each["id"] for each in answer.json()["items"]}
    plain = system.call("GET", "/v1/providers/mindee/choices/extraction_models")
    assert plain.json() == answer.json()["items"]


def test_a_list_that_is_not_there_and_one_asked_wrongly_are_refused(system: Living) -> None:
    path = "/power-automate/mindee/choices/"

    assert system.call("GET", f"{path}colours").status_code == 404
    assert system.call("GET", f"{path}ocr_models?colour=red").status_code == 422
    assert requests.get(f"{system.url}{path}ocr_models", timeout=10).status_code == 401


def test_a_maker_sees_the_fields_of_a_real_model_once_it_has_read_a_document(
    tmp_path: Path,
) -> None:
    with quick(tmp_path) as system:
        path = "/power-automate/mindee/output"
        asked = {"action": "extraction", "model_id": MODEL}
        before = system.call("GET", path, params=asked).json()["schema"]
        done = until_closed(system, system.order().json()["id"])
        after = system.call("GET", path, params=asked).json()["schema"]

    fields = after["properties"]["result"]["properties"]["fields"]["properties"]
    assert "properties" not in before["properties"]["result"]["properties"]["fields"]
    assert set(fields) == set(done["result"]["result"]["fields"])
    assert fields["total_amount"]["properties"]["value"]["type"] == "number"
    assert fields["total_amount"]["x-ms-summary"] == "Total Amount"
    row = fields["line_items"]["properties"]["items"]["items"]["properties"]["fields"]
    assert row["properties"]["item"]["properties"]["value"]["type"] == "string"
