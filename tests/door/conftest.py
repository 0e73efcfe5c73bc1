"""Doors to test, with a store in a temporary folder."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from connector.files import Files
from connector.http import Door

MakeDoor = Callable[..., Door]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(str(tmp_path / "files"))


@pytest.fixture
def make_door(files: Files) -> Iterator[MakeDoor]:
    made: list[Door] = []

    def make(**options: Any) -> Door:
        made.append(Door(files, new_id=lambda: uuid.uuid4().hex, **options))
        return made[-1]

    yield make
    for door in made:
        door.close()


@pytest.fixture
def door(make_door: MakeDoor) -> Door:
    return make_door()
