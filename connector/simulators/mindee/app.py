"""How does Mindee answer on the wire? Routes, keys and statuses; the work is done elsewhere."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from typing import Any

from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue

from connector.simulators.control import equip
from connector.simulators.mindee.jobs import PROCESSED, Job, Jobs, State, job_body
from connector.simulators.mindee.models import PER_PAGE, SLUGS, search
from connector.simulators.mindee.orders import EXTRACTION, Order, read_order
from connector.simulators.mindee.problems import (
    BAD_KEY,
    NO_KEY,
    Problem,
    at,
    invalid,
    plain,
)
from connector.simulators.mindee.results import inference
from connector.simulators.options import Options
from connector.simulators.wire import FAULT

LARGEST_BODY = 150_000_000
"""Bytes: Mindee takes files of 100 MB, and base64 adds a third."""
KEY = re.compile(r"md_\S+")
FLAGS = {"true": True, "false": False}
ROUTES = (
    ("submit", "POST", re.compile(r"/v2/(products/\w+|inferences)/enqueue")),
    ("check_status", "GET", re.compile(r"/v2/jobs/[^/]+")),
    ("get_result", "GET", re.compile(r"/v2/(products/\w+/results|inferences)/[^/]+")),
    ("models", "GET", re.compile(r"/v2/search/models")),
    ("cancel", "DELETE", re.compile(r"/v2/jobs/[^/]+")),
    ("cancel", "POST", re.compile(r"/v2/jobs/[^/]+/cancel")),
)


def kind_of(method: str, path: str) -> str:
    """What a request is for, in the words of the faults; ``other`` when it is for nothing."""
    for kind, verb, form in ROUTES:
        if method == verb and form.fullmatch(path):
            return kind
    return "other"


def make_mindee(options: Options) -> Flask:
    """The app; ValueError for a bad fault spec."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_BODY
    mindee = Mindee(app, options)
    app.before_request(mindee.check_key)
    for status in (404, 405, 413):
        app.register_error_handler(status, lambda error: refuse(plain(error.code)))
    app.add_url_rule("/v2/search/models", view_func=models)
    app.add_url_rule("/v2/jobs/<id>", view_func=mindee.job)
    for prefix, finish in (("/v2/products/<slug>", "/results/<id>"), ("/v2/inferences", "/<id>")):
        app.add_url_rule(f"{prefix}/enqueue", f"{prefix}-enqueue", mindee.enqueue, methods=["POST"])
        app.add_url_rule(prefix + finish, f"{prefix}-result", mindee.result)
    return app


class Mindee:
    """The provider's views over its jobs."""

    def __init__(self, app: Flask, options: Options) -> None:
        self.options = options
        self.jobs = Jobs(options.retention, options.fetch_loopback)
        self.log = equip(app, options, kind_of, plain)

    def check_key(self) -> ResponseReturnValue | None:
        """The bare key, nothing before it: ``Bearer`` is refused as a wrong key."""
        if not request.path.startswith("/v2/") or self._elsewhere():
            return None
        given = request.headers.get("Authorization")
        if not given:
            return refuse(NO_KEY)
        right = given == self.options.key if self.options.key else bool(KEY.fullmatch(given))
        return None if right else refuse(BAD_KEY)

    def enqueue(self, slug: str = EXTRACTION) -> ResponseReturnValue:
        """``POST .../enqueue``: 202 with the job, or 422 with everything that is wrong."""
        if slug not in SLUGS:
            return refuse(plain(404))
        order = read_order(request, slug, self.options.fetch_loopback)
        if isinstance(order, list):
            return refuse(invalid(order))
        job = self._take(order, old="inferences" in request.path)
        return self._job_answer(job, State("Processing")), 202

    def job(self, id: str) -> ResponseReturnValue:
        """``GET /v2/jobs/{id}``: 302 *with the job as body* once processed, unless ``redirect``
        is false; a failed job is a 200."""
        redirect = FLAGS.get(request.args.get("redirect", "true"))
        if redirect is None:
            return refuse(invalid([at("redirect", "redirect must be true or false")]))
        now = self.options.clock()
        job = self.jobs.find(id, now)
        if job is None:
            return refuse(plain(404, "There is no job with this id."))
        state = self.jobs.state(job, now, request.environ.get(FAULT))
        answer = self._job_answer(job, state)
        if state.status != PROCESSED or not redirect:
            return answer
        return answer, 302, {"Location": self._results() + job.path}

    def result(self, id: str, slug: str = EXTRACTION) -> ResponseReturnValue:
        """``GET result_url``: 404 while there is no result, or no more."""
        now = self.options.clock()
        job = self.jobs.find(id, now)
        if job is None or job.order.product != slug:
            return refuse(plain(404, "There is no inference with this id."))
        if self.jobs.state(job, now).status != PROCESSED:
            return refuse(plain(404, "The inference is not ready."))
        if self.options.delete_when_fetched:
            self.jobs.forget(job.id)
        return jsonify(inference(job, self.jobs.document(job)))

    def _take(self, order: Order, old: bool) -> Job:
        """Make a job of an order, and note it."""
        id, now, sha256 = str(uuid.uuid4()), self.options.clock(), order.sha256()
        path = f"/v2/inferences/{id}" if old else f"/v2/products/{order.product}/results/{id}"
        job = Job(
            id=id,
            order=replace(order, content=None),
            key=sha256 or id,
            path=path,
            created_at=now,
            ready_at=now + self.options.seconds,
            fault=request.environ.get(FAULT),
        )
        self.jobs.add(job, order.content)
        self.log.order(
            job=id,
            at=now,
            product=order.product,
            model_id=order.model_id,
            filename=order.filename,
            alias=order.alias,
            sha256=sha256,
            webhook_ids=list(order.webhook_ids),
        )
        return job

    def _job_answer(self, job: Job, state: State) -> Response:
        return jsonify(job_body(job, state, request.host_url.rstrip("/"), self._results()))

    def _results(self) -> str:
        """The origin that results are fetched from."""
        return (self.options.second_origin or request.host_url).rstrip("/")

    def _elsewhere(self) -> bool:
        """A result at the second origin, where links work without a key, as signed ones do."""
        second, kind = self.options.second_origin, kind_of(request.method, request.path)
        here = request.host_url.rstrip("/")
        return kind == "get_result" and second is not None and here == second.rstrip("/")


def models() -> ResponseReturnValue:
    """``GET /v2/search/models``: all filters are optional."""
    page = request.args.get("page", "1")
    per_page = request.args.get("per_page", str(PER_PAGE))
    wrong = [
        at(name, f"{name} must be a number from 1")
        for name, value in (("page", page), ("per_page", per_page))
        if not re.fullmatch(r"[1-9]\d{0,5}", value)
    ]
    if wrong:
        return refuse(invalid(wrong))
    name, product = request.args.get("name", ""), request.args.get("model_type", "")
    return jsonify(search(name, product, int(page), int(per_page)))


def refuse(problem: Problem) -> tuple[Any, int]:
    """An error, as ``application/json``: Mindee does not use ``problem+json``."""
    return jsonify(problem), problem["status"]
