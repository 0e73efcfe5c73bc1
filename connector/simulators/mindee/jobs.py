"""Where does a job stand? Reckoned from the time whenever it is asked; nothing runs meanwhile."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connector.simulators.documents import Document, Readings
from connector.simulators.download import download
from connector.simulators.faults import Fault
from connector.simulators.mindee.orders import Order
from connector.simulators.mindee.problems import BROKEN, Problem, unreadable

PROCESSING, PROCESSED, FAILED = "Processing", "Processed", "Failed"


@dataclass(frozen=True, slots=True)
class Job:
    """One order being worked on. ``key`` finds its document, ``path`` its result; ``fault`` is
    what was decided about it when it was ordered."""

    id: str
    order: Order
    key: str
    path: str
    created_at: float
    ready_at: float
    fault: Fault | None


@dataclass(frozen=True, slots=True)
class State:
    """Where a job stands at one moment."""

    status: str
    error: Problem | None = None


class Jobs:
    """All jobs, and the documents they read. A job is gone ``retention`` seconds after its end."""

    def __init__(self, retention: float, loopback: bool) -> None:
        self._retention = retention
        self._loopback = loopback
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._readings = Readings()

    def add(self, job: Job, content: bytes | None) -> None:
        """Take a job in; its document is read when somebody needs it."""
        url = job.order.url if self._loopback else None
        self._readings.put(job.key, lambda: download(url) if url else content)
        with self._lock:
            self._jobs[job.id] = job

    def find(self, id: str, now: float) -> Job | None:
        """A job that is there and not yet forgotten."""
        job = self._jobs.get(id.lower())
        if job and now > job.ready_at + self._retention:
            self.forget(job.id)
            return None
        return job

    def forget(self, id: str) -> None:
        """Drop a job and its result."""
        with self._lock:
            self._jobs.pop(id, None)

    def document(self, job: Job) -> Document:
        """The document of a job, read now if it was not before."""
        return self._readings.document(job.key)

    def state(self, job: Job, now: float, fault: Fault | None = None) -> State:
        """Where it stands; ``fault`` goes before what was decided at the order."""
        fate = fault or job.fault
        if fault is None and now < job.ready_at:
            return State(PROCESSING)
        if fate is not None:
            return fated(fate)
        trouble = self.document(job).trouble
        return State(FAILED, unreadable(trouble)) if trouble else State(PROCESSED)


def fated(fault: Fault) -> State:
    """The state a job fault brings about."""
    states = {"fail": State(FAILED, BROKEN), "stuck": State(PROCESSING)}
    return states.get(fault.word) or State(fault.value)


def job_body(job: Job, state: State, here: str, results: str) -> dict[str, Any]:
    """The body of a submit's 202 and of a check. ``alias`` and ``result_url`` are always there:
    Mindee's Python SDK raises KeyError without them."""
    order = job.order
    created, over = stamp(job.created_at), state.status in (PROCESSED, FAILED)
    return {
        "job": {
            "id": job.id,
            "model_id": order.model_id,
            "filename": order.filename,
            "alias": order.alias,
            "created_at": created,
            "completed_at": stamp(job.ready_at) if over else None,
            "status": state.status,
            "polling_url": f"{here}/v2/jobs/{job.id}",
            "result_url": results + job.path if state.status == PROCESSED else None,
            "webhooks": [webhook(id, created) for id in order.webhook_ids],
            "error": state.error,
        }
    }


def webhook(id: str, created: str) -> dict[str, Any]:
    """A webhook of the order. No simulator calls it, so it stays as it began."""
    return {
        "id": id,
        "created_at": created,
        "status": PROCESSING,
        "error": None,
        "attempts_count": 0,
    }


def stamp(at: float) -> str:
    """UTC with microseconds and without a zone, as Mindee's fixtures write it."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
