"""What does Node need to know of the app? ``package.json``. Pure."""

from __future__ import annotations

from typing import Any

from connector.core.language import Manifest
from connector.exporters.options import Options

PACKAGE = "package.json"

CORE = "19.1.0"
"""The version of zapier-platform-core. zapier-platform takes an exact one only, and later ones
may behave differently: this is the one that the tests run."""


def package(manifest: Manifest, options: Options) -> dict[str, Any]:
    """``package.json``. Zapier runs Node 22 (zapier-platform 18 and later)."""
    return {
        "name": f"connector-zapier-{manifest.name.replace('_', '-')}",
        "version": "1.0.0",
        "description": f"{manifest.title} on Zapier: jobs that take minutes or days as one step.",
        "author": options.publisher,
        "private": True,
        "main": "index.js",
        "engines": {"node": ">=22"},
        "dependencies": {"zapier-platform-core": CORE},
    }
