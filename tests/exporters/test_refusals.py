"""What cannot be exported, and is all of it said?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from connector.core.language import Manifest, Shape
from connector.exporters.table import EXPORTERS, CannotExport, Options
from tests.exporters.exported import URL, manifest, with_action

TEXT = {"type": "string", "title": "Text", "description": "Some text."}


def refused(made: Manifest, **options: Any) -> dict[str, str]:
    """The problems: place -> messages."""
    with pytest.raises(CannotExport) as error:
        EXPORTERS["power-automate"].export(made, Options(**{"public_url": URL, **options}))
    assert str(error.value)
    found: dict[str, str] = {}
    for each in error.value.problems:
        found[each.place] = found.get(each.place, "") + f"{each.message}\n"
    return found


def acme(**changes: Any) -> Manifest:
    """The sample manifest, changed."""
    return replace(manifest("acme"), **changes)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://connector.example.com", "https://"),
        ("connector.example.com", "https://"),
        ("https://connector.example.com/?a=1", "without ?"),
        ("https://connector.example.com/#top", "without ?"),
        ("https://user:word@connector.example.com", "neither user nor password"),
        ("https://localhost:8000", "localhost"),
        ("https://printer.local", "cannot reach"),
        ("https://127.0.0.1", "private address"),
        ("https://[::1]/", "IPv6"),
        ("https://10.1.2.3:8443", "private address"),
        ("https://connector", "no full host name"),
        ("https://straße.example.com", "no full host name"),
        ("https://-a.example.com", "no full host name"),
        ("https://", "no host"),
        ("https://connector.example.com:99999", "no URL"),
        ("https://[oops", "no URL"),
        ("https://connector.example.com/a b", "path"),
        ("https://connector.example.com/{id}", "path"),
    ],
)
def test_a_public_url_that_cannot_be_installed(url: str, reason: str) -> None:
    assert reason in refused(acme(), public_url=url)["--public-url"]


@pytest.mark.parametrize(
    ("url", "host", "path"),
    [
        ("https://connector.example.com/", "connector.example.com", "/power-automate/acme"),
        ("https://example.com/a/b/", "example.com", "/a/b/power-automate/acme"),
        ("https://example.com:8443/a", "example.com:8443", "/a/power-automate/acme"),
        ("https://8.8.8.8", "8.8.8.8", "/power-automate/acme"),
    ],
)
def test_a_public_url_keeps_its_port_and_path(url: str, host: str, path: str) -> None:
    package = EXPORTERS["power-automate"].export(acme(), Options(url))
    text = package["apiDefinition.swagger.json"].decode()

    assert f'"host": "{host}",' in text
    assert f'"basePath": "{path}",' in text


@pytest.mark.parametrize(
    ("title", "reason"),
    [
        ("A" * 31, "at most 30"),
        ("Acme API", "API"),
        ("Acme Connector", "Connector"),
        ("Acme for Power Automate", "Power Automate"),
        ("Acme!", "letter or a digit"),
        ("Acmé", "ASCII"),
    ],
)
def test_a_title_that_is_not_allowed(title: str, reason: str) -> None:
    assert reason in refused(acme(title=title))["/title"]


@pytest.mark.parametrize(
    ("description", "reason"),
    [
        ("Too short.", "30 to 500"),
        ("Long. " * 90, "30 to 500"),
        ("Speaks to the Acme API about documents.", "API"),
        ("Reads documents much as Power BI would do it.", "Power BI"),
    ],
)
def test_a_description_that_is_not_allowed(description: str, reason: str) -> None:
    assert reason in refused(acme(description=description))["/description"]


@pytest.mark.parametrize("color", ["#ffffff", "#FFFFFF", "#007ee5", "#da3b01"])
def test_a_colour_that_is_taken(color: str) -> None:
    assert "choose another" in refused(acme(color=color))["/color"]


def test_an_action_whose_title_leaves_no_room() -> None:
    made = with_action(manifest("acme"), "extract", title="A" * 70)

    assert "64 fit" in refused(made)["/actions/extract/title"]


@pytest.mark.parametrize("name", ["operations", "results", "finished", "output", "hooks"])
def test_an_action_named_like_a_path_of_ours(name: str) -> None:
    assert "path" in refused(with_action(manifest("acme"), name))[f"/actions/{name}"]


@pytest.mark.parametrize("name", ["get_status", "cancel_job", "wait_for_job", "when_job_finishes"])
def test_an_action_named_like_an_operation_of_ours(name: str) -> None:
    found = refused(with_action(manifest("acme"), name))

    assert "rename" in found[f"/paths/~1{name}/post"]


def test_actions_whose_variants_have_the_same_name() -> None:
    one, two = manifest("acme").actions["extract"], "submit_extract"
    made = acme(actions={"extract": one, two: replace(one, name=two)})

    assert "SubmitExtract" in refused(made)["/paths/~1extract~1submit/post"]


@pytest.mark.parametrize("name", ["body", "on_failure"])
def test_a_field_whose_name_is_taken(name: str) -> None:
    made = with_action(manifest("acme"), "extract", fields=fields(**{name: TEXT}))

    assert "taken" in refused(made)[f"/actions/extract/fields/properties/{name}"]


def test_an_input_that_shapes_outputs_in_two_ways() -> None:
    made = with_action(
        manifest("acme"),
        "extract",
        fields=fields(model=TEXT),
        shape=Shape("total", like=("model",)),
    )
    number = {**TEXT, "type": "number"}
    other = replace(made.actions["extract"], name="split", fields=fields(model=number))

    found = refused(replace(made, actions={**made.actions, "split": other}))
    assert "as number" in found["/actions/split/fields/properties/model"]


def test_an_input_that_shapes_outputs_and_has_a_name_that_is_taken() -> None:
    made = with_action(
        manifest("acme"),
        "extract",
        fields=fields(action=TEXT),
        shape=Shape("total", schema="action"),
    )

    assert "taken" in refused(made)["/actions/extract/fields/properties/action"]


@pytest.mark.parametrize("name", ["status", "error"])
def test_an_output_named_like_the_status_of_a_failed_job(name: str) -> None:
    made = with_action(manifest("acme"), "extract", output=fields(**{name: TEXT}))

    place = f"/actions/extract/output/properties/{name}"
    assert "--failed-jobs fail" in refused(made, failed_jobs="answer")[place]
    assert EXPORTERS["power-automate"].export(made, Options(URL))


def test_names_that_are_not_ascii() -> None:
    made = with_action(manifest("acme"), "extract", output=fields(größe=TEXT))

    assert "ASCII" in refused(made)["/definitions/ExtractResult/properties/größe"]


def test_too_many_operations() -> None:
    one = manifest("acme").actions["extract"]
    names = [f"extract_{number}" for number in range(90)]
    made = acme(actions={name: replace(one, name=name) for name in names})

    assert "at most 256" in refused(made)["/paths"]


def test_too_large_a_definition() -> None:
    many = {f"field_{number}": TEXT for number in range(6000)}
    made = with_action(manifest("acme"), "extract", output=fields(**many))

    assert "at most 1000000" in refused(made)[""]


def test_everything_is_said_at_once() -> None:
    made = acme(title="Acme API Connector!", description="Short.", color="#ffffff")

    found = refused(made, public_url="http://localhost")
    assert set(found) == {"--public-url", "/title", "/description", "/color"}


def fields(**properties: Any) -> dict[str, Any]:
    """An object schema."""
    return {"type": "object", "properties": properties}
