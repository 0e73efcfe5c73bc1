"""How does the command line talk to a served connector? A small REST client.

It knows our own API only; providers are asked by the worker, through the door.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests

URL, KEY = "CONNECTOR_URL", "CONNECTOR_KEY"
USUAL = "http://127.0.0.1:8000"
HERE = ("127.0.0.1", "localhost", "::1")


class Refused(Exception):
    """The service said no, or did not answer; the message is for people."""

    def __init__(self, message: str, problem: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.problem = dict(problem or {})


class Client:
    """Calls one service with one key (CONNECTOR_URL and CONNECTOR_KEY when not given)."""

    def __init__(self, url: str | None = None, key: str | None = None) -> None:
        self.url = (url or os.environ.get(URL) or USUAL).rstrip("/")
        self._session = requests.Session()
        # A proxy of the environment leads away from this machine.
        self._session.trust_env = urlsplit(self.url).hostname not in HERE
        self._key = key or os.environ.get(KEY, "")

    def close(self) -> None:
        """Ends its connections."""
        self._session.close()

    def get(self, path: str, **options: Any) -> requests.Response:
        """The answer to a GET of a path or an absolute link; raises Refused. ``with_key`` False
        leaves our key out, where nobody asks for it."""
        return self.call("GET", path, **options)

    def call(
        self, method: str, path: str, with_key: bool = True, **options: Any
    ) -> requests.Response:
        """The answer, whatever it is below 400; raises Refused with the problem's own words."""
        url = path if path.startswith("http") else self.url + path
        headers = {"X-API-Key": self._key} if with_key and self._key else {}
        options["headers"] = headers | options.get("headers", {})
        try:
            answer = self._session.request(
                method, url, timeout=60, allow_redirects=False, **options
            )
        except requests.RequestException as error:
            reason = (
                "cannot be reached" if isinstance(error, requests.ConnectionError) else "failed"
            )
            message = f"The service at {self.url} {reason}; is 'connector serve' running there?"
            raise Refused(message) from error
        if answer.status_code >= 400:
            raise refusal(answer, with_key)
        return answer


def refusal(answer: requests.Response, with_key: bool = True) -> Refused:
    """What an answer of 400 and above says; ``with_key`` where it was asked with our key."""
    if answer.status_code == 401 and with_key and not answer.request.headers.get("X-API-Key"):
        return Refused(f"{KEY} is not set; 'connector keys add' makes a key.")
    if answer.status_code == 401 and with_key:
        return Refused(f"The key is not known there; set {KEY} ('connector keys add' makes one).")
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    if not isinstance(problem, dict):
        problem = {}
    message = str(problem.get("detail") or f"The service answered {answer.status_code}.")
    errors = problem.get("errors", ())
    lines = [f"  {each['pointer']}: {each['detail']}" for each in errors if len(errors) > 1]
    return Refused("\n".join([message, *lines]), problem)
