"""The worlds that the tests of this folder share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.power_automate.front_door import FrontDoor, front_door
from tests.power_automate.worlds import World, world
from tests.service.conftest import prepared as prepared


@pytest.fixture(scope="session")
def world_of_all(prepared: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One quick world; see ``here``."""
    with world(tmp_path_factory.mktemp("flows")) as made:
        yield made


@pytest.fixture
def here(world_of_all: World) -> World:
    """A quick world whose stand-ins behave as usual and have seen nothing."""
    return world_of_all.fresh()


@pytest.fixture
def still(tmp_path: Path) -> Iterator[World]:
    """A world of the test's own, whose clock the test moves."""
    with world(tmp_path, still=True, seconds=0.0) as made:
        yield made


@pytest.fixture(scope="session")
def standing(prepared: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world in which time stands: every job stays as it was ordered, and no stand-in hears."""
    with world(tmp_path_factory.mktemp("standing"), still=True) as made:
        yield made


@pytest.fixture(scope="session")
def door() -> Iterator[FrontDoor]:
    """Where the engine is called back."""
    with front_door() as made:
        yield made
