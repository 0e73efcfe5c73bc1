"""What no small patch can show: unreadable files, large ones, icons, and things in great number."""

from __future__ import annotations

import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from connector.exporters.power_automate.lint import lint
from tests.exporters.packages import DEFINITION, GOOD, PROPERTIES, changed

IN_CODE = {
    "BodySchemaCountExceedsMaxAllowed", "FileMissing", "FileTooLarge", "IconBrandColorTaken",
    "IconGroundNotBrandColor", "IconNotPng", "IconNotSquare", "IconSizeNotInRange",
    "IconTransparent", "InvalidFormDataParameterName",
    "OAuthSecurityRequirementValueMustBeScopeName",
    "OperationSchemaCountExceedsMaxAllowed", "StrictJson", "TotalOperationsCountExceedsMaxAllowed",
    "ValueMustBeInEnglish",
}  # fmt: skip
"""The rules whose bad packages are made here."""

RESULT = "/paths/~1operations~1{id}~1result/get/responses/200/schema"
TEXT = {"type": "string", "x-ms-summary": "Field", "description": "One of many fields."}
BLUE = "#336699"


def rules_broken(package: Mapping[str, bytes]) -> set[str]:
    return {problem.rule for problem in lint(package)}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"swagger": "2.0", // two\n}', "this is no strict JSON: "),
        (b'\xef\xbb\xbf{"swagger": "2.0"}', "this is no strict JSON: "),
        (b'{"swagger": NaN}', "NaN is no JSON number"),
        (b'{"swagger": "\xff"}', "this is no UTF-8 from byte 13 on"),
        (b"[" * 100_000, "this is nested too deeply to be read"),
        (b"[]", "this must be a JSON object"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_and_nothing_else(content: bytes, said: str) -> None:
    found = [each for each in lint({**GOOD, DEFINITION: content}) if each.rule == "StrictJson"]

    assert [said in each.message for each in found] == [True]


def test_a_name_that_stands_twice_is_found_while_all_else_is_judged() -> None:
    text = GOOD[PROPERTIES].replace(b'"publisher"', b'"iconBrandColor": "blue", "publisher"')

    (problem,) = lint({**GOOD, PROPERTIES: text.replace(b"#336699", b"#336699")})[:1]

    assert (
        problem.message
        == "the name 'iconBrandColor' stands twice in one object; remove one of them"
    )


@pytest.mark.parametrize("dash", ["–".encode(), b"\\u2013"])
def test_only_plain_characters_pass_also_when_escaped(dash: bytes) -> None:
    text = GOOD[DEFINITION].replace(b"Reads the fields", b"Reads " + dash + b" the fields", 1)

    (problem,) = lint({**GOOD, DEFINITION: text})

    assert problem.rule == "ValueMustBeInEnglish"
    assert problem.message.startswith("line 6 holds ")


def test_a_backslash_before_a_u_is_no_escape() -> None:
    text = GOOD[DEFINITION].replace(b"Reads the fields", b"Reads \\\\u0041 the fields", 1)

    assert lint({**GOOD, DEFINITION: text}) == []


def test_a_file_has_less_than_a_megabyte() -> None:
    large = GOOD[DEFINITION] + b" " * (1024 * 1024)

    assert rules_broken({**GOOD, DEFINITION: large}) == {"FileTooLarge"}


@pytest.mark.parametrize("name", [DEFINITION, PROPERTIES])
def test_a_package_has_its_two_files(name: str) -> None:
    rest = {key: value for key, value in GOOD.items() if key not in (name, "settings.json")}

    assert [(each.file, each.rule) for each in lint(rest)] == [(name, "FileMissing")]


def test_settings_and_icon_may_be_absent() -> None:
    assert lint({name: GOOD[name] for name in (DEFINITION, PROPERTIES)}) == []


def picture(size: tuple[int, int], colour: str, mode: str = "RGB", kind: str = "PNG") -> bytes:
    into = BytesIO()
    Image.new(mode, size, colour).save(into, kind)
    return into.getvalue()


@pytest.mark.parametrize(
    ("icon", "rule"),
    [
        (b"GIF89a", "IconNotPng"),
        (picture((160, 160), BLUE)[:60], "IconNotPng"),
        (picture((160, 160), BLUE, kind="GIF"), "IconNotPng"),
        (picture((160, 120), BLUE), "IconNotSquare"),
        (picture((64, 64), BLUE), "IconSizeNotInRange"),
        (picture((512, 512), BLUE), "IconSizeNotInRange"),
        (picture((160, 160), f"{BLUE}80", "RGBA"), "IconTransparent"),
        (picture((160, 160), "#ffffff"), "IconGroundNotBrandColor"),
    ],
)
def test_an_icon_is_a_square_png_on_the_brands_colour(icon: bytes, rule: str) -> None:
    assert rules_broken({**GOOD, "icon.png": icon}) == {rule}


def test_a_colour_that_is_nearly_the_brands_passes() -> None:
    assert lint({**GOOD, "icon.png": picture((230, 230), "#346698")}) == []


@pytest.mark.parametrize("colour", ["#FFFFFF", "#007ee5"])
def test_white_and_the_platforms_blue_are_taken(colour: str) -> None:
    change = {"op": "replace", "path": "/properties/iconBrandColor", "value": colour}
    package = changed([change], PROPERTIES)

    assert rules_broken({**package, "icon.png": picture((160, 160), colour)}) == {
        "IconBrandColorTaken"
    }


def test_a_body_holds_512_schemas() -> None:
    def of(count: int) -> dict[str, bytes]:
        return changed([{"op": "replace", "path": RESULT, "value": fields(count)}])

    assert lint(of(511)) == []
    assert rules_broken(of(512)) == {"BodySchemaCountExceedsMaxAllowed"}


def test_an_operation_holds_16384_schemas() -> None:
    shared = {"op": "add", "path": "/definitions/Large", "value": fields(200)}
    many = {f"f{number}": {"$ref": "#/definitions/Large"} for number in range(90)}
    result = {"op": "replace", "path": RESULT, "value": {"type": "object", "properties": many}}

    assert rules_broken(changed([shared, result])) == {
        "BodySchemaCountExceedsMaxAllowed", "OperationSchemaCountExceedsMaxAllowed",
    }  # fmt: skip


def test_a_schema_that_holds_itself_is_counted_once() -> None:
    parent = {"op": "add", "path": "/definitions/Job/properties/parent", "value": {
        "$ref": "#/definitions/Job"
    }}  # fmt: skip

    assert lint(changed([parent])) == []


def test_a_definition_has_256_operations() -> None:
    def of(count: int) -> dict[str, bytes]:
        here = len(json.loads(GOOD[DEFINITION])["paths"])
        new = [
            {"op": "add", "path": f"/paths/~1things~1{number}", "value": {"get": operation(number)}}
            for number in range(count - here)
        ]
        return changed(new)

    assert lint(of(256)) == []
    assert rules_broken(of(257)) == {"TotalOperationsCountExceedsMaxAllowed"}


def test_a_field_of_a_form_has_a_plain_name() -> None:
    field = {**TEXT, "name": "größe", "in": "formData"}
    upload = {**operation(1), "consumes": ["multipart/form-data"], "parameters": [field]}
    change = {"op": "add", "path": "/paths/~1upload", "value": {"post": upload}}

    assert rules_broken(changed([change])) == {
        "InvalidFormDataParameterName", "ValueMustBeInEnglish",
    }  # fmt: skip


def test_a_scope_that_is_asked_for_is_defined() -> None:
    oauth = {
        "type": "oauth2", "flow": "accessCode", "scopes": {"read": "Reads."},
        "authorizationUrl": "https://acme.example/login",
        "tokenUrl": "https://acme.example/token",
    }  # fmt: skip
    defined = {"op": "add", "path": "/securityDefinitions/login", "value": oauth}
    setting = {"type": "oauthSetting", "uiDefinition": {
        "displayName": "Login", "description": "Who you are.", "tooltip": "Log in.",
    }}  # fmt: skip
    path = "/properties/connectionParameters/login"
    package = changed([{"op": "add", "path": path, "value": setting}], PROPERTIES)

    def asking(scope: str) -> dict[str, bytes]:
        asked = {"op": "add", "path": "/security/-", "value": {"login": [scope]}}
        return changed([defined, asked], package=package)

    assert lint(asking("read")) == []
    assert rules_broken(asking("write")) == {"OAuthSecurityRequirementValueMustBeScopeName"}
    assert "ConnectionParameterMissing" in rules_broken(
        {**asking("read"), PROPERTIES: GOOD[PROPERTIES]}
    )


def fields(count: int) -> dict[str, Any]:
    """An object of so many fields."""
    return {"type": "object", "properties": {f"f{number}": TEXT for number in range(count)}}


def operation(number: int) -> dict[str, Any]:
    """A small good operation."""
    return {
        "operationId": f"GetThing{number}",
        "summary": f"Get thing {number}",
        "description": "Gets one of many things.",
        "responses": {"200": {"description": "The thing.", "schema": fields(1)}},
    }
