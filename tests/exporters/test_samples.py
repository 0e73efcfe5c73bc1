"""Are the sample packages what is exported today? A change of the exporter shows in them."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from tests.exporters.exported import OURS, URL, package
from tests.living import ROOT

SAMPLES = ROOT / "samples" / "power-automate"
REFRESH = f"connector export power-automate %s --public-url {URL} --out {SAMPLES}/%s"
"""The command that writes a sample anew."""


def test_there_is_a_sample_of_every_provider() -> None:
    assert {each.name for each in SAMPLES.iterdir()} == set(OURS)


@pytest.mark.parametrize("name", OURS)
def test_a_sample_is_what_is_exported_today(name: str) -> None:
    fresh = package(name)
    kept = {path.name: path.read_bytes() for path in (SAMPLES / name).iterdir()}
    changed = {each for each in fresh | kept if content(fresh, each) != content(kept, each)}

    assert changed == set(), f"if this is meant: {REFRESH % (name, name)}"


def content(files: dict[str, bytes], name: str) -> bytes | None:
    """A file's bytes; of a picture, its points: writers of PNG compress differently."""
    if name.endswith(".png") and name in files:
        return Image.open(BytesIO(files[name])).tobytes()
    return files.get(name)
