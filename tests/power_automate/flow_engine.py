"""A client that behaves like the documented engine of Power Automate and Logic Apps.

Actions: 202 is polled at its absolute Location, and nowhere else, after Retry-After; any other
answer ends the action, a redirect as a failure. 408, 429, 5xx and lost connections are repeated,
the same request word for word. Waits are real ones, times ``scale``.
(Microsoft, "Create custom APIs for Azure Logic Apps"; "Workflow actions and triggers".)
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import requests

from tests.power_automate.front_door import Callback, FrontDoor

SCALE = 0.02
WALL = 120.0  # seconds that one outbound call may take
RETRIES = 8
FIRST_RETRY, LONGEST_RETRY = 7.0, 60.0  # seconds; the real policy goes on to 15 minutes
DEFAULT_WAIT = 1.0  # seconds, when a 202 comes without Retry-After
LONGEST_URL = 16_384


class Answer(NamedTuple):
    """One exchange, as the client saw it; status 0 when the connection was lost."""

    method: str
    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes
    took: float

    def json(self) -> Any:
        """The body."""
        return json.loads(self.content)


@dataclass(frozen=True)
class Connection:
    """What a flow knows of a connector: where its operations are, as the world sees it.

    ``hosts`` says at which socket a prefix of addresses is found, as a hosts file would. ``key``
    goes along with calls of the connector's own operations, never with addresses that an answer
    named; a gateway adds its key itself.
    """

    base: str
    hosts: Mapping[str, str]
    key: str | None = None

    def found_at(self, url: str) -> str:
        """The address to dial for ``url``."""
        for prefix in sorted(self.hosts, key=len, reverse=True):
            if url == prefix or url.startswith((f"{prefix}/", f"{prefix}?")):
                return self.hosts[prefix] + url.removeprefix(prefix)
        return url


class Ended(NamedTuple):
    """How a step ended: Succeeded, Failed or Cancelled, with the engine's code and the output."""

    status: str
    code: str
    output: Any
    http: int = 0


NOTHING = Ended("Succeeded", "NoLocation", None, 202)
"""What the engine makes of a 202 without Location: success, and nothing for the next step."""


@dataclass
class Run:
    """One step of one run of a flow. ``limit`` is the step's ``limit.timeout`` in real seconds."""

    connection: Connection
    name: str = "Extract"
    scale: float = SCALE
    limit: float = 30.0
    retries: int = RETRIES
    wall: float = WALL
    said: Mapping[str, str] = field(default_factory=dict)
    heedless: bool = False
    """Whether Retry-After is not waited for."""
    answers: list[Answer] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    location: str | None = None

    def __post_init__(self) -> None:
        self.canceled = threading.Event()
        self._session = requests.Session()
        self._session.trust_env = False
        self.headers = {**run_headers(self.name), **self.said}

    def act(self, path: str, body: Any = None, method: str = "POST", **query: str) -> Ended:
        """An action to its end."""
        ends = time.monotonic() + self.limit
        answer = self.operation(method, path, body, **query)
        while answer.status == 202:
            location = answer.headers.get("Location")
            if location is None:
                return NOTHING
            if not followable(location):
                return Ended("Failed", "InvalidLocation", location, answer.status)
            self.location = location
            wait = retry_after(answer.headers.get("Retry-After"))
            self.waits.append(wait)
            left = ends - time.monotonic()
            if self.canceled.wait(0 if self.heedless else min(wait * self.scale, max(0.0, left))):
                return Ended("Cancelled", "ActionCancelled", None)
            if time.monotonic() >= ends:
                return Ended("Cancelled", "ActionTimedOut", None)
            answer = self.retried("GET", location)
        return ended(answer)

    def hook(self, path: str, body: Mapping[str, Any], door: FrontDoor, **query: str) -> Ended:
        """A webhook action to its end: subscribed, waited for, and unsubscribed if that is cut
        short."""
        callback = door.open()
        answer = self.operation("POST", path, {**body, "callback_url": callback.url}, **query)
        if not 200 <= answer.status < 300:
            return ended(answer)
        self.location = answer.headers.get("Location")
        ends = time.monotonic() + self.limit
        while not callback.news.wait(0.02):
            if self.canceled.is_set():
                self.unsubscribe()
                return Ended("Cancelled", "ActionCancelled", None)
            if time.monotonic() >= ends:
                self.unsubscribe()
                return Ended("Cancelled", "ActionTimedOut", None)
        return Ended("Succeeded", "OK", callback.heard[0], 200)

    def unsubscribe(self) -> Answer:
        """DELETE at the Location of the subscription."""
        assert self.location is not None, "nothing to unsubscribe from"
        return self.retried("DELETE", self.location)

    def operation(self, method: str, path: str, body: Any = None, **query: str) -> Answer:
        """One of the connector's own operations, with the connection's key."""
        url = self.connection.base + path + (f"?{urlencode(query)}" if query else "")
        key = {"X-API-Key": self.connection.key} if self.connection.key else {}
        return self.retried(method, url, body, key)

    def retried(
        self, method: str, url: str, body: Any = None, key: Mapping[str, str] | None = None
    ) -> Answer:
        """One request, repeated as the retry policy says; the last answer."""
        content = None if body is None else json.dumps(body).encode()
        headers = {**self.headers, **(key or {})}
        if content is not None:
            headers["Content-Type"] = "application/json; charset=utf-8"
        for nth in range(self.retries + 1):
            answer = self._asked(method, url, content, headers)
            self.answers.append(answer)
            if not again(answer.status) or nth == self.retries:
                break
            if self.canceled.wait(min(FIRST_RETRY * 2**nth, LONGEST_RETRY) * self.scale):
                break
        return answer

    def _asked(
        self, method: str, url: str, content: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        began = time.monotonic()
        asked = self._session.prepare_request(
            requests.Request(method, self.connection.found_at(url), headers, data=content)
        )
        asked.url = self.connection.found_at(url)  # as it is: requests would decode what it can
        try:
            heard = self._session.send(asked, allow_redirects=False, timeout=self.wall)
        except requests.RequestException:
            return Answer(method, url, 0, {}, b"", time.monotonic() - began)
        took = time.monotonic() - began
        return Answer(method, url, heard.status_code, heard.headers, heard.content, took)


@dataclass
class WebhookTrigger:
    """A flow that begins when it is called: subscribed while it is turned on."""

    connection: Connection
    path: str
    door: FrontDoor

    def __post_init__(self) -> None:
        self.run = Run(self.connection, "When_a_job_finishes")
        self.callback: Callback = self.door.open()

    def turn_on(self, **wanted: str) -> Answer:
        """Subscribes; every POST to the callback is a run."""
        body = {**wanted, "callback_url": self.callback.url}
        answer = self.run.operation("POST", self.path, body)
        self.run.location = answer.headers.get("Location")
        return answer

    def turn_off(self) -> Answer:
        """Unsubscribes."""
        return self.run.unsubscribe()


@dataclass
class PollingTrigger:
    """A flow that begins when a check has news: 200 with an array fires, 202 does not."""

    connection: Connection
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    fired: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.run = Run(self.connection, "When_jobs_finish")
        self.next: str | None = None

    def check(self) -> Answer:
        """One check, at the Location of the last one; runs are in ``fired``, oldest first."""
        url = self.next or self.connection.base + self.path + (
            f"?{urlencode(self.query)}" if self.query else ""
        )
        key = {"X-API-Key": self.connection.key} if self.connection.key else {}
        answer = self.run.retried("GET", url, key=key)
        if answer.status == 200:
            items = answer.json()
            assert isinstance(items, list), "a batch trigger answers an array"
            self.fired += reversed(items)
        if answer.status in (200, 202):
            self.next = answer.headers.get("Location") or self.next
        return answer


def run_headers(name: str) -> dict[str, str]:
    """What a flow's call says of its run."""
    flow, run = uuid.uuid4().hex, f"0858{uuid.uuid4().int % 10**22:022d}CU00"
    return {
        "x-ms-workflow-id": flow,
        "x-ms-workflow-run-id": run,
        "x-ms-workflow-operation-name": name,
        "x-ms-tracking-id": str(uuid.uuid4()),
        "x-ms-correlation-id": str(uuid.uuid4()),
        "x-ms-client-request-id": str(uuid.uuid4()),
        "User-Agent": f"azure-logic-apps/1.0 (workflow {flow}; version 1) microsoft-flow/1.0",
        "Accept-Language": "en-US",
    }


def again(status: int) -> bool:
    """Whether the retry policy repeats a request that was answered like this."""
    return status in (0, 408, 429) or status >= 500


def followable(location: str) -> bool:
    """Whether the engine can go there: an absolute URL that is not too long."""
    parts = urlsplit(location)
    return parts.scheme in ("http", "https") and bool(parts.netloc) and len(location) <= LONGEST_URL


def retry_after(text: str | None) -> float:
    """Seconds to wait: whole seconds, or an HTTP date."""
    if text is None:
        return DEFAULT_WAIT
    if text.isdigit():
        return float(text)
    return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())


def ended(answer: Answer) -> Ended:
    """What an answer other than 202 makes of the step."""
    try:
        output = answer.json() if answer.content else None
    except ValueError:
        output = answer.content
    if 200 <= answer.status < 300:
        return Ended("Succeeded", "OK", output, answer.status)
    code = "ActionFailed" if answer.status else "BadGateway"
    return Ended("Failed", code, output, answer.status)
