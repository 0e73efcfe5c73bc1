"""Which stand-in providers are there? One row each; all share the misbehaviour layer.

A stand-in speaks to the wire exactly as the provider's documentation and SDKs have it, reads
the documents it is given, and can be told to go wrong. Floor 2: it knows no other part of the
program.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Flask

from connector.simulators.documind import make_documind
from connector.simulators.mindee import make_mindee
from connector.simulators.options import Options
from connector.simulators.pulse import make_pulse
from connector.simulators.sellershorts import make_sellershorts

SIMULATORS: dict[str, Callable[[Options], Flask]] = {
    "mindee": make_mindee,
    "documind": make_documind,
    "pulse": make_pulse,
}
"""Provider name -> what builds its app. Building raises ValueError for a bad fault spec."""

BUYERS: dict[str, Callable[[Options], Flask]] = {"sellershorts": make_sellershorts}
"""Platforms that ask us, in the same way: stand-ins for who orders, not for who does the work."""

__all__ = ["BUYERS", "DEMOS", "SIMULATORS", "Demo", "Options"]


@dataclass(frozen=True, slots=True)
class Demo:
    """What a demonstration sends to a stand-in: an action, a sample document, a key, and
    further ``fields``. ``shows`` are the parts of a long result that people want to see;
    ``corrections`` are what a person types who reviews the document."""

    action: str
    document: str
    key: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    shows: tuple[str, ...] = ()
    corrections: Mapping[str, Any] = field(default_factory=dict)


BILL = {
    "named_entities": {
        "supplier": {"type": "string"},
        "invoice_number": {"type": "string"},
        "invoice_date": {"type": "string"},
        "total_net": {"type": "number"},
        "total_amount": {"type": "number"},
    },
    "required": ["invoice_number", "total_amount"],
}

DEMOS: dict[str, Demo] = {
    "mindee": Demo("extraction", "invoice.pdf", "md_demonstration"),
    "documind": Demo(
        "extract",
        "smudged.pdf",
        "dm_demonstration",
        fields={"schema": BILL, "prompt": "A bill of a repair shop.", "pace": "backoff"},
        corrections={"total_amount": 478.2},
    ),
    "pulse": Demo(
        "extract",
        "contract.pdf",
        "pulse_demonstration",
        shows=("markdown", "page_count", "extraction_id", "plan-info"),
    ),
}
