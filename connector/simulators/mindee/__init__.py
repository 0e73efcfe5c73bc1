"""A stand-in for Mindee API V2, by its documentation, OpenAPI, SDKs and response fixtures.

No Mindee code runs here. Differences from the real service: plain text is taken as well as PDF,
images are not read, rate limits come as faults only, no webhook is called, no RAG documents.
"""

from __future__ import annotations

from connector.simulators.mindee.app import make_mindee
from connector.simulators.mindee.models import MODELS, Model

__all__ = ["MODELS", "Model", "make_mindee"]
