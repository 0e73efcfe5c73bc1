"""What does a flow see of a job? The operation document, as the connector's definition declares
it: a result that is no object stands in one, or the designer's tokens would find nothing."""

from __future__ import annotations

from typing import Any

from connector.core.model import Operation
from connector.platforms.addresses import Addresses
from connector.platforms.documents import as_object, document


def job(op: Operation, addresses: Addresses) -> dict[str, Any]:
    """The operation document, its result an object or null."""
    made = document(op, addresses)
    return {**made, "result": as_object(made["result"])}
