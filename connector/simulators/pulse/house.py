"""What does Pulse keep? Jobs, documents, and what earlier steps left for later ones.

Extractions, splits, workbooks and forms live longer than the jobs that made them (``storage``).
"""

from __future__ import annotations

import hashlib
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from connector.simulators.documents import UNREACHED, Document, Readings, type_of
from connector.simulators.download import download
from connector.simulators.options import Options
from connector.simulators.pulse.blocks import Block, read_blocks
from connector.simulators.pulse.form import Form
from connector.simulators.pulse.jobs import Jobs, Work
from connector.simulators.pulse.problems import Refusal, unknown
from connector.simulators.pulse.switches import SWITCHES
from connector.simulators.switches import Switches

LARGEST = 100_000_000
"""Bytes of a file: more is FILE_002."""
UNSUPPORTED = "application/octet-stream"


class Paper(NamedTuple):
    """A document handed in; ``key`` finds it, ``sha256`` is None for a URL."""

    key: str
    name: str
    sha256: str | None
    url: str | None


class Extraction(NamedTuple):
    """A stored extraction: these pages (from 1) of that document."""

    id: str
    key: str
    name: str
    pages: tuple[int, ...]


class Split(NamedTuple):
    """A stored split: page numbers by topic."""

    id: str
    extraction_id: str
    pages: Mapping[str, list[int]]


@dataclass(frozen=True, slots=True)
class Task:
    """What a request asks for: one job, or a batch of them. ``name`` says on what and ``key``
    finds it; ``seen`` goes to the log; ``batch`` is what the acknowledgement of a batch counts."""

    name: str
    key: str
    work: Work
    seen: dict[str, Any] = field(default_factory=dict)
    children: tuple[Task, ...] = ()
    batch: dict[str, int] | None = None
    workers: int = 1


class House:
    """Everything behind the routes."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.switches = Switches(SWITCHES, options.switches)
        self.jobs = Jobs(options.retention)
        self.readings = Readings()
        self.extractions: dict[str, Extraction] = {}
        self.splits: dict[str, Split] = {}
        self.workbooks: dict[str, bytes] = {}
        self.forms: dict[str, Paper] = {}
        self._lock = threading.Lock()
        self._charged: dict[str, dict[str, Any]] = {}
        self._versions: dict[str, list[str]] = {}

    def take(self, form: Form, keep: bool = False) -> Paper:
        """The document of a request, as ``file`` or ``file_url``; refused when it is no file that
        Pulse takes. ``keep``: its bytes are wanted later."""
        url = form.text("file_url")
        if form.file and url:
            raise Refusal("REQ_003", "Give either file or file_url, not both")
        if form.file:
            content, name = form.file
            check(content, name)
            sha256 = hashlib.sha256(content).hexdigest()
            self.readings.put(sha256, lambda: content, keep)
            return Paper(sha256, name, sha256, None)
        if not url:
            raise Refusal("REQ_001")
        if not url.startswith(("https://", "http://")):
            raise Refusal("REQ_003", "file_url must be an http or https URL", parameter="file_url")
        key = str(uuid.uuid4())
        self.readings.put(key, self._source(url), keep)
        return Paper(key, url.partition("?")[0].rpartition("/")[2] or "document", None, url)

    def document(self, key: str) -> Document:
        """A document that could be read; Refusal for any other."""
        document = self.readings.document(key)
        if document is UNREACHED:
            raise Refusal("FILE_005")
        if document.mime_type == UNSUPPORTED:
            raise Refusal("FILE_001")
        if document.trouble:
            raise Refusal("FILE_003", document.trouble)
        return document

    def extraction(self, id: Any) -> Extraction:
        """A stored extraction; 404 when there is none."""
        if not isinstance(id, str) or id not in self.extractions:
            raise unknown("Extraction", id)
        return self.extractions[id]

    def split(self, id: Any) -> Split:
        """A stored split; 404 when there is none."""
        if not isinstance(id, str) or id not in self.splits:
            raise unknown("Split", id)
        return self.splits[id]

    def of_batch(self, id: str, operation: str, member: str) -> list[str]:
        """The ids that the completed children of a batch gave their results."""
        now = self.options.clock()
        try:
            job = self.jobs.find(id, now)
        except Refusal:
            raise unknown("Batch", id) from None
        if job.operation != operation:
            raise unknown("Batch", id)
        done = self.jobs.completed(job.children, now)
        return [result.body[member] for result in done if member in result.body]

    def blocks(self, extraction: Extraction, pages: tuple[int, ...] = ()) -> tuple[Block, ...]:
        """What stands on the pages of an extraction (or on some of them)."""
        return read_blocks(self.document(extraction.key), pages or extraction.pages)

    def charge(self, job: str, credits: float, pages: int) -> dict[str, Any]:
        """``credits_used`` and ``plan_info`` of a job; a job is charged once."""
        with self._lock:
            if job not in self._charged:
                last = next(reversed(self._charged.values()), {}).get("plan_info", {})
                used = last.get("total_credits_used", 0) + credits
                read = last.get("pages_used", 0) + pages
                plan = {"tier": "trial", "total_credits_used": used, "pages_used": read}
                self._charged[job] = {"credits_used": credits, "plan_info": plan}
            return self._charged[job]

    def version(self, of: str, job: str) -> int:
        """Which run over ``of`` this job is, from 1."""
        with self._lock:
            runs = self._versions.setdefault(of, [])
            if job not in runs:
                runs.append(job)
            return runs.index(job) + 1

    def _source(self, url: str) -> Callable[[], bytes | None]:
        return lambda: download(url) if self.options.fetch_loopback else None


def check(content: bytes, name: str) -> None:
    """Refuse what is refused before a job is made."""
    if not content:
        raise Refusal("FILE_004", file=name)
    if len(content) > LARGEST:
        raise Refusal("FILE_002", max_size=LARGEST, received_size=len(content))
    if type_of(content) == UNSUPPORTED:
        raise Refusal("FILE_001", supported_types=["PDF", "JPG", "PNG", "HTML"], file=name)


def made_id(job: str, what: str) -> str:
    """The id of what a job leaves behind: always the same for the same job."""
    return str(uuid.uuid5(uuid.UUID(job), what))
