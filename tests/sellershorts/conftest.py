"""The worlds that the tests of this folder share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sellershorts.worlds import World, world
from tests.service.acme import Acme
from tests.service.conftest import prepared as prepared


@pytest.fixture(scope="session")
def world_of_all(prepared: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One world; see ``here``."""
    with world(tmp_path_factory.mktemp("sales")) as made:
        yield made


@pytest.fixture
def here(world_of_all: World) -> Iterator[World]:
    """A world whose provider works without end until the test says otherwise. Orders that a test
    leaves open end with it."""
    fresh = Acme()
    for name in ("state", "value", "printed", "taking", "answer", "orders", "stopped"):
        setattr(world_of_all.provider, name, getattr(fresh, name))
    world_of_all.system.site.addresses._public_url = world_of_all.url
    world_of_all.misbehave()
    yield world_of_all
    world_of_all.end_all()


@pytest.fixture
def own(tmp_path: Path, prepared: None) -> Iterator[World]:
    """A world of the test's own."""
    with world(tmp_path) as made:
        yield made
