"""The worlds that the tests of this folder share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.acme import Acme
from tests.service.conftest import prepared as prepared
from tests.zapier.worlds import World, world


@pytest.fixture(scope="session")
def world_of_all(prepared: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One quick world; see ``here``."""
    with world(tmp_path_factory.mktemp("zaps")) as made:
        yield made


@pytest.fixture
def here(world_of_all: World) -> World:
    """A quick world whose provider works without end until the test says otherwise."""
    fresh = Acme()
    for name in ("state", "value", "printed", "taking", "answer"):
        setattr(world_of_all.provider, name, getattr(fresh, name))
    return world_of_all


@pytest.fixture
def paused(tmp_path: Path) -> Iterator[World]:
    """A world of the test's own, whose clock the test moves."""
    with world(tmp_path, standing=True) as made:
        yield made
