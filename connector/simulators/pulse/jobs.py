"""Where does a job stand? Reckoned from the time whenever it is asked; nothing runs meanwhile.

``pending`` turns ``processing`` after a quarter of the job's time. Once its retention has passed
it is ``expired`` with a stub for a result, then 410 JOB_003, then 404 JOB_001.
"""

from __future__ import annotations

import json
import math
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from connector.simulators.faults import Fault
from connector.simulators.pulse.problems import CODES, Refusal

PENDING, PROCESSING, COMPLETED = "pending", "processing", "completed"
FAILED, CANCELED, EXPIRED = "failed", "canceled", "expired"
WAITING = 0.25
"""Part of a job's time that it is pending."""
CACHED = 256
"""Results kept at hand; any other is made again, and is the same."""
STUB = {"expired": True, "message": "The retention period has passed and the output was purged."}

Work = Callable[["Job"], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work. ``file`` is the name of what it works on and
    ``key`` finds the document, ``children`` are a batch's jobs, ``fault``
    is what was decided about it when it was ordered. ``work`` makes its result from nothing but
    the job, or raises Refusal."""

    id: str
    operation: str
    file: str
    key: str
    created_at: float
    starts_at: float
    ready_at: float
    work: Work
    fault: Fault | None = None
    children: tuple[str, ...] = ()
    canceled_at: float | None = None

    @property
    def ended_at(self) -> float:
        """When it ends; never, for one that is stuck."""
        if self.canceled_at is not None:
            return self.canceled_at
        return math.inf if self.fault and self.fault.word == "stuck" else self.ready_at


@dataclass(frozen=True, slots=True)
class Result:
    """What a job made, and how many bytes it is as JSON."""

    body: dict[str, Any]
    size: int


@dataclass(frozen=True, slots=True)
class State:
    """Where a job stands at one moment, and since when."""

    status: str
    since: float
    result: Result | None = None
    error: str | None = None


class Jobs:
    """All jobs of one simulator."""

    def __init__(self, retention: float) -> None:
        self._retention = retention
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._results: OrderedDict[str, Result | Refusal] = OrderedDict()

    def add(self, job: Job) -> None:
        """Take a job in."""
        with self._lock:
            self._jobs[job.id] = job

    def find(self, id: str, now: float) -> Job:
        """A job; JOB_003 when it has expired, JOB_001 when it is not known (any more)."""
        job = self._jobs.get(id)
        if job is None or now > job.ended_at + 3 * self._retention:
            raise Refusal("JOB_001", job_id=id)
        if now > job.ended_at + 2 * self._retention:
            raise Refusal("JOB_003", job_id=id)
        return job

    def state(self, job: Job, now: float, fault: Fault | None = None) -> State:
        """Where it stands; ``fault`` goes before everything else."""
        if fault is not None:
            return fated(fault, now)
        if now > job.ended_at + self._retention:
            return State(EXPIRED, job.ended_at + self._retention, Result(STUB, 0))
        if job.canceled_at is not None:
            return State(CANCELED, job.canceled_at)
        if now < job.starts_at:
            return State(PENDING, job.created_at)
        if now < job.ready_at:
            progress = Result(self._progress(job, now), 0) if job.children else None
            return State(PROCESSING, job.starts_at, progress)
        if job.fault is not None:
            return fated(job.fault, job.ready_at)
        return self._ended(job, now)

    def result(self, job: Job) -> Result:
        """What a job made, made now if it was not before; Refusal when it failed."""
        with self._lock:
            found = self._results.get(job.id)
        if found is None:
            found = made(job)
            with self._lock:
                self._results[job.id] = found
                while len(self._results) > CACHED:
                    self._results.popitem(last=False)
        if isinstance(found, Refusal):
            raise found
        return found

    def cancel(self, job: Job, now: float) -> bool:
        """Stop a job and its children; False when it had ended already, which stays as it is."""
        if self.state(job, now).status not in (PENDING, PROCESSING):
            return False
        self.add(replace(job, canceled_at=now))
        for id in job.children:
            self.cancel(self._jobs[id], now)
        return True

    def completed(self, ids: tuple[str, ...], now: float) -> list[Result]:
        """The results of those jobs that are completed."""
        states = [self.state(self._jobs[id], now) for id in ids]
        return [s.result for s in states if s.status == COMPLETED and s.result]

    def _ended(self, job: Job, now: float) -> State:
        try:
            result = self.result(job)
        except Refusal as refusal:
            return State(FAILED, job.ready_at, error=refusal.message)
        if job.children:
            result = Result(self._progress(job, now), 0)
        return State(COMPLETED, job.ready_at, result)

    def _progress(self, job: Job, now: float) -> dict[str, Any]:
        """What a batch tells of its children, while it runs and when it is done."""
        done: list[dict[str, str]] = []
        lost: list[dict[str, str]] = []
        open_: list[str] = []
        for child in (self._jobs[id] for id in job.children):
            state, named = self.state(child, now), {"job_id": child.id, "file": child.file}
            if state.status == COMPLETED:
                done.append(named)
            elif state.status in (PENDING, PROCESSING):
                open_.append(child.id)
            else:
                lost.append({**named, "error": state.error or f"Job {state.status}"})
        counts = {"total": len(job.children), "completed": len(done), "failed": len(lost)}
        return {
            "progress": counts,
            "jobs": {"completed": done, "failed": lost, "processing": open_},
        }


def made(job: Job) -> Result | Refusal:
    """Do the work."""
    try:
        body = job.work(job)
    except Refusal as refusal:
        return refusal
    return Result(body, len(json.dumps(body)))


def fated(fault: Fault, at: float) -> State:
    """The state a job fault brings about."""
    states = {
        "fail": State(FAILED, at, error=CODES["PROC_001"][1]),
        "stuck": State(PROCESSING, at),
    }
    return states.get(fault.word) or State(fault.value, at)


def stamp(at: float) -> str:
    """UTC to the second with a ``Z``, as Pulse's examples have it."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
