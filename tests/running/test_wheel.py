"""The package works away from its checkout: manifests, samples and stand-ins come along."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

from tests.living import ROOT
from tests.running.grounds import bare

PARTS = ("connector", "manifests", "samples", "pyproject.toml", "README.md")
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")


def test_the_wheel_checks_its_manifests_and_shows_its_demo(tmp_path: Path) -> None:
    connector = installed(built(tmp_path / "checkout"), tmp_path / "venv")
    away = {name: text for name, text in bare().items() if name != "PYTHONPATH"}

    def said(*arguments: str) -> str:
        command = [connector, *arguments]
        return subprocess.check_output(command, cwd=tmp_path, env=away, text=True)

    checked = said("check")
    shown = said("demo")

    manifests = len(list((ROOT / "manifests").glob("*.json"))) - 1
    assert checked == f"{manifests} manifest(s) checked: no problems.\n"
    assert "Harbour Lane Print Works" in shown
    assert "Exhibition catalogue, 96 pages, thread sewn · 400 · 9.85 · 3940.0" in shown
    assert "… and 17 more" in shown
    assert "12330.0" in shown


def built(checkout: Path) -> Path:
    """The wheel, built from a copy of what belongs into it."""
    checkout.mkdir()
    for name in PARTS:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, checkout / name)
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", "dist")
    subprocess.run([*PIP, "wheel", *options, "."], cwd=checkout, check=True)
    return next((checkout / "dist").glob("*.whl"))


def installed(wheel: Path, place: Path) -> Path:
    """The command, in an environment with our libraries, but ``connector`` out of the wheel."""
    venv.create(place, symlinks=os.name != "nt")
    site = next(place.glob("lib/python*/site-packages"))
    options = ("--no-deps", "--no-index", "--no-warn-script-location")
    python = place / "bin" / "python"
    subprocess.run([*PIP, "--python", str(python), "install", *options, str(wheel)], check=True)
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib"))  # after the wheel's own
    asked = "import connector; print(connector.__file__)"
    found = subprocess.check_output([python, "-c", asked], cwd=place, text=True)
    assert Path(found).is_relative_to(site)
    return place / "bin" / "connector"
