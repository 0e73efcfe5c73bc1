"""Where a result holds files, and what callers see there."""

from __future__ import annotations

from typing import Any

import pytest

from connector.core.model import FILE
from connector.core.outputs import MARK, as_object, delivered, file_places, files_at, has_files
from connector.core.references import held

PDF = {
    "type": "string",
    "format": "binary",
    "contentMediaType": "application/pdf",
    "title": "Report",
    "description": "All of it.",
}
WORDS = {"type": "string", "title": "Words", "description": "Some."}
A, B = {FILE: "a", "name": "a.pdf"}, {FILE: "b", "name": "b.pdf"}


def output(**members: Any) -> dict[str, Any]:
    return {"type": "object", "properties": members}


def test_a_file_inside_a_result_is_told_of() -> None:
    seen = delivered(output(words=WORDS, report=PDF))["properties"]

    assert seen["words"] == WORDS
    assert (seen["report"]["type"], seen["report"][MARK]) == ("object", "application/pdf")
    assert (seen["report"]["title"], seen["report"]["description"]) == ("Report", "All of it.")
    assert list(seen["report"]["properties"]) == ["name", "type", "size", "url"]


def test_the_files_of_a_list_are_told_of() -> None:
    listed = {"type": "array", "title": "Pages", "description": "All.", "items": PDF}
    seen = delivered(output(pages=listed))["properties"]["pages"]

    assert (seen["type"], seen["title"]) == ("array", "Pages")
    assert seen["items"][MARK] == "application/pdf"


def test_an_output_that_is_a_file_stays_one_and_is_an_object_where_it_must() -> None:
    assert delivered(PDF) == PDF
    assert as_object(delivered(PDF))["properties"]["file"][MARK] == "application/pdf"
    assert as_object(output(words=WORDS)) == output(words=WORDS)


@pytest.mark.parametrize("kind", ["array", "string", ["array", "null"]])
def test_an_output_that_is_no_object_stands_in_one_where_it_must(kind: Any) -> None:
    said = {"type": kind, "title": "Pages"}
    assert as_object(said) == {"type": "object", "properties": {"result": said}}
    for fine in ({}, {"type": "object"}, {"type": ["object", "null"]}):
        assert as_object(fine) == fine


@pytest.mark.parametrize(
    ("said", "places"),
    [
        (PDF, [""]),
        (output(), []),
        ({"type": "object"}, []),
        (output(words=WORDS, more=True, list={"type": "array", "items": True}), []),
        (output(a=PDF, words=WORDS, b={"type": "array", "items": PDF}), ["a", "b[]"]),
    ],
)
def test_the_places_of_files_are_known_before_the_job(said: Any, places: list[str]) -> None:
    assert list(file_places(delivered(said))) == places
    assert has_files(delivered(said)) == bool(places)


@pytest.mark.parametrize(
    ("result", "members", "places"),
    [
        (A, [], [""]),
        ({"pages": 3, "file": A}, ["file"], ["file"]),
        ({"files": [A, B], "file": A}, ["files", "file"], ["files[]", "file"]),
        ({"files": [], "mixed": [A, 1], "deep": {"file": A}}, [], []),
        ([A], [], []),
        (None, [], []),
    ],
)
def test_a_result_holds_files_at_its_top(
    result: Any, members: list[str], places: list[str]
) -> None:
    assert list(held(result)) == members
    assert list(files_at(result)) == places
