"""On what do the commands run? One living service for all of them, in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from connector.cli import cli
from tests.living import Living, living

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """The service, its worker and a stand-in."""
    with living(tmp_path_factory.mktemp("living"), seconds=0.5) as up:
        yield up


@pytest.fixture
def run(here: Living) -> Run:
    """``run("keys", "list", input="...")``: a command with the service's settings."""
    settings = {
        "CONNECTOR_URL": here.url,
        "CONNECTOR_KEY": here.key,
        "CONNECTOR_DATABASE_URL": f"sqlite:///{here.folder}/connector.db",
        "CONNECTOR_FILES_URL": str(here.folder / "files"),
        "CONNECTOR_SECRET_KEY": "a secret key of the tests",
    }

    def run(*arguments: str | Path, input: str | None = None, **others: str) -> Result:
        words = [str(each) for each in arguments]
        return CliRunner().invoke(cli, words, input=input, env={**settings, **others})

    return run
