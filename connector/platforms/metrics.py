"""What is counted? Read from the database when asked, so that every process tells the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from connector.store import Store


class StoreCollector(Collector):
    """The store's figures as Prometheus gauges."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock

    def describe(self) -> list[Metric]:
        """Nothing is collected before someone asks."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Operations by provider and status, what is due, how late it is, and messages owed."""
        stats = self._store.stats()
        operations = GaugeMetricFamily(
            "connector_operations", "Operations in the database.", labels=["provider", "status"]
        )
        for (provider, status), count in stats.operations.items():
            operations.add_metric([provider, status], count)
        yield operations
        late = max(0.0, self._clock() - stats.oldest_due) if stats.oldest_due is not None else 0.0
        yield GaugeMetricFamily("connector_late_seconds", "How late the oldest due row is.", late)
        yield GaugeMetricFamily(
            "connector_deliveries_open", "Messages still owed.", stats.deliveries_open
        )
