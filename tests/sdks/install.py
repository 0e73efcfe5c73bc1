"""Which SDKs are tested, and are they there? Each version gets a folder of its own.

``python tests/sdks/install.py`` fills ``.cache/sdks``; what is already there is left alone.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[2] / ".cache" / "sdks"
PINNED = {
    "mindee-5": "mindee==5.4.0",
    "mindee-4": "mindee==4.26.0",
    "pulse": "pulse-python-sdk==1.0.17",
}
"""Folder name -> the requirement that is installed there."""


def is_there(name: str) -> bool:
    """The pinned version was installed to its end."""
    stamp = FOLDER / name / "INSTALLED"
    return stamp.is_file() and stamp.read_text() == PINNED[name]


def install(name: str) -> None:
    """Fill one folder, from nothing; the stamp is written last."""
    target = FOLDER / name
    shutil.rmtree(target, ignore_errors=True)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--target", str(target), PINNED[name]], check=True)
    (target / "INSTALLED").write_text(PINNED[name])


if __name__ == "__main__":
    for folder in PINNED:
        if not is_there(folder):
            print(f"installing {PINNED[folder]}")
            install(folder)
