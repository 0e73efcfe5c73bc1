"""The systems that the tests of this folder share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.living import Living
from tests.service.worlds import Still, another_key, quick, still


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """One quick system for everything that leaves it well behaved."""
    with quick(tmp_path_factory.mktemp("service")) as made:
        yield made


@pytest.fixture(scope="session")
def stranger(system: Living) -> str:
    """A key of another owner in ``system``."""
    return another_key(system)


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Living]:
    """A quick system of the test's own."""
    with quick(tmp_path) as made:
        yield made


@pytest.fixture
def paused(tmp_path: Path) -> Iterator[Still]:
    """A system of the test's own, whose clock the test moves."""
    with still(tmp_path) as made:
        yield made
