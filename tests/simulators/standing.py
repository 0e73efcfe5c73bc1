"""The app that Granian serves in the tests: ``tests.simulators.standing:app``."""

from __future__ import annotations

from connector.simulators import SIMULATORS, Options

app = SIMULATORS["mindee"](Options(seconds=0.0))
