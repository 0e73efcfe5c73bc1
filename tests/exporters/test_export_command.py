"""What does ``connector export`` write, refuse and say?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from connector.cli import cli
from tests.exporters.exported import URL, package


def export(folder: Path, *words: str, provider: str = "pulse", url: str = URL) -> Result:
    """The command, with the settings of a fresh machine."""
    line = ["export", "power-automate", provider, "--public-url", url, "--out", str(folder)]
    return CliRunner().invoke(cli, [*line, *words], env={"CONNECTOR_MANIFESTS": ""})


def files(folder: Path) -> dict[str, bytes]:
    """What stands in a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_package_is_written_and_the_way_on_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "pulse"
    done = export(folder)

    assert done.exit_code == 0, done.output
    assert files(folder) == package("pulse")
    assert "apiDefinition.swagger.json" in done.output
    assert "paconn create" in done.output
    assert str(folder) in done.output


def test_options_reach_the_package(tmp_path: Path) -> None:
    done = export(tmp_path, "--credentials", "maker", "--failed-jobs", "answer")

    assert done.exit_code == 0, done.output
    assert files(tmp_path) == package("pulse", "maker", "answer")


def test_programs_get_json(tmp_path: Path) -> None:
    said = json.loads(export(tmp_path, "--json").stdout)

    assert said["written"] == str(tmp_path)
    assert {each["file"] for each in said["files"]} == set(package("pulse"))
    assert said["problems"] == []


def test_a_check_writes_nothing(tmp_path: Path) -> None:
    done = export(tmp_path / "new", "--check")

    assert done.exit_code == 0, done.output
    assert not (tmp_path / "new").exists()


def test_a_check_finds_what_would_break_flows(tmp_path: Path) -> None:
    assert export(tmp_path).exit_code == 0
    path = tmp_path / "apiDefinition.swagger.json"
    old = json.loads(path.read_text())
    old["paths"]["/gone"] = {"get": {**old["paths"]["/output"]["get"], "operationId": "Gone"}}
    path.write_text(json.dumps(old))

    done = export(tmp_path, "--check")
    assert done.exit_code == 1
    assert "gone" in done.stderr.lower()
    assert json.loads(path.read_text()) == old


@pytest.mark.parametrize("words", [(), ("--check",), ("--json",)])
def test_a_refusal_writes_nothing_and_says_everything(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    done = export(tmp_path / "new", *words, url="http://localhost:8000/?a=1")

    assert done.exit_code == 1
    assert not (tmp_path / "new").exists()
    for reason in ("https://", "without ?", "localhost"):
        assert reason in done.output


def test_what_the_installer_wrote_stays(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text('{"connectorId": "shared_mine"}')

    assert export(tmp_path).exit_code == 0
    settings = json.loads((tmp_path / "settings.json").read_text())
    assert settings["connectorId"] == "shared_mine"
    assert settings["icon"] == "icon.png"


def test_a_provider_that_is_not_there(tmp_path: Path) -> None:
    done = export(tmp_path, provider="nobody")

    assert done.exit_code == 2
    assert "there is: " in done.output
