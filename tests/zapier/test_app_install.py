"""Is a machine without Zapier's runtime told so plainly?"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.zapier import install


def nowhere(name: str) -> None:
    """Finds no program."""


def test_a_machine_without_node_skips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", nowhere)
    monkeypatch.delenv("CI", raising=False)

    with pytest.raises(pytest.skip.Exception, match="Node and npm are not on this machine"):
        install.require()


def test_ci_without_node_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", nowhere)
    monkeypatch.setenv("CI", "true")

    with pytest.raises(pytest.fail.Exception, match="Node and npm are not on this machine"):
        install.require()


def test_an_installation_that_fails_leaves_nothing_and_says_why(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def run(*words: Any, **options: Any) -> None:
        raise subprocess.CalledProcessError(1, "npm", stderr=b"no network")

    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(install, "FOLDER", tmp_path / "cache" / "zapier")
    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.delenv("CI", raising=False)

    with pytest.raises(pytest.skip.Exception, match="no network"):
        install.require()
    assert list((tmp_path / "cache").iterdir()) == []


def test_what_is_there_already_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / install.STAMP).write_text(install.stamp())
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(install, "FOLDER", tmp_path)
    monkeypatch.setattr(subprocess, "run", None)

    install.require()
