"""Which fields should a person look at? Pure."""

from __future__ import annotations

from collections.abc import Mapping

from connector.simulators.documind.orders import Order
from connector.simulators.documind.reading import Reading
from connector.simulators.switches import Switches


def flags_for(
    order: Order, readings: Mapping[str, Reading], switches: Switches
) -> dict[str, bool] | None:
    """A flag for each field; None in basic mode, which knows no confidence.

    DocuMind: only required fields that fall below the threshold ask for a review.
    """
    if order.model is not None:
        return None
    watched = order.required if switches["watched"] == "required" else ()
    honest = switches["review"] != "never"
    return {
        name: honest and reading.score < order.threshold and name in (watched or readings)
        for name, reading in readings.items()
    }
