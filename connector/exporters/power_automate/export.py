"""From a manifest to a connector for Power Automate: the files that paconn installs. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from connector.core.language import Manifest
from connector.exporters.options import CannotExport, Options
from connector.exporters.power_automate.definition import definition
from connector.exporters.power_automate.icon import icon
from connector.exporters.power_automate.limits import of_definition, of_manifest
from connector.exporters.power_automate.preview import preview
from connector.exporters.power_automate.properties import api_properties, color, settings
from connector.exporters.power_automate.readme import readme
from connector.manifest import Problem

NAME = "power-automate"
DEFINITION, SETTINGS = "apiDefinition.swagger.json", "settings.json"
INSTALLED = ("connectorId", "environment")
"""What an installer writes into the settings, so that paconn knows where to."""

NEXT = """Next, in that folder, with paconn in an environment of its own (README.md says how):
  paconn login
  paconn create --settings settings.json
  connector keys add OWNER      the key that a connection asks for"""


def export(manifest: Manifest, options: Options) -> Mapping[str, bytes]:
    """The package: file name -> content. Raises CannotExport with everything that stands in the
    way."""
    found = [Problem(manifest.name, *each) for each in of_manifest(manifest, options)]
    if found:
        raise CannotExport(found)
    document = definition(manifest, options)
    text = _json(document)
    found = [Problem(DEFINITION, *each) for each in of_definition(document, text.decode())]
    if found:
        raise CannotExport(found)
    return {
        DEFINITION: text,
        "apiProperties.json": _json(api_properties(manifest, options, document)),
        SETTINGS: _json(settings()),
        "icon.png": icon(manifest.title, color(manifest)),
        "preview.html": preview(document, color(manifest)),
        "README.md": readme(manifest, options, document).encode(),
    }


def carried(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The new package with what its installer wrote into the old one's settings."""
    try:
        known = json.loads(old.get(SETTINGS, b"{}"))
    except ValueError:
        return new
    kept = {name: known[name] for name in INSTALLED if isinstance(known, dict) and name in known}
    return {**new, SETTINGS: _json({**kept, **json.loads(new[SETTINGS])})} if kept else new


def _json(value: Any) -> bytes:
    """Strict JSON in ASCII."""
    return (json.dumps(value, indent=2, allow_nan=False) + "\n").encode("ascii")
