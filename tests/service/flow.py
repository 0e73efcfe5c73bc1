"""A client that behaves like the documented engine of Power Automate and Logic Apps.

It follows Location as long as the answer is 202 and never anything else, waits Retry-After,
and repeats a request on 408, 429, 5xx and lost connections, with the same body and headers.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from tests.living import Living

RETRIES = 4


@dataclass
class Flow:
    """One run of a flow. ``sleep`` is given every wait; ``answers`` keeps what was heard."""

    system: Living
    sleep: Callable[[float], None]
    headers: dict[str, str] = field(default_factory=dict)
    waits: list[int] = field(default_factory=list)
    answers: list[requests.Response] = field(default_factory=list)
    lose: int = 0
    """So many answers to the first POST are lost on their way."""

    def __post_init__(self) -> None:
        run = {
            "x-ms-workflow-run-id": uuid.uuid4().hex,
            "x-ms-workflow-operation-name": "Extract",
            "x-ms-tracking-id": uuid.uuid4().hex,
            "x-ms-client-request-id": uuid.uuid4().hex,
            "User-Agent": "azure-logic-apps/1.0 (workflow x; version 1) microsoft-flow/1.0",
        }
        self.headers = {**run, **self.headers}

    def run(self, path: str, body: Mapping[str, Any]) -> requests.Response:
        """The action's last answer: 200 with its output, or what made it fail."""
        answer = self._retried("POST", self.system.url + path, json=body)
        while answer.status_code == 202:
            location = answer.headers["Location"]
            self.waits.append(int(answer.headers["Retry-After"]))
            self.sleep(self.waits[-1])
            answer = self._retried("GET", location)
        return answer

    def _retried(self, method: str, url: str, **more: Any) -> requests.Response:
        for attempt in range(RETRIES + 1):
            answer = self._asked(method, url, **more)
            again = answer.status_code in (408, 429) or answer.status_code >= 500
            lost = method == "POST" and attempt < self.lose
            if not (again or lost):
                break
            self.sleep(7)
        return answer

    def _asked(self, method: str, url: str, **more: Any) -> requests.Response:
        key = {"X-API-Key": self.system.key} if method == "POST" else {}
        headers = {**self.headers, **key}  # it is not sure that a poll brings the key along
        answer = requests.request(
            method, url, headers=headers, allow_redirects=False, timeout=30, **more
        )
        self.answers.append(answer)
        return answer
