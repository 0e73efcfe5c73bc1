"""A client that follows Operation-Location, as azure-core's LROPoller does: written after the
documentation of its ``polling.base_polling`` (OperationResourcePolling, LocationPolling).

The first answer's Operation-Location is asked until its body's ``status`` is a final one; a
success of a POST is then fetched, once, from the Location of the first answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

SUCCEEDED = {"succeeded"}
FAILED = {"failed", "canceled"}


class BadResponse(Exception):
    """An answer that the poller cannot go on with."""


class OperationFailed(Exception):
    """The operation ended without success; the last body."""


@dataclass
class Poller:
    """``ask(method, url, body)`` is the client's pipeline: it adds the key to every request.
    ``rest(seconds)`` waits. ``statuses`` and ``fetched`` keep what was seen."""

    ask: Callable[[str, str, Any], requests.Response]
    rest: Callable[[float], None]
    statuses: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)

    def result(self, url: str, body: Mapping[str, Any]) -> Any:
        """The final body; raises BadResponse, or OperationFailed."""
        first = self.ask("POST", url, body)
        if first.status_code not in (200, 201, 202, 204):
            raise BadResponse(first.status_code, first.text)
        place = first.headers.get("Operation-Location")
        if place is None:
            if first.status_code == 202:
                raise BadResponse("Unable to find status link for polling.")
            return first.json()
        answer = first
        while not self.statuses or self.statuses[-1] not in SUCCEEDED | FAILED:
            self.rest(float(answer.headers.get("Retry-After", 30)))
            answer = self.ask("GET", place, None)
            self.statuses.append(self._status(answer))
        if self.statuses[-1] in FAILED:
            raise OperationFailed(answer.json())
        final = answer.json().get("resourceLocation") or first.headers.get("Location")
        if final is None:
            return answer.json()
        self.fetched.append(final)
        fetched = self.ask("GET", final, None)
        if fetched.status_code != 200:
            raise BadResponse(fetched.status_code, fetched.text)
        return fetched.json()

    def _status(self, answer: requests.Response) -> str:
        """The status in lower case; every answer must be good and have one."""
        if answer.status_code not in (200, 201, 202, 204):
            raise BadResponse(answer.status_code, answer.text)
        status = answer.json().get("status")
        if not isinstance(status, str) or not status:
            raise BadResponse("No status found in body")
        return status.lower()
