"""How is a large result handed over? As a link: on Pulse's own host for one download, or on a
foreign host that a signature opens instead of the key.

Pulse's newer pages have ``/large_results/{job}`` (single use, one hour, then 410), its older ones
a presigned link of an object store (24 hours). The second is what the foreign host stands for.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from connector.simulators.pulse.house import House
from connector.simulators.pulse.jobs import COMPLETED, Job, Result
from connector.simulators.pulse.problems import Refusal

OWN_SECONDS, FOREIGN_SECONDS = 3600.0, 86_400.0
KEPT = ("extraction_id", "page_count", "plan_info", "credits_used", "warnings")
"""Members that stand beside the link too."""
SECRET = b"a stand-in signs its links"


class Large:
    """Knows which results were downloaded."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._lock = threading.Lock()
        self._taken: set[str] = set()

    def offer(self, job: Job, result: Result, origin: str) -> dict[str, Any]:
        """The result itself, or a link to it when it is large."""
        if not self._is_large(job, result):
            return result.body
        link = f"{origin}/large_results/{job.id}"
        if host := self._host():
            link = f"{host}/large_results/{job.id}?{signed(job.id)}"
        beside = {name: result.body[name] for name in KEPT if name in result.body}
        return {"is_url": True, "url": link, **beside}

    def take(self, job: Job, foreign: bool) -> dict[str, Any]:
        """The whole result; 410 when it was downloaded before or its time has passed."""
        now = self._house.options.clock()
        state = self._house.jobs.state(job, now)
        if state.status != COMPLETED or not state.result:
            raise Refusal("JOB_001", "There is no large result for this job", job_id=job.id)
        if not self._is_large(job, state.result):
            raise Refusal("JOB_001", "This result was delivered inline", job_id=job.id)
        late = now > job.ready_at + (FOREIGN_SECONDS if foreign else OWN_SECONDS)
        house = self._house
        many = house.switches["foreign_reads"] == "many" and not house.options.delete_when_fetched
        once = not (foreign and many)
        with self._lock:
            if late or (once and job.id in self._taken):
                raise Refusal("JOB_003", "This result is no longer available", job_id=job.id)
            self._taken.add(job.id)
        return state.result.body

    def is_foreign(self, host_url: str) -> bool:
        """A request that came to the foreign host."""
        host = self._host()
        return host is not None and urlsplit(host_url).netloc == urlsplit(host).netloc

    def _host(self) -> str | None:
        host = self._house.switches["foreign_host"] or self._house.options.second_origin
        return host.rstrip("/") if host else None

    def _is_large(self, job: Job, result: Result) -> bool:
        """Only extractions are handed over so; forms and the other steps never are."""
        if job.operation != "extract":
            return False
        pages, size = (int(self._house.switches[f"large_{of}"]) for of in ("pages", "bytes"))
        return result.body.get("page_count", 0) >= pages or result.size >= size


def signed(id: str) -> str:
    """The query of a presigned link."""
    signature = hmac.new(SECRET, id.encode(), hashlib.sha256).hexdigest()
    return f"X-Amz-Expires={int(FOREIGN_SECONDS)}&X-Amz-Signature={signature}"


def check_signature(id: str, query: Mapping[str, str]) -> None:
    """Refuse a link that was not signed here."""
    given = f"X-Amz-Expires={query.get('X-Amz-Expires')}&X-Amz-Signature="
    if not hmac.compare_digest(given + query.get("X-Amz-Signature", ""), signed(id)):
        raise Refusal("AUTH_004", "The signature does not match")
