"""A stand-in for DocuMind (docs.documind.cloud), by its documentation and polling samples.

No DocuMind code runs here. Differences from the real service: Word files and pixels are not
read, rate limits and missing credits come as faults only, schemas cannot be generated, keys not
managed. Where the documentation contradicts itself or is silent, a row of SWITCHES decides. The
person of the review is at ``/_review``, which stands for the page of DocuMind's web application.
"""

from __future__ import annotations

from connector.simulators.documind.app import make_documind
from connector.simulators.documind.ways import SWITCHES

__all__ = ["SWITCHES", "make_documind"]
