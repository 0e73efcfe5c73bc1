"""From JSON files to manifests, or to the list of everything that is wrong with them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from connector.core.language import Manifest
from connector.manifest.build import build
from connector.manifest.problems import Problem
from connector.manifest.replay import examples_say, sample
from connector.manifest.sense import senseless
from connector.manifest.words import said
from connector.places import shared


class ManifestError(Exception):
    """Manifests that cannot be used; ``problems`` holds all of them."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(each) for each in problems))
        self.problems = problems


def load(path: Path) -> Manifest:
    """One manifest; raises ManifestError with every problem in it."""
    problems = list(check([path]))
    if problems:
        raise ManifestError(problems)
    return _built(path)


def load_folders(folders: Iterable[Path]) -> dict[str, Manifest]:
    """All manifests of some folders by name; a later folder replaces an earlier one's, and two
    of one name in one folder are a problem."""
    found = [files_in(folder) for folder in folders]
    problems = list(check(path for paths in found for path in paths))
    if problems:
        raise ManifestError(problems)
    loaded = [[(path, _built(path)) for path in paths] for paths in found]
    twice = [problem for folder in loaded for problem in _named_twice(folder)]
    if twice:
        raise ManifestError(twice)
    return {each.name: each for folder in loaded for _, each in folder}


def _named_twice(folder: Iterable[tuple[Path, Manifest]]) -> Iterator[Problem]:
    first: dict[str, Path] = {}
    for path, manifest in folder:
        other = first.setdefault(manifest.name, path)
        if other != path:
            message = f"{other.name} has the name {manifest.name} already; a folder has each once"
            yield Problem(str(path), "/name", message)


def _built(path: Path) -> Manifest:
    return with_samples(build(json.loads(path.read_text(encoding="utf-8"))))


def files_in(folder: Path) -> list[Path]:
    """The manifests in a folder, in the order of their names."""
    return sorted(each for each in folder.glob("*.json") if each.name != "schema.json")


def check(paths: Iterable[Path]) -> Iterator[Problem]:
    """Every problem of the files: the schema's first; sense and examples once that is clean."""
    for path in paths:
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            yield Problem(str(path), "", f"the file cannot be read: {error.strerror}")
        except ValueError as error:
            yield Problem(str(path), "", f"this is no JSON: {error}")
        else:
            yield from (Problem(str(path), place, text) for place, text in _wrong(document))


def _wrong(document: Any) -> Iterator[tuple[str, str]]:
    """Place and message of everything wrong with one manifest."""
    unshaped = list(_unshaped(document))
    if unshaped:
        yield from unshaped
        return
    nonsense = list(dict.fromkeys(senseless(document)))  # a shared call's, once
    yield from nonsense
    if not nonsense:
        yield from examples_say(document, build(document))


def _unshaped(document: Any) -> Iterator[tuple[str, str]]:
    for error in sorted(_validator().iter_errors(document), key=lambda e: list(map(str, e.path))):
        yield from said(error)


@cache
def _validator() -> Draft202012Validator:
    schema = json.loads((shared("manifests") / "schema.json").read_text(encoding="utf-8"))
    return Draft202012Validator(schema)


def with_samples(manifest: Manifest) -> Manifest:
    """The manifest with each action's sample: the result of its first successful example."""
    actions = {
        name: replace(action, sample=sample(action)) for name, action in manifest.actions.items()
    }
    return replace(manifest, actions=actions)
