"""From a manifest to an integration for Zapier: the app that zapier-platform pushes. Pure.

The code of the app is the same for every provider and is shipped as it stands in ``app``; what it
speaks of is ``provider.json``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connector.core.language import Manifest
from connector.exporters.options import CannotExport, Options
from connector.exporters.zapier.data import data
from connector.exporters.zapier.limits import of_manifest
from connector.exporters.zapier.package import PACKAGE, package
from connector.exporters.zapier.readme import readme
from connector.manifest import Problem

NAME = "zapier"
PROVIDER = "provider.json"
CODE = Path(__file__).parent / "app"

NEXT = """Next, in that folder, with zapier-platform-cli and Node 22 (README.md says how):
  npm install
  zapier-platform register "TITLE"
  zapier-platform push
  connector keys add OWNER      the key that a connection asks for"""


def export(manifest: Manifest, options: Options) -> Mapping[str, bytes]:
    """The app: file name -> content. Raises CannotExport with everything that stands in the way."""
    found = [Problem(manifest.name, *each) for each in of_manifest(manifest, options)]
    if found:
        raise CannotExport(found)
    known = data(manifest, options)
    return {
        PACKAGE: _json(package(manifest, options)),
        PROVIDER: _json(known),
        **{path.name: path.read_bytes() for path in sorted(CODE.glob("*.js"))},
        "README.md": readme(manifest, options, known).encode(),
    }


def carried(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The new app with the version of the old one: whoever pushes it counts them."""
    try:
        version = json.loads(old.get(PACKAGE, b"{}")).get("version")
    except (ValueError, AttributeError):
        return new
    if not isinstance(version, str):
        return new
    return {**new, PACKAGE: _json({**json.loads(new[PACKAGE]), "version": version})}


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
