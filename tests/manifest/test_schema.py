"""The schema documents itself: titles, descriptions and examples that are true."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from connector.core.auth import KINDS
from connector.core.language import Call, Pace, Shape
from connector.core.model import Status
from connector.core.rules import TESTS
from connector.manifest.problems import pointer
from connector.places import shared

SCHEMA = json.loads((shared("manifests") / "schema.json").read_text(encoding="utf-8"))
Place = tuple[Any, ...]


def subschemas(schema: Any, place: Place = ()) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Every schema that describes a keyword of a manifest, with its place."""
    yield place, schema
    for holder in ("properties", "$defs"):
        for name, inner in schema.get(holder, {}).items():
            yield from subschemas(inner, (*place, holder, name))
    for holder in ("items", "additionalProperties"):
        if isinstance(schema.get(holder), dict):
            yield from subschemas(schema[holder], (*place, holder))


PLACES = dict(subschemas(SCHEMA))
KEYWORDS = [place for place in PLACES if place and place[-2:-1] in (("properties",), ("$defs",))]
SHOWN = [place for place in PLACES if "examples" in PLACES[place] or "default" in PLACES[place]]


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert len(KEYWORDS) > 80


@pytest.mark.parametrize("place", KEYWORDS, ids=lambda place: pointer(*place))
def test_every_keyword_has_a_title_and_a_description(place: Place) -> None:
    schema = PLACES[place]
    meant = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else {}

    assert schema.get("title") or meant.get("title")
    assert len(schema.get("description") or meant.get("description")) >= 5


@pytest.mark.parametrize("place", SHOWN, ids=lambda place: pointer(*place))
def test_every_example_fits_its_own_schema(place: Place) -> None:
    whole = {"$schema": SCHEMA["$schema"], "$defs": SCHEMA["$defs"], **PLACES[place]}
    shown = [*PLACES[place].get("examples", [])]
    shown += [PLACES[place]["default"]] if "default" in PLACES[place] else []

    for example in shown:
        Draft202012Validator(whole).validate(example)


def test_a_default_is_what_the_program_takes() -> None:
    said = {
        name: each["default"]
        for name, each in SCHEMA["$defs"]["pace"]["properties"].items()
        if "default" in each
    }
    assert {name: getattr(Pace(), name) for name in said} == said
    for name in ("encoding", "answer", "credentials", "timeout"):
        assert SCHEMA["$defs"]["call"]["properties"][name]["default"] == getattr(Call("c"), name)
    word = SCHEMA["$defs"]["shape"]["properties"]["properties"]["default"]
    assert word == Shape("result").properties


def test_the_schema_and_the_core_know_the_same_words() -> None:
    rule = SCHEMA["$defs"]["rule"]
    assert [each["required"][0] for each in rule["oneOf"]] == list(TESTS)
    assert SCHEMA["$defs"]["status"]["enum"] == [each.value for each in Status]
    assert SCHEMA["$defs"]["auth"]["properties"]["kind"]["enum"] == list(KINDS)
