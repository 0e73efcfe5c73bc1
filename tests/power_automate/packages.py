"""Where do packages come from? From the exporter, as ``connector export`` writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from connector.core.language import Manifest
from connector.exporters.table import EXPORTERS, Options
from tests.power_automate.gateway import Package

POWER_AUTOMATE = EXPORTERS["power-automate"]
DEFINITION, PROPERTIES = "apiDefinition.swagger.json", "apiProperties.json"


MADE: dict[tuple[Any, ...], Mapping[str, bytes]] = {}
"""The packages that were asked for: to make one takes longer than most tests."""


def files(manifest: Manifest, public_url: str, **options: Any) -> Mapping[str, bytes]:
    """The files of one provider's package, made once."""
    known = (manifest.name, public_url, *options.items())
    if known not in MADE:
        MADE[known] = POWER_AUTOMATE.export(manifest, Options(public_url, **options))
    return MADE[known]


def read(package: Mapping[str, bytes]) -> Package:
    """A package as the platform reads it."""
    return Package(json.loads(package[DEFINITION]), json.loads(package[PROPERTIES]))
