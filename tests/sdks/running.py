"""How is an SDK script run? In its own interpreter, with only that SDK's folder put in front."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.sdks.install import FOLDER, is_there

HERE = Path(__file__).parent


def start(sdk: str, script: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """Start ``script`` with the SDK in folder ``sdk``; fails the test when it is not installed."""
    if not is_there(sdk):
        pytest.fail(f"The SDK {sdk} is not installed: run `make test`, which installs it first.")
    return subprocess.Popen(
        [sys.executable, str(HERE / script), *arguments],
        env={**os.environ, "PYTHONPATH": str(FOLDER / sdk), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def answer(process: subprocess.Popen[str]) -> dict[str, Any]:
    """What a script printed; fails the test with its traceback when it printed no JSON."""
    out, err = process.communicate(timeout=60)
    if process.returncode:
        pytest.fail(err)
    found: dict[str, Any] = json.loads(out)
    return found
