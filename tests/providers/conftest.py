"""The systems that the tests of this folder share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.providers.worlds import Ground, brisk
from tests.service.conftest import prepared as prepared


@pytest.fixture(scope="session")
def pulse_of_all(prepared: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """A service before one Pulse; see ``pulse``."""
    with brisk(tmp_path_factory.mktemp("pulse"), "pulse", fetch_loopback=True) as ground:
        yield ground


@pytest.fixture(scope="session")
def documind_of_all(prepared: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """A service before one DocuMind; see ``documind``."""
    with brisk(tmp_path_factory.mktemp("documind"), "documind", seconds=0.0) as ground:
        yield ground


@pytest.fixture
def pulse(pulse_of_all: Ground) -> Ground:
    """A service before a Pulse that behaves as usual and has seen nothing."""
    return pulse_of_all.fresh()


@pytest.fixture
def documind(documind_of_all: Ground) -> Ground:
    """A service before a DocuMind that behaves as usual and has seen nothing."""
    return documind_of_all.fresh()
