"""What does Zapier's own checker say of the definition that an app's code makes?"""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import pytest

from connector.exporters.zapier.lint import of_definition
from tests.zapier.apps import OURS, manifest, package, write
from tests.zapier.apps import node as node
from tests.zapier.runtime import App, Runtime

NAMES = [*OURS, "acme"]
WAYS = list(product(("operator", "maker"), ("fail", "answer")))


@pytest.fixture(scope="module")
def apps(node: Runtime, tmp_path_factory: pytest.TempPathFactory) -> dict[str, App]:
    """The app of every manifest."""
    folder = tmp_path_factory.mktemp("definitions")
    return {name: App(node, write(folder / name, package(name))) for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_rule_19_zapiers_checker_finds_nothing(apps: dict[str, App], name: str) -> None:
    assert apps[name].validate() == []


@pytest.mark.parametrize("name", NAMES)
def test_rule_19_our_own_linter_finds_nothing(apps: dict[str, App], name: str) -> None:
    definition = apps[name].definition()

    assert list(of_definition(definition)) == []
    assert not definition.get("searchOrCreates")
    assert not definition.get("searchAndCreates")


@pytest.mark.parametrize(("credentials", "failed_jobs"), WAYS)
def test_rule_19_whatever_was_chosen(
    node: Runtime, tmp_path: Path, credentials: str, failed_jobs: str
) -> None:
    made = package("pulse", credentials=credentials, failed_jobs=failed_jobs)
    app = App(node, write(tmp_path, made))

    assert app.validate() == []


def test_the_checker_is_really_asked(node: Runtime, tmp_path: Path) -> None:
    broken = package("mindee")["provider.json"].replace(b'"label": "Find Job",', b"")
    app = App(node, write(tmp_path, {**package("mindee"), "provider.json": broken}))

    assert app.validate() != []


@pytest.mark.parametrize("name", NAMES)
def test_every_action_waits_or_does_not(apps: dict[str, App], name: str) -> None:
    creates = apps[name].definition()["creates"]
    actions = manifest(name).actions

    assert set(creates) == {"cancel_job", *actions, *(f"{each}_submit" for each in actions)}
    assert {key for key, each in creates.items() if "performResume" in each["operation"]} == {
        *actions
    }


@pytest.mark.parametrize("name", NAMES)
def test_only_a_result_that_inputs_decide_on_is_asked_for(apps: dict[str, App], name: str) -> None:
    creates = apps[name].definition()["creates"]

    def asks(key: str) -> bool:
        return any(isinstance(each, str) for each in creates[key]["operation"]["outputFields"])

    assert {key for key in creates if asks(key)} == {
        each.name for each in manifest(name).actions.values() if each.shape
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_hook_can_be_ended_and_shows_examples(apps: dict[str, App], name: str) -> None:
    hook: Any = apps[name].definition()["triggers"]["job_finished"]["operation"]

    assert hook["type"] == "hook"
    assert {"performSubscribe", "performUnsubscribe", "performList", "perform"} <= set(hook)


def test_the_versions_are_those_of_the_package(apps: dict[str, App]) -> None:
    definition = apps["mindee"].definition()

    assert (definition["version"], definition["platformVersion"]) == ("1.0.0", "19.1.0")
