"""How is a command called in the tests? As ``main`` is called, in this process."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from connector.cli import main

Said = tuple[int | str | None, str, str]
"""Exit status, what was said on stdout, and on stderr."""


@pytest.fixture
def say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Said]:
    """``say("keys", "list", CONNECTOR_THREADS="4")`` in an empty folder without other settings."""
    for name in os.environ:
        if name.startswith("CONNECTOR_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def said(*arguments: str, **settings: str) -> Said:
        with monkeypatch.context() as here:
            here.setattr(sys, "argv", ["connector", *arguments])
            for name, value in settings.items():
                here.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                main()
        return (ended.value.code, *capsys.readouterr())

    return said
