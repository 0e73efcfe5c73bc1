"""The systems that the tests of this folder share."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from connector import wiring
from connector.settings import Settings
from connector.store import Store
from tests.living import Living
from tests.service.worlds import Still, another_key, quick, still


@pytest.fixture(scope="session", autouse=True)
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Checking manifests and migrating take longer than all else in most of these tests: each
    manifest is checked once, and every database begins as a copy of one that was migrated."""
    once = cache(wiring.load_folders)
    template = tmp_path_factory.mktemp("template") / "connector.db"
    store = Store(f"{wiring.SQLITE}{template}")
    store.migrate()
    store.close()

    def load_folders(folders: Iterable[Path]) -> Any:
        return once(tuple(folders))

    def make_store(settings: Settings) -> Store:
        path = Path(settings.database_url.removeprefix(wiring.SQLITE))
        if not path.exists():
            shutil.copyfile(template, path)
        return Store(settings.database_url)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wiring, "load_folders", load_folders)
        patch.setattr(wiring, "make_store", make_store)
        yield


@pytest.fixture(scope="session")
def system(prepared: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
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
