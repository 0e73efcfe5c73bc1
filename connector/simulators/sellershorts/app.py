"""How does the stand-in answer, and when does it ask? Routes, and one thread that polls."""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue

from connector.simulators.control import equip
from connector.simulators.options import Options
from connector.simulators.sellershorts.asking import Heard, ask
from connector.simulators.sellershorts.judging import received, wrong_callback, wrong_poll
from connector.simulators.sellershorts.ledger import COMPLETED, FAILED, Ledger, Order
from connector.simulators.sellershorts.payloads import FORMS, payload
from connector.simulators.sellershorts.uploads import EXPIRES, LARGEST, Uploads

CALLBACK = "/api/orders/callback"
LARGEST_CALLBACK = 4_500_000
ROUTES = (
    ("callback", "POST", re.compile(CALLBACK)),
    ("prepare", "POST", re.compile(f"{CALLBACK}/prepare")),
    ("upload", "PUT", re.compile(r"/uploads/.+")),
)
LOOK = 0.02  # seconds between two looks at what is due
PIECE = 64 * 1024


def kind_of(method: str, path: str) -> str:
    """What a request is for, in the words of the faults; ``other`` when it is for nothing."""
    for kind, verb, form in ROUTES:
        if method == verb and form.fullmatch(path):
            return kind
    return "other"


def problem(status: int, why: str = "not now") -> dict[str, Any]:
    """The body of an error."""
    return {"ok": False, "error": why, "status": status}


def make_sellershorts(options: Options) -> Flask:
    """The app; ValueError for a bad fault spec."""
    app = Flask(__name__, static_folder=None)
    market = Market(options)
    equip(app, options, kind_of, problem)
    for method, path, view in (
        ("POST", CALLBACK, market.callback),
        ("POST", f"{CALLBACK}/prepare", market.prepare),
        ("PUT", "/uploads/<path:key>", market.upload),
        ("POST", "/_buy", market.buy),
        ("GET", "/_orders", market.list_orders),
        ("GET", "/_orders/<id>", market.get_order),
        ("POST", "/_orders/<id>/poll", market.poll_now),
        ("POST", "/_files/<name>", market.keep_file),
        ("GET", "/files/<id>/<name>", market.get_file),
    ):
        app.add_url_rule(path, view.__name__, view, methods=[method])
    return app


class Market:
    """The marketplace: what it was told, and what it asks."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.ledger = Ledger()
        self.uploads = Uploads()
        self._files: dict[str, bytes] = {}
        self._bought = threading.Event()
        self._polling = threading.Lock()  # held for ever by the thread that polls

    # What a seller calls.

    def callback(self) -> ResponseReturnValue:
        """``POST /api/orders/callback``."""
        refused = self._refused()
        if refused:
            return refused
        said: Any = request.get_json(silent=True, force=True)
        order = self.ledger.find(str(said.get("order_id"))) if isinstance(said, dict) else None
        if order is None:
            return jsonify(problem(400, "unknown order")), 400
        wrong = wrong_callback(said, self.uploads.done())
        self.ledger.note(order, "callback", self.options.clock(), wrong=wrong)
        if wrong:
            return jsonify(problem(400, "; ".join(wrong))), 400
        closed = self._close(order, said, COMPLETED if said["ok"] else FAILED)
        return jsonify({"ok": True, "duplicate": not closed})

    def prepare(self) -> ResponseReturnValue:
        """``POST /api/orders/callback/prepare``."""
        refused = self._refused()
        if refused:
            return refused
        said: Any = request.get_json(silent=True, force=True)
        wanted = {"order_id": str, "filename": str, "mime_type": str, "file_size": int}
        whole = isinstance(said, dict) and all(
            isinstance(said.get(name), kind) for name, kind in wanted.items()
        )
        if not whole or self.ledger.find(said["order_id"]) is None:
            return jsonify(problem(400, "bad payload or unknown order")), 400
        if not 0 < said["file_size"] <= LARGEST:
            return jsonify(problem(413, "too large")), 413
        place = self.uploads.announce(said, self.options.clock())
        address = f"{request.host_url}uploads/{quote(place.key)}?signature={place.token}"
        return jsonify(
            ok=True, order_id=said["order_id"], is_test_mode=False, filename=place.filename,
            object_key=place.key, upload_url=address,
            requires_headers={"Content-Type": place.mime_type},
            expires_in=EXPIRES, max_bytes=LARGEST,
        )  # fmt: skip

    def upload(self, key: str) -> ResponseReturnValue:
        """``PUT`` to an address that ``prepare`` gave. It knows no secret."""
        if "x-callback-secret" in request.headers:
            return jsonify(problem(400, "the secret does not belong here")), 400
        token, kind = request.args.get("signature"), request.headers.get("Content-Type")
        status = self.uploads.put(key, token, kind, pieces(), self.options.clock())
        return Response(status=status)

    # What a buyer does.

    def buy(self) -> ResponseReturnValue:
        """``{"webhook", "status"?, "headers", "inputs", "input_files"?, "form"?, "order_id"?,
        "callback"?}``: orders, and answers with the order. ``status`` is the polling URL with its
        ``{order_id}``, ``form`` the name of a payload or a template."""
        said: dict[str, Any] = request.get_json()
        now = self.options.clock()
        id = str(said.get("order_id") or uuid.uuid4())
        asked_at = said["status"].replace("{order_id}", quote(id)) if said.get("status") else None
        order = self.ledger.add(
            Order(id, said.get("headers", {}), asked_at, now, now + self.options.seconds)
        )
        form = said.get("form", "usual")
        template = FORMS[form] if isinstance(form, str) else form
        body = payload(template, self._values(id, said, now))
        heard = ask("POST", said["webhook"], order.headers, body)
        self._note(order, "order", heard)
        if asked_at and self.options.seconds > 0 and 200 <= heard.status < 300:
            self._keep_polling()
        return jsonify({**order.document(), "answer": heard.body, "http": heard.status})

    def list_orders(self) -> ResponseReturnValue:
        """Every order."""
        return jsonify([each.document() for each in self.ledger.all()])

    def get_order(self, id: str) -> ResponseReturnValue:
        """One order."""
        order = self.ledger.find(id)
        return jsonify(order.document()) if order else (jsonify(problem(404)), 404)

    def poll_now(self, id: str) -> ResponseReturnValue:
        """Polls, whether it is time or not, and answers with the order and what was said."""
        order = self.ledger.find(id)
        if order is None:
            return jsonify(problem(404)), 404
        heard = self._poll(order)
        return jsonify({**order.document(), "answer": heard.body, "http": heard.status})

    def keep_file(self, name: str) -> ResponseReturnValue:
        """What a buyer uploads."""
        id = uuid.uuid4().hex
        self._files[id] = request.get_data()
        return jsonify({"url": f"{request.host_url}files/{id}/{quote(name)}"})

    def get_file(self, id: str, name: str) -> ResponseReturnValue:
        """What a buyer uploaded, for the seller."""
        return Response(self._files[id]) if id in self._files else Response(status=404)

    # How it asks.

    def _values(self, id: str, said: Mapping[str, Any], now: float) -> dict[str, Any]:
        called_back = request.host_url.rstrip("/") + CALLBACK
        return {
            "short_id": "demo-tool",
            "order_id": id,
            "inputs": said.get("inputs", {}),
            "callback_url": called_back if said.get("callback", True) else None,
            "ts": int(now),
            "api_version": "v1",
            "input_files": said.get("input_files", []),
        }

    def _poll(self, order: Order) -> Heard:
        heard = ask("GET", str(order.status_url), order.headers)
        wrong = wrong_poll(heard.body, self.uploads.done()) if heard.status == 200 else []
        self._note(order, "poll", heard, wrong)
        said = heard.body
        if heard.status == 200 and not wrong and said["status"] in (COMPLETED, FAILED):
            self._close(order, said, said["status"])
        return heard

    def _close(self, order: Order, said: Mapping[str, Any], status: str) -> bool:
        if status == FAILED:
            return self.ledger.close(order, status, {}, str(said.get("error")))
        result = received(said)
        put = self.uploads.done()
        for file in result.get("files", ()):
            if place := put.get(file.get("object_key")):
                file |= {"size": place.size, "sha256": place.sha256}
        return self.ledger.close(order, status, result)

    def _note(self, order: Order, kind: str, heard: Heard, wrong: list[str] | None = None) -> None:
        body = heard.body if isinstance(heard.body, dict) else {}
        told = {name: body.get(name) for name in ("status", "progress", "message", "error")}
        self.ledger.note(
            order, kind, self.options.clock(), http=heard.status, seconds=heard.seconds,
            trouble=heard.trouble, wrong=wrong or [], said=told,
        )  # fmt: skip

    def _keep_polling(self) -> None:
        """One thread polls for all orders; it begins with the first, and rests between them."""
        self._bought.set()
        if self._polling.acquire(blocking=False):
            threading.Thread(target=self._poll_on, name="polling", daemon=True).start()

    def _poll_on(self) -> None:
        while True:
            self._bought.clear()
            due, any_open = self.ledger.due(self.options.clock(), self.options.seconds)
            for order in due:
                self._poll(order)
            self._bought.wait(LOOK if any_open else None)

    def _refused(self) -> tuple[Response, int] | None:
        """The size first, then who it is: nothing larger is read."""
        if (request.content_length or 0) > LARGEST_CALLBACK:
            return jsonify(problem(413, "the body is larger than 4.5 MB")), 413
        secret = request.headers.get("x-callback-secret")
        if not secret or secret != (self.options.key or secret):
            return jsonify(problem(401, "wrong secret")), 401
        return None


def pieces() -> Iterator[bytes]:
    """The body of the request, piece by piece."""
    while chunk := request.stream.read(PIECE):
        yield chunk
