"""A stand-in for SellerShorts and its buyers, by sellershorts.com/seller-docs.

Unlike the other stand-ins it asks: it posts orders to a job webhook, then polls a status endpoint
(``Options.seconds`` apart; 900 in truth, 8 s at most each time), takes callbacks (``Options.key``
is their secret; any if None), and takes large files to its upload addresses, of which it keeps the
hash. Nothing of SellerShorts runs here. Faults strike what it serves: ``callback``, ``prepare``
and ``upload``.

``POST /_buy`` orders, ``GET /_orders/{id}`` tells what came of it, ``POST /_orders/{id}/poll``
polls now, ``POST /_files/{name}`` keeps a buyer's file and gives its URL.
"""

from __future__ import annotations

from connector.simulators.sellershorts.app import make_sellershorts

__all__ = ["make_sellershorts"]
