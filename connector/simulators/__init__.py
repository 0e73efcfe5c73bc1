"""Which stand-in providers are there? One row each; all share the misbehaviour layer.

A stand-in speaks to the wire exactly as the provider's documentation and SDKs have it, reads
the documents it is given, and can be told to go wrong. Floor 2: it knows no other part of the
program.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask

from connector.simulators.documind import make_documind
from connector.simulators.mindee import make_mindee
from connector.simulators.options import Options
from connector.simulators.pulse import make_pulse

SIMULATORS: dict[str, Callable[[Options], Flask]] = {
    "mindee": make_mindee,
    "documind": make_documind,
    "pulse": make_pulse,
}
"""Provider name -> what builds its app. Building raises ValueError for a bad fault spec."""

__all__ = ["DEMOS", "SIMULATORS", "Demo", "Options"]


@dataclass(frozen=True, slots=True)
class Demo:
    """What a demonstration sends to a stand-in: an action, a sample document, a key."""

    action: str
    document: str
    key: str


DEMOS: dict[str, Demo] = {
    "mindee": Demo("extraction", "invoice.pdf", "md_demonstration"),
    "documind": Demo("extraction", "smudged.pdf", "dm_demonstration"),
    "pulse": Demo("extract", "contract.pdf", "pulse_demonstration"),
}
