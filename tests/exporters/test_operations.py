"""What exactly do single operations say?"""

from __future__ import annotations

from typing import Any

import pytest

from tests.exporters.exported import NAMES, definition, inputs, manifest

VARIANTS = ("", "/submit", "/callback")


@pytest.mark.parametrize("name", NAMES)
def test_every_operation_of_a_connector_is_there(name: str) -> None:
    actions, choices = manifest(name).actions, manifest(name).choices
    paths = definition(name)["paths"]
    found = {f"{method} {path}" for path, item in paths.items() for method in item}

    assert found - {f"x-ms-notification-content {path}" for path in paths} == {
        *(f"post /{action}{variant}" for action in actions for variant in VARIANTS),
        *(f"get /choices/{choice}" for choice in choices),
        "post /operations/{id}/callback",
        "get /operations/{id}",
        "get /results/{id}",
        "get /operations/{id}/result",
        "post /operations/{id}/cancel",
        "delete /subscriptions/{id}",
        "post /hooks/finished",
        "get /finished",
        "get /output",
    }


def test_the_waiting_action() -> None:
    said = definition("documind")["paths"]["/extract_now"]["post"]

    assert said["operationId"] == "ExtractNow"
    assert said["summary"] == "Extract without waiting for people"
    assert said["description"].endswith("Waits until the job has ended, and returns its result.")
    assert said["x-ms-visibility"] == "important"
    assert said["responses"]["200"]["schema"] == {"$ref": "#/definitions/ExtractNowResult"}
    assert "schema" not in said["responses"]["202"]
    assert {"400", "401", "409", "413", "422", "default"} < set(said["responses"])


def test_its_variants() -> None:
    paths = definition("mindee")["paths"]
    submit, callback = paths["/ocr/submit"]["post"], paths["/ocr/callback"]["post"]

    assert (submit["operationId"], callback["operationId"]) == ("SubmitOcr", "OcrWithCallback")
    assert submit["summary"] == "Read the text of a document (submit only)"
    assert "202" not in submit["responses"]  # the flow would wait
    assert callback["responses"]["201"]["schema"] == {"$ref": "#/definitions/OcrJob"}
    assert paths["/ocr/callback"]["x-ms-notification-content"]["schema"] == {
        "$ref": "#/definitions/OcrJob"
    }
    assert "x-ms-trigger" not in callback
    assert inputs(callback)["required"] == ["model_id", "callback_url"]


def test_a_file_is_content_or_an_address() -> None:
    said = inputs(definition("acme")["paths"]["/extract"]["post"])

    assert "required" not in said  # either will do
    assert said["properties"]["document"] == {
        "type": "string",
        "format": "byte",
        "x-ms-summary": "Document",
        "description": "The file to read. Give this or Document URL.",
    }
    assert list(said["properties"])[:3] == ["document", "document_name", "document_url"]
    assert said["properties"]["document_url"]["x-ms-summary"] == "Document URL"


def test_an_object_of_the_makers_own_is_json_text() -> None:
    said = inputs(definition("documind")["paths"]["/extract"]["post"])["properties"]["schema"]

    assert said["type"] == "string"
    assert said["description"].endswith("Give it as JSON text.")


def test_a_list_of_known_objects_is_a_list() -> None:
    said = inputs(definition("pulse")["paths"]["/split"]["post"])["properties"]["topics"]

    assert said["type"] == "array"
    assert list(said["items"]["properties"]) == ["name", "description"]
    assert said["items"]["required"] == ["name", "description"]


def test_a_field_with_choices_is_picked_from_them() -> None:
    document = definition("mindee")
    said = inputs(document["paths"]["/extraction"]["post"])["properties"]["model_id"]

    assert said["x-ms-dynamic-values"] == {
        "operationId": "ListExtractionModels",
        "value-collection": "items",
        "value-path": "id",
        "value-title": "name",
        "parameters": {},
    }
    assert said["x-ms-dynamic-list"] == {
        "operationId": "ListExtractionModels",
        "itemsPath": "items",
        "itemValuePath": "id",
        "itemTitlePath": "name",
        "parameters": {},
    }
    listed = document["paths"]["/choices/extraction_models"]["get"]
    assert listed["operationId"] == "ListExtractionModels"
    assert listed["x-ms-visibility"] == "internal"
    assert listed["responses"]["200"]["schema"]["properties"]["items"]["type"] == "array"


def test_choices_can_be_narrowed_down() -> None:
    said = definition("documind")["paths"]["/choices/extractions"]["get"]["parameters"]

    assert [each["name"] for each in said][:3] == ["status", "needs_review", "is_reviewed"]
    assert said[0]["enum"] == ["completed", "processing", "failed", "pending"]
    assert not any(each["required"] for each in said)


def test_values_and_advanced_fields() -> None:
    said = inputs(definition("pulse")["paths"]["/extract"]["post"])["properties"]

    assert said["model"]["default"] == "default"
    assert said["model"]["x-ms-enum-values"][0] == {"value": "default", "displayName": "Default"}
    assert said["show_images"]["x-ms-visibility"] == "advanced"
    assert "x-ms-visibility" not in said["figure_description"]


def test_what_every_job_may_be_given_is_advanced() -> None:
    documind = inputs(definition("documind")["paths"]["/extract"]["post"])["properties"]
    acme = inputs(definition("acme")["paths"]["/extract"]["post"])["properties"]

    assert documind["timeout"]["enum"] == ["critical", "standard", "batch"]
    assert documind["timeout"]["x-ms-enum-values"][0]["displayName"] == "Critical (300 s)"
    assert documind["pace"]["enum"] == ["backoff"]
    assert acme["timeout"]["type"] == "number"
    assert "pace" not in acme
    for each in (documind["timeout"], documind["pace"], acme["timeout"], acme["client_ref"]):
        assert each["x-ms-visibility"] == "advanced"


@pytest.mark.parametrize("failed_jobs", ["fail", "answer"])
@pytest.mark.parametrize(
    ("path", "method"),
    [("/extract", "post"), ("/operations/{id}/result", "get"), ("/results/{id}", "get")],
)
def test_what_a_failed_job_is_goes_along_unseen(path: str, method: str, failed_jobs: str) -> None:
    parameters = definition("acme", "operator", failed_jobs)["paths"][path][method]["parameters"]
    said = next(each for each in parameters if each["name"] == "on_failure")

    assert (said["default"], said["required"]) == (failed_jobs, True)
    assert said["x-ms-visibility"] == "internal"


def test_a_failed_job_that_is_an_answer_has_a_status() -> None:
    answer = definition("acme", "operator", "answer")["definitions"]["ExtractResult"]["properties"]
    fail = definition("acme", "operator", "fail")["definitions"]["ExtractResult"]["properties"]

    assert set(fail) == {"total"}
    assert set(answer) == {"total", "id", "status", "error"}
    assert set(answer["error"]["properties"]) == {"code", "message"}


def test_outputs_that_depend_on_the_input_are_asked_for() -> None:
    said = definition("mindee")["definitions"]

    assert said["ExtractionResult"]["x-ms-dynamic-schema"] == {
        "operationId": "GetOutput",
        "parameters": {
            "action": "extraction",
            "as": "result",
            **{name: {"parameter": name} for name in shaping("mindee", "extraction")},
        },
        "value-path": "schema",
    }
    assert said["ExtractionJob"]["x-ms-dynamic-properties"] == {
        "operationId": "GetOutput",
        "parameters": {
            "action": {"value": "extraction"},
            "as": {"value": "job"},
            **{n: {"parameterReference": f"body/{n}"} for n in shaping("mindee", "extraction")},
        },
        "itemValuePath": "schema",
    }
    assert "x-ms-dynamic-schema" not in said["OcrResult"]
    assert said["ExtractionResult"]["properties"]  # what is known without asking


def test_what_shapes_an_output_can_be_asked_about() -> None:
    for name in NAMES:
        parameters = {
            each["name"]: each for each in definition(name)["paths"]["/output"]["get"]["parameters"]
        }
        inputs = {n for action in manifest(name).actions for n in shaping(name, action)}
        assert set(parameters) == {"action", "as", *inputs}
        assert parameters["as"]["enum"] == ["result", "answer", "job", "jobs"]
        assert parameters["as"]["required"] is True
        assert parameters["action"]["required"] is False


@pytest.mark.parametrize(
    ("path", "method", "place", "kind"),
    [
        ("/operations/{id}", "get", "action", "job"),
        ("/results/{id}", "get", "action", "result"),
        ("/operations/{id}/callback", "post", "action", "job"),
        ("/hooks/finished", "post", "body/action", "job"),
        ("/finished", "get", "action", "jobs"),
    ],
)
def test_outputs_of_any_job_follow_the_chosen_action(
    path: str, method: str, place: str, kind: str
) -> None:
    item = definition("documind")["paths"][path]
    shown = item.get("x-ms-notification-content") or item[method]["responses"]["200"]

    assert shown["schema"]["x-ms-dynamic-properties"]["parameters"] == {
        "as": {"value": kind},
        "action": {"parameterReference": place},
    }
    assert shown["schema"]["x-ms-dynamic-schema"]["parameters"] == {
        "as": kind,
        "action": {"parameter": "action"},
    }


def test_the_webhook_trigger() -> None:
    said = definition("documind")["paths"]["/hooks/finished"]["post"]
    fields = inputs(said)["properties"]

    assert (said["operationId"], said["x-ms-trigger"]) == ("WhenJobFinishes", "single")
    assert said["x-ms-trigger-hint"]
    assert fields["status"]["enum"] == ["succeeded", "failed", "canceled", "needs_review"]
    assert fields["action"]["enum"] == ["extract", "extract_now", "wait_for_review"]
    assert inputs(said)["required"] == ["callback_url"]


def test_the_polling_trigger() -> None:
    said = definition("documind")["paths"]["/finished"]["get"]
    parameters = {each["name"]: each for each in said["parameters"]}

    assert (said["operationId"], said["x-ms-trigger"]) == ("WhenJobsFinish", "batch")
    assert said["x-ms-trigger-metadata"] == {"kind": "query", "mode": "polling"}
    assert said["responses"]["200"]["schema"]["type"] == "array"
    assert parameters["status"]["enum"] == ["succeeded", "failed", "canceled"]
    assert parameters["state"]["x-ms-visibility"] == "internal"


def test_what_makers_never_see() -> None:
    paths = definition("mindee")["paths"]
    hidden = {
        operation["operationId"]
        for item in paths.values()
        for operation in item.values()
        if operation.get("x-ms-visibility") == "internal"
    }

    lists = {f"List{kind}Models" for kind in ("Extraction", "Classification", "Crop", "Split")}
    assert hidden == {"PollResult", "Unsubscribe", "GetOutput", "ListOcrModels", *lists}


def test_the_address_is_the_public_urls() -> None:
    document: Any = definition("pulse")

    assert document["host"] == "connector.example.com"
    assert document["basePath"] == "/power-automate/pulse"
    assert document["schemes"] == ["https"]


def shaping(name: str, action: str) -> list[str]:
    """The inputs on which an action's outputs depend, as the manifest says."""
    shape = manifest(name).actions[action].shape
    return [*([shape.schema] if shape.schema else []), *shape.like] if shape else []
