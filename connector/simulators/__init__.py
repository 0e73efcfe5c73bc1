"""Which stand-in providers are there? One row each; all share the misbehaviour layer.

A stand-in speaks to the wire exactly as the provider's documentation and SDKs have it, reads
the documents it is given, and can be told to go wrong. Floor 2: it knows no other part of the
program.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from connector.simulators.mindee import make_mindee
from connector.simulators.options import Options

SIMULATORS: dict[str, Callable[[Options], Flask]] = {"mindee": make_mindee}
"""Provider name -> what builds its app. Building raises ValueError for a bad fault spec."""

__all__ = ["SIMULATORS", "Options"]
