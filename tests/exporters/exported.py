"""What does the exporter make? The packages of every manifest, with every option."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from connector.core.language import Action, Manifest
from connector.exporters.table import EXPORTERS, Options
from connector.manifest import load
from connector.manifest.load import files_in
from tests.living import ROOT

URL = "https://connector.example.com"
OURS = [path.stem for path in files_in(ROOT / "manifests")]
NAMES = [*OURS, "acme"]
CHOICES = list(product(NAMES, ("operator", "maker"), ("fail", "answer")))
"""Manifest, credentials, what a failed job is."""

SCHEMAS = ROOT.parent / "shared" / "schemas"
"""Microsoft's published schemas, which are no part of the project."""


@cache
def manifest(name: str) -> Manifest:
    """One of ours, or the sample."""
    ours: Path = ROOT / "manifests" / f"{name}.json"
    return load(ours if ours.exists() else ROOT / "samples" / "manifests" / f"{name}.json")


@cache
def package(
    name: str, credentials: Any = "operator", failed_jobs: Any = "fail", url: str = URL
) -> Mapping[str, bytes]:
    """The package of a manifest."""
    options = Options(url, credentials, failed_jobs)
    return EXPORTERS["power-automate"].export(manifest(name), options)


def definition(name: str, *options: str) -> Any:
    """The definition of a package."""
    return json.loads(package(name, *options)["apiDefinition.swagger.json"])


def properties(name: str, *options: str) -> Any:
    """The properties of a package."""
    return json.loads(package(name, *options)["apiProperties.json"])["properties"]


def inputs(operation: Any) -> Any:
    """The schema of an operation's body."""
    return next(each["schema"] for each in operation["parameters"] if each["in"] == "body")


def with_action(base: Manifest, name: str, **changes: Any) -> Manifest:
    """The manifest with its first action under a name, changed."""
    first: Action = next(iter(base.actions.values()))
    return replace(base, actions={name: replace(first, name=name, **changes)})
