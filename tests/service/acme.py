"""A tiny provider with a manifest of its own: jobs that can be stopped, and results that are
files. The test decides what it answers."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue

from tests.serving import serving

KEY = "acme-key-of-the-tests"
DONE = {"http": 200, "body": {"state": "done", "value": {"score": 1}}}
FIELDS = {
    "type": "object",
    "required": ["text", "copies"],
    "properties": {
        "text": {"type": "string", "title": "Text", "description": "What to work on."},
        "copies": {"type": "integer", "minimum": 1, "title": "Copies", "description": "How many."},
        "weight": {"type": "number", "title": "Weight", "description": "How heavy."},
        "paper": {
            "type": "object",
            "title": "Paper",
            "description": "Its size.",
            "additionalProperties": False,
            "properties": {
                "a/b": {"type": "string", "title": "A or B", "description": "Which of them."}
            },
        },
        "document": {
            "type": "string",
            "format": "binary",
            "title": "Document",
            "description": "A file to work on.",
        },
    },
}


def steps(*after: dict[str, Any], call: str = "check_status") -> dict[str, Any]:
    """An example of a manifest: an order, then these."""
    order = {
        "call": "submit",
        "response": {"http": 201, "body": {"id": "j-1"}},
        "expect": {"status": "pending"},
    }
    return {"input": {"text": "x", "copies": 1}, "steps": [order, *after]}


def check(body: dict[str, Any], **expect: Any) -> dict[str, Any]:
    """One step of an example: a look at the job."""
    return {"call": "check_status", "response": {"http": 200, "body": body}, "expect": expect}


PRINTED = {"call": "get_result", "response": {"http": 200, "body": {"$file": "00000000"}},
           "expect": {"status": "succeeded"}}  # fmt: skip
WORKING = check({"state": "working"}, status="running")
ENDS = {
    "rejected": steps(check({"state": "rejected", "error": "no"}, status="failed")),
    "stopped": steps(WORKING, check({"state": "stopped"}, status="canceled")),
}


def action(title: str, rule: dict[str, Any], *after: dict[str, Any]) -> dict[str, Any]:
    """An action that ends by one rule of its own."""
    return {
        "title": title,
        "description": f"{title}, slowly.",
        "fields": FIELDS,
        "output": {"type": "object", "properties": {}},
        "calls": {
            "check_status": {
                "method": "GET",
                "path": "/jobs/{job}",
                "picks": {"error.message": "body.error"},
                "rules": [
                    rule,
                    {"at": "body.state", "is": "working", "then": "running"},
                    {"at": "body.state", "is": "rejected", "then": "failed"},
                    {"at": "body.state", "is": "stopped", "then": "canceled"},
                ],
            }
        },
        "examples": {"good": steps(WORKING, *after), **ENDS},
    }


MANIFEST: dict[str, Any] = {
    "manifest": 1,
    "name": "acme",
    "title": "Acme",
    "description": "Does jobs.",
    "base_url": "https://api.acme.example",
    "auth": {"kind": "header", "name": "X-Acme-Key", "value": "{key}"},
    "errors": {"code": "body.error.code", "message": "body.error.message"},
    "pace": {"initial": 1, "first": 1, "factor": 1, "ceiling": 1, "deadline": 600},
    "calls": {
        "submit": {
            "method": "POST",
            "path": "/jobs",
            "timeout": 20,
            "body": {"text": "{input.text}", "copies": "{input.copies}"},
            "picks": {"job": "body.id"},
            "rules": [{"at": "http", "is": 201, "then": "pending"}],
        },
        "get_result": {
            "method": "GET",
            "path": "/jobs/{job}/print",
            "answer": "bytes",
            "rules": [{"at": "http", "is": 200, "then": "succeeded", "picks": {"result": "body"}}],
        },
        "cancel": {"method": "DELETE", "path": "/jobs/{job}"},
    },
    "actions": {
        "read": action(
            "Read it",
            {
                "at": "body.state",
                "is": "done",
                "then": "succeeded",
                "picks": {"result": "body.value"},
            },
            check(DONE["body"], status="succeeded"),
        ),
        "print": action(
            "Print it",
            {"at": "body.state", "is": "done", "next": "get_result"},
            check({"state": "done"}, next_call="get_result"),
            PRINTED,
        ),
    },
}


@dataclass
class Acme:
    """The provider: what it heard, and what it answers.

    ``taking`` is called in the middle of every order; ``answer`` may replace the answer to a look.
    """

    url: str = ""
    state: str = "working"
    value: Any = field(default_factory=lambda: {"score": 97})
    printed: Callable[[], Response] = lambda: Response(b"0123456789", mimetype="text/plain")
    keys: list[str | None] = field(default_factory=list)
    orders: list[Any] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    looks: int = 0
    taking: Callable[[], ResponseReturnValue | None] = lambda: None
    answer: Callable[[], ResponseReturnValue | None] = lambda: None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def app(self) -> Flask:
        """Its routes."""
        app = Flask(__name__)
        app.before_request(self.see_key)
        app.add_url_rule("/jobs", view_func=self.order, methods=["POST"])
        app.add_url_rule("/jobs/<id>", view_func=self.look)
        app.add_url_rule("/jobs/<id>", view_func=self.stop, methods=["DELETE"])
        app.add_url_rule("/jobs/<id>/print", "print", lambda id: self.printed())
        return app

    def see_key(self) -> None:
        """Remembers what it was asked with."""
        self.keys.append(request.headers.get("X-Acme-Key"))

    def order(self) -> ResponseReturnValue:
        """A job is taken; its id is said only when ``taking`` is through."""
        with self.lock:
            self.orders.append(request.get_json(silent=True) or request.form.to_dict())
            id = f"j-{len(self.orders)}"
        return self.taking() or ({"id": id}, 201)

    def look(self, id: str) -> ResponseReturnValue:
        """How a job is."""
        self.looks += 1
        said = {"state": "stopped" if id in self.stopped else self.state}
        return self.answer() or {**said, "value": self.value, "error": "because"}

    def stop(self, id: str) -> ResponseReturnValue:
        """Ends a job."""
        self.stopped.append(id)
        return "", 202


@contextlib.contextmanager
def acme(folder: Path) -> Iterator[tuple[Acme, dict[str, str]]]:
    """The provider on a socket, and the settings that make a system know it."""
    provider = Acme()
    manifests = folder / "manifests"
    manifests.mkdir()
    (manifests / "acme.json").write_text(json.dumps(MANIFEST))
    with serving(provider.app()) as url:
        provider.url = url
        settings = {
            "CONNECTOR_MANIFESTS": str(manifests),
            "ACME_BASE_URL": url,
            "ACME_API_KEY": KEY,
        }
        yield provider, settings
