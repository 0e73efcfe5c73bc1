"""What is in an app, when is it not written, and what becomes of an older one?"""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from connector.cli import cli
from connector.core.language import Manifest
from connector.exporters.table import EXPORTERS, CannotExport, Options
from connector.exporters.zapier.package import CORE
from tests.living import ROOT
from tests.zapier.apps import OURS, URL, manifest, package

ZAPIER = EXPORTERS["zapier"]
SAMPLES = ROOT / "samples" / "zapier"
REFRESH = f"connector export zapier %s --public-url {URL} --out {SAMPLES}/%s"
"""The command that writes a sample anew."""

NAMES = [*OURS, "acme"]
WAYS = list(product(NAMES, ("operator", "maker"), ("fail", "answer")))


def refused(of: Manifest, url: str = URL) -> list[str]:
    """The places of everything that stands in the way."""
    with pytest.raises(CannotExport) as raised:
        ZAPIER.export(of, Options(url))
    return [each.place for each in raised.value.problems]


def with_actions(**actions: Any) -> Manifest:
    """A manifest whose actions are one of ours, changed."""
    base = manifest("mindee")
    ocr = base.actions["ocr"]
    made = {name: replace(ocr, name=name, **changes) for name, changes in actions.items()}
    return replace(base, actions=made)


def with_field(name: str, **more: Any) -> Manifest:
    """A manifest with one more field."""
    fields = manifest("mindee").actions["ocr"].fields
    member = {name: {"type": "string", "title": "A", "description": "B."}}
    return with_actions(
        ocr={"fields": {**fields, "properties": {**fields["properties"], **member}}}
    )


@pytest.mark.parametrize(("name", "credentials", "failed_jobs"), WAYS)
def test_rule_19_nothing_is_wrong_with_an_app(
    name: str, credentials: str, failed_jobs: str
) -> None:
    made = package(name, credentials=credentials, failed_jobs=failed_jobs)

    assert [str(each) for each in ZAPIER.lint(made)] == []


def test_there_is_a_sample_of_every_provider() -> None:
    assert {each.name for each in SAMPLES.iterdir()} == set(OURS)


@pytest.mark.parametrize("name", OURS)
def test_a_sample_is_what_is_exported_today(name: str) -> None:
    fresh = package(name)
    kept = {path.name: path.read_bytes() for path in (SAMPLES / name).iterdir()}
    changed = {each for each in fresh | kept if fresh.get(each) != kept.get(each)}

    assert changed == set(), f"if this is meant: {REFRESH % (name, name)}"


def test_the_tests_run_the_version_that_an_app_names() -> None:
    named = json.loads(package("mindee")["package.json"])["dependencies"]
    here = Path(__file__).parent / "node"
    wanted = json.loads((here / "package.json").read_text())["dependencies"]
    locked = json.loads((here / "package-lock.json").read_text())["packages"]

    assert named == wanted == {"zapier-platform-core": CORE}
    assert locked["node_modules/zapier-platform-core"]["version"] == CORE


def test_the_lock_names_no_address_and_a_hash_of_each_package() -> None:
    text = (Path(__file__).parent / "node" / "package-lock.json").read_text()
    packages = json.loads(text)["packages"]

    assert "://" not in text
    assert all("integrity" in each for name, each in packages.items() if name)


def test_a_makers_own_key_is_part_of_the_connection() -> None:
    fields = json.loads(package("pulse", credentials="maker")["provider.json"])["authentication"]
    own = fields["fields"][-1]

    assert (own["key"], own["type"], own["required"]) == ("provider_key", "password", True)


@pytest.mark.parametrize(
    "url",
    [
        "http://connector.example.com",
        "https://",
        "https://me@connector.example.com",
        "https://connector.example.com/?a=1",
        "https://connector.example.com#x",
        "https://[half",
        "connector.example.com",
    ],
)
def test_an_address_to_which_no_key_could_go_is_refused(url: str) -> None:
    assert set(refused(manifest("mindee"), url)) == {"--public-url"}


@pytest.mark.parametrize("url", ["http://localhost:8000", "http://127.0.0.1", "http://[::1]:80/a"])
def test_this_machine_may_do_without_https(url: str) -> None:
    assert package("mindee", url)


def test_an_action_that_would_take_the_name_of_another_step_is_refused() -> None:
    assert refused(with_actions(cancel_job={})) == ["/actions/cancel_job"]
    assert refused(with_actions(ocr={}, ocr_submit={})) == ["/actions/ocr_submit"]
    assert refused(with_actions(o={})) == ["/actions/o"]


def test_a_title_without_room_for_its_variant_is_refused() -> None:
    assert refused(with_actions(ocr={"title": "R" * 52})) == ["/actions/ocr/title"]
    assert ZAPIER.export(with_actions(ocr={"title": "R" * 51}), Options(URL))


def test_a_field_that_zapier_would_read_otherwise_is_refused() -> None:
    place = "/actions/ocr/fields/properties"

    assert refused(with_field("schema__title")) == [f"{place}/schema__title"]
    assert refused(with_field("document_url")) == [f"{place}/document"]


def test_everything_that_stands_in_the_way_is_said_at_once() -> None:
    both = with_actions(cancel_job={"title": "R" * 60})

    assert len(refused(both, "http://example.com/?a")) == 4


def test_a_version_that_its_owner_counted_up_stays() -> None:
    new = package("mindee")
    old = {**new, "package.json": b'{"version": "1.4.0"}'}

    assert json.loads(ZAPIER.carried(old, new)["package.json"])["version"] == "1.4.0"
    for unreadable in (b"{", b"[]", b'{"version": 2}'):
        assert ZAPIER.carried({"package.json": unreadable}, new) == new


def changed(name: str, change: Any) -> list[tuple[str, str]]:
    """What would break Zaps when an app is changed; places and rules."""
    old = package(name)
    known = json.loads(old["provider.json"])
    change(known)
    new = {**old, "provider.json": json.dumps(known).encode()}
    return [(each.pointer, each.rule) for each in ZAPIER.breaking(old, new)]


def operation(known: Any, key: str) -> Any:
    """What a create does."""
    return known["creates"][key]["operation"]


BREAKING: dict[str, tuple[Any, tuple[str, str]]] = {
    "a step that is gone": (
        lambda known: known["creates"].pop("ocr"),
        ("/creates/ocr", "StepGone"),
    ),
    "an input that is gone": (
        lambda known: operation(known, "ocr")["inputFields"].pop(),
        ("/creates/ocr/inputFields/client_ref", "InputGone"),
    ),
    "an input of another type": (
        lambda known: operation(known, "ocr")["inputFields"][1].update(type="number"),
        ("/creates/ocr/inputFields/model_id", "InputChanged"),
    ),
    "an input that must be given now": (
        lambda known: operation(known, "ocr")["inputFields"][-1].update(required=True),
        ("/creates/ocr/inputFields/client_ref", "InputRequired"),
    ),
    "an output that is gone": (
        lambda known: operation(known, "ocr")["outputFields"].pop(0),
        ("/creates/ocr/outputFields/id", "OutputGone"),
    ),
}


@pytest.mark.parametrize("what", BREAKING)
def test_what_breaks_zaps_is_found(what: str) -> None:
    change, wanted = BREAKING[what]

    assert changed("mindee", change) == [wanted]


def entered(known: Any, step: str, key: str) -> Any:
    """An input of a create."""
    fields = operation(known, step)["inputFields"]
    return next(each for each in fields if each["key"] == key)


BREAKING_VALUES: dict[str, tuple[Any, tuple[str, str]]] = {
    "a choice that is gone": (
        lambda known: entered(known, "extract", "model")["choices"].pop(0),
        ("/creates/extract/inputFields/model", "ChoiceGone"),
    ),
    "another default": (
        lambda known: entered(known, "extract", "model").update(default="other"),
        ("/creates/extract/inputFields/model", "DefaultChanged"),
    ),
    "a default that is gone": (
        lambda known: entered(known, "extract", "store").pop("default"),
        ("/creates/extract/inputFields/store", "DefaultChanged"),
    ),
    "one value where there were several": (
        lambda known: entered(known, "extract", "chunk_types").pop("list"),
        ("/creates/extract/inputFields/chunk_types", "InputChanged"),
    ),
    "rows that are none": (
        lambda known: entered(known, "split", "topics").pop("children"),
        ("/creates/split/inputFields/topics", "InputChanged"),
    ),
    "a field of a row that is gone": (
        lambda known: entered(known, "split", "topics")["children"].pop(0),
        ("/creates/split/inputFields/topics/children/name", "InputGone"),
    ),
    "a field of a row of another type": (
        lambda known: entered(known, "split", "topics")["children"][0].update(type="number"),
        ("/creates/split/inputFields/topics/children/name", "InputChanged"),
    ),
    "an output of another type": (
        lambda known: operation(known, "extract")["outputFields"][0].update(type="number"),
        ("/creates/extract/outputFields/id", "OutputChanged"),
    ),
}


@pytest.mark.parametrize("what", BREAKING_VALUES)
def test_what_breaks_what_zaps_give_or_use_is_found(what: str) -> None:
    change, wanted = BREAKING_VALUES[what]

    assert changed("pulse", change) == [wanted]


def test_another_choice_breaks_nothing() -> None:
    def more(known: Any) -> None:
        choices = entered(known, "extract", "model")["choices"]
        choices.append({**choices[0], "value": "newest"})
        entered(known, "tables", "table_format").pop("choices")  # now any text

    assert changed("pulse", more) == []


def test_what_is_new_breaks_nothing() -> None:
    new = package("mindee")
    less = with_actions(ocr={}, crop={})

    assert ZAPIER.breaking(new, new) == []
    assert ZAPIER.breaking({}, new) == []
    assert ZAPIER.breaking({**new, "provider.json": b"{"}, new) == []
    assert ZAPIER.breaking(ZAPIER.export(less, Options(URL)), new) == []


def command(folder: Path, *words: str, url: str = URL) -> Result:
    """The command, with the settings of a fresh machine."""
    line = ["export", "zapier", "mindee", "--public-url", url, "--out", str(folder)]
    return CliRunner().invoke(cli, [*line, *words], env={"CONNECTOR_MANIFESTS": ""})


def test_the_command_writes_an_app_and_tells_the_way_on(tmp_path: Path) -> None:
    words = ("--credentials", "maker", "--failed-jobs", "answer", "--publisher", "Me")
    done = command(tmp_path / "new", *words)
    wanted = package("mindee", credentials="maker", failed_jobs="answer", publisher="Me")

    assert done.exit_code == 0, done.output
    assert {path.name: path.read_bytes() for path in (tmp_path / "new").iterdir()} == wanted
    assert "zapier-platform push" in done.output


def test_a_refused_command_writes_nothing(tmp_path: Path) -> None:
    done = command(tmp_path / "new", url="http://connector.example.com")

    assert done.exit_code == 1
    assert "https://" in done.output
    assert not (tmp_path / "new").exists()


def test_the_readme_tells_of_every_step_that_is_shown() -> None:
    for name in NAMES:
        made = package(name)
        known, text = json.loads(made["provider.json"]), made["README.md"].decode()
        shown = [
            each["display"]["label"]
            for part in ("triggers", "searches", "creates")
            for each in known[part].values()
            if not each["display"].get("hidden")
        ]

        assert all(f"| {label} |" in text for label in shown)
        assert URL in text
