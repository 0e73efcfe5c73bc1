"""Is the rest of the package what an installer needs? Properties, settings, icon and README."""

from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image, ImageColor

from connector.exporters.power_automate.export import carried, export
from connector.exporters.power_automate.icon import LIGHT, contrasting, icon, initials
from connector.exporters.table import Options
from tests.exporters.exported import NAMES, URL, definition, manifest, package, properties


@pytest.mark.parametrize("name", NAMES)
def test_a_connection_asks_for_the_key_of_the_service(name: str) -> None:
    asked = properties(name)["connectionParameters"]

    assert list(asked) == list(definition(name)["securityDefinitions"]) == ["api_key"]
    assert asked["api_key"]["type"] == "securestring"
    constraints = asked["api_key"]["uiDefinition"]["constraints"]
    assert constraints["required"] == "true"  # a string, as paconn wants it
    assert constraints["clearText"] is False
    assert definition(name)["securityDefinitions"]["api_key"]["name"] == "X-API-Key"


def test_with_makers_credentials_it_asks_for_theirs_too() -> None:
    asked = properties("pulse", "maker")["connectionParameters"]

    assert list(asked) == ["api_key", "provider_key"]
    assert asked["provider_key"]["uiDefinition"]["displayName"] == "Pulse Key"


def test_the_rest_of_the_properties() -> None:
    said = properties("documind")

    assert said["iconBrandColor"] == "#4b3fa7"
    assert said["capabilities"] == ["actions", "triggers"]
    assert said["publisher"] == "Connector"
    assert "stackOwner" not in said  # paconn refuses to install with it


@pytest.mark.parametrize("name", NAMES)
def test_the_icon_is_a_square_on_the_brand_colour(name: str) -> None:
    picture = Image.open(BytesIO(package(name)["icon.png"]))
    color = ImageColor.getrgb(properties(name)["iconBrandColor"])

    assert (picture.format, picture.size, picture.mode) == ("PNG", (230, 230), "RGB")
    assert {picture.getpixel(at) for at in ((0, 0), (229, 0), (0, 229), (34, 115))} == {color}
    drawn = [(x, y) for x in range(230) for y in range(230) if picture.getpixel((x, y)) != color]
    assert max(x for x, _ in drawn) - min(x for x, _ in drawn) <= 160
    assert max(max(at) for at in drawn) <= 196
    assert min(min(at) for at in drawn) >= 34


@pytest.mark.parametrize(
    ("title", "letters"),
    [("Acme Documents", "AD"), ("DocuMind", "DM"), ("Pulse", "P"), ("acme", "A"), ("A b c", "AB")],
)
def test_initials(title: str, letters: str) -> None:
    assert initials(title) == letters


@pytest.mark.parametrize(("color", "light"), [("#000000", True), ("#fefe00", False)])
def test_letters_stand_out_from_their_ground(color: str, light: bool) -> None:
    assert (contrasting(color) == LIGHT) == light
    assert icon("Acme", color).startswith(b"\x89PNG")


def test_settings_name_the_files_of_the_package() -> None:
    files = package("mindee")
    said = json.loads(files["settings.json"])

    assert {said["apiProperties"], said["apiDefinition"], said["icon"]} <= set(files)
    assert "script" not in said


def test_what_the_installer_wrote_into_the_settings_stays() -> None:
    new = package("mindee")
    old = {"settings.json": b'{"connectorId": "shared_x", "icon": "other.png"}'}

    after = json.loads(carried(old, new)["settings.json"])
    assert after["connectorId"] == "shared_x"
    assert after["icon"] == "icon.png"
    assert carried({}, new) == carried({"settings.json": b"{"}, new) == new


def test_the_readme_tells_every_step_and_the_way_to_it() -> None:
    text = package("documind", "maker", "answer")["README.md"].decode()

    for item in definition("documind")["paths"].values():
        for method, operation in item.items():
            if not method.startswith("x-"):
                hidden = operation.get("x-ms-visibility") == "internal"
                assert (f"`{operation['operationId']}`" if hidden else operation["summary"]) in text
    for word in ("paconn create", "connector keys add", "Import an OpenAPI file", "DocuMind Key"):
        assert word in text
    assert URL in text


def test_the_publisher_is_whoever_exports() -> None:
    files = export(manifest("pulse"), replace(Options(URL), publisher="Contoso"))

    assert json.loads(files["apiProperties.json"])["properties"]["publisher"] == "Contoso"
