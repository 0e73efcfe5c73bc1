"""What does a flow know of a result that is a file, or holds some, before there is one?"""

from __future__ import annotations

from typing import Any

from connector.exporters.power_automate.job import answer_schema, job_schema, result_schema
from connector.exporters.power_automate.schemas import to_swagger
from tests.exporters.exported import definition, manifest

TOLD = ["name", "type", "size", "url"]


def members(name: str, kind: str = "Result", failed_jobs: str = "fail") -> Any:
    """The members of an action's result, or of its job."""
    made = definition("pulse", "operator", failed_jobs)["definitions"]
    return made[f"{name}{kind}"]["properties"]


def test_a_step_that_returns_a_file_returns_an_object_that_carries_it() -> None:
    made = members("FillExcel")

    assert list(made) == ["file"]
    assert made["file"]["x-ms-summary"] == "Filled Workbook"
    assert list(made["file"]["properties"]) == [*TOLD, "content"]
    content = made["file"]["properties"]["content"]
    assert (content["type"], content["format"]) == ("string", "byte")


def test_a_file_stands_beside_the_rest_of_a_result() -> None:
    made = members("FillForm")

    assert {"file", "form_id", "page_count"} <= set(made)
    assert list(made["file"]["properties"]) == [*TOLD, "content"]


def test_the_result_of_a_job_may_be_null() -> None:
    for name in ("FillExcel", "FillForm"):
        result = members(name, "Job")["result"]
        assert (result["type"], result["x-nullable"]) == ("object", True)


def test_a_result_that_is_no_object_stands_in_one() -> None:
    listed = {"type": "array", "title": "Pages", "items": {"type": "string"}}
    result = to_swagger(job_schema(listed))["properties"]["result"]

    assert (result["type"], result["x-nullable"]) == ("object", True)
    assert result["properties"]["result"]["type"] == "array"
    assert to_swagger(result_schema(listed))["properties"]["result"]["type"] == "array"


def test_a_job_tells_of_files_and_carries_none() -> None:
    assert "properties" not in members("FillExcel", "Job")["result"]
    file = members("FillForm", "Job")["result"]["properties"]["file"]
    assert list(file["properties"]) == TOLD


def test_files_and_failures_are_answered_side_by_side() -> None:
    assert {"file", "id", "status", "error"} == set(members("FillExcel", failed_jobs="answer"))


def test_the_files_of_a_list_carry_their_content_too() -> None:
    output = manifest("pulse").actions["fill_form"].output
    listed = {"type": "array", "items": output["properties"]["file"]}
    made = answer_schema({"type": "object", "properties": {"files": listed, "more": True}})

    assert list(made["properties"]["files"]["items"]["properties"]) == [*TOLD, "content"]
