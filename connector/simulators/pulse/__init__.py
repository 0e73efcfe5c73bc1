"""A stand-in for Pulse (runpulse.com), by its documentation and its Python SDK 1.0.17.

No Pulse code runs here. Differences from the real service: plain text is taken as well, Office
files are not, pixels are not read, forms are not written into, rate limits come as faults only,
no webhook is called, S3 is out of reach, ``retention`` is what the options say (Pulse: 48 hours),
and there are no saved configurations, pipelines or Excel templates.
"""

from __future__ import annotations

from connector.simulators.pulse.app import make_pulse

__all__ = ["make_pulse"]
