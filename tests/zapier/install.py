"""Is Zapier's runtime there, and can it be? What the lock file names, in ``.cache/zapier``.

``python -m tests.zapier.install`` installs it; what is there already is left alone.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "node"
FOLDER = Path(__file__).parents[2] / ".cache" / "zapier"
NAMES = ("package.json", "package-lock.json")
STAMP = "INSTALLED"
LONGEST = 300  # seconds


def stamp() -> str:
    """What tells one set of packages from another."""
    return hashlib.sha256(b"".join((HERE / name).read_bytes() for name in NAMES)).hexdigest()


def is_there() -> bool:
    """The packages of this lock file were installed to the end."""
    file = FOLDER / STAMP
    return file.is_file() and file.read_text() == stamp()


def install() -> None:
    """Fills the folder, which is there only when it is whole: others may be about to do the same.
    Raises CalledProcessError or TimeoutExpired."""
    FOLDER.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER.parent, ignore_cleanup_errors=True) as place:
        made = Path(place) / "made"
        made.mkdir()
        for name in NAMES:
            shutil.copy(HERE / name, made)
        # No package's own script runs: none of them needs one.
        line = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(line, cwd=made, check=True, capture_output=True, timeout=LONGEST)
        (made / STAMP).write_text(stamp())
        if not is_there():
            shutil.rmtree(FOLDER, ignore_errors=True)
            made.rename(FOLDER)


def require() -> None:
    """Installs what is missing. Where that is impossible the test is skipped, or fails on CI."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        _without(
            "Node and npm are not on this machine: Zapier's own runtime cannot be tested with."
        )
    if is_there():
        return
    try:
        install()
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        said = (error.stderr or b"").decode(errors="replace")[-500:]
        _without(f"npm could not install Zapier's runtime: {said}")


def _without(sentence: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)


if __name__ == "__main__":
    if not is_there():
        install()
