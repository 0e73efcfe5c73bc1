"""What does the web server cost by itself? A bare Flask app: ``python -m benchmarks.bare PORT``."""

from __future__ import annotations

import sys
from typing import Any

from flask import Flask, Response, jsonify, request

from connector.serve import end_with_parent, web
from connector.settings import read_settings

MOMENT = "2026-07-01T12:00:00.000+00:00"
OPERATION = "6a4f2b00c0ffee00c0ffee00c0ffee00"
URL = f"http://127.0.0.1:8000/v1/operations/{OPERATION}"
DOCUMENT: dict[str, Any] = {
    "id": OPERATION,
    "status": "running",
    "provider": "bench",
    "action": "order",
    "progress": {"done": 1},
    "note": None,
    "error": None,
    "result": None,
    "created_at": MOMENT,
    "updated_at": MOMENT,
    "finished_at": None,
    "client_ref": None,
    "links": {"self": URL, "result": f"{URL}/result", "cancel": f"{URL}/cancel"},
}
"""As large as an operation's document."""


def make_app() -> Flask:
    """A GET that answers a document, a short GET, and a POST that only parses its JSON."""
    end_with_parent()
    app = Flask("bare", static_folder=None)

    @app.get("/document")
    def document() -> Response:
        return jsonify(DOCUMENT)

    @app.get("/short")
    def short() -> Response:
        return jsonify({"id": OPERATION, "status": "running"})

    @app.post("/parse")
    def parse() -> Response:
        return jsonify(request.get_json())

    return app


if __name__ == "__main__":
    web("benchmarks.bare:make_app", "127.0.0.1", int(sys.argv[1]), 1, read_settings({}).threads)
