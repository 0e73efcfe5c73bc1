"""How does Pulse answer on the wire? Routes, keys and statuses; the work is done elsewhere."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue

from connector.simulators.control import equip
from connector.simulators.faults import Fault
from connector.simulators.options import Options
from connector.simulators.pulse.batch import BATCHES
from connector.simulators.pulse.extract import extract_task
from connector.simulators.pulse.form import Form, read_form
from connector.simulators.pulse.forms import form_task
from connector.simulators.pulse.house import LARGEST, House, Task
from connector.simulators.pulse.jobs import COMPLETED, PENDING, WAITING, Job, State, stamp
from connector.simulators.pulse.large import Large, check_signature
from connector.simulators.pulse.problems import Refusal, error, plain, unknown
from connector.simulators.pulse.steps import schema_task, split_task, tables_task
from connector.simulators.pulse.xlsx import MIME
from connector.simulators.wire import CONTROL, FAULT

TASKS: dict[str, tuple[str, Callable[[Form, House], Task]]] = {
    "/extract": ("extract", extract_task),
    "/extract_async": ("extract", extract_task),
    "/split": ("split", split_task),
    "/schema": ("schema", schema_task),
    "/tables": ("tables", tables_task),
    **{f"/form/{deed}": (f"form_{deed}", form_task(deed)) for deed in ("detect", "fill", "clear")},
    **{name.replace("batch_", "/batch/"): (name, maker) for name, maker in BATCHES.items()},
}
"""Path -> operation and what reads its request."""
ROUTES = (
    ("check_status", "GET", re.compile(r"/job/[^/]+")),
    ("get_result", "GET", re.compile(r"/(large_results/[^/]+|results/.+|schema/[^/]+/excel)")),
    ("cancel", "DELETE", re.compile(r"/job/[^/]+")),
    ("cancel", "POST", re.compile(r"/cancel/[^/]+")),
)
ID_FIELD = {"tables": "tables_id"}
"""Operation -> how its acknowledgement names the job, where it is not ``job_id``."""
PORTAL = "https://app.svix.com/app_portal/simulated"
LARGEST_BODY = LARGEST * 3 // 2


def kind_of(method: str, path: str) -> str:
    """What a request is for, in the words of the faults; ``other`` when it is for nothing."""
    if method == "POST" and path in TASKS:
        return "submit"
    for kind, verb, form in ROUTES:
        if method == verb and form.fullmatch(path):
            return kind
    return "other"


def make_pulse(options: Options) -> Flask:
    """The app; ValueError for a bad fault spec or switch."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_BODY
    pulse = Pulse(app, options)
    app.before_request(pulse.check_key)
    app.register_error_handler(Refusal, lambda r: (jsonify(r.body()), r.status))
    app.register_error_handler(404, lambda _: (error("GENERAL_003", "Not found"), 404))
    for status in (405, 413):
        app.register_error_handler(status, lambda failed: (plain(failed.code), failed.code))
    for path in TASKS:
        app.add_url_rule(path, path, lambda path=path: pulse.submit(path), methods=["POST"])
    app.add_url_rule("/job/<id>", view_func=pulse.job)
    app.add_url_rule("/job/<id>", view_func=pulse.cancel, methods=["DELETE"])
    app.add_url_rule("/cancel/<id>", "old-cancel", pulse.cancel, methods=["POST"])
    app.add_url_rule("/large_results/<id>", view_func=pulse.large_result)
    app.add_url_rule("/results/<id>/images/<name>", view_func=pulse.image)
    app.add_url_rule("/results/<id>/pdf", view_func=pulse.pdf)
    app.add_url_rule("/schema/<id>/excel", view_func=pulse.excel)
    app.add_url_rule("/webhook", "webhook", lambda: {"link": PORTAL}, methods=["POST"])
    return app


class Pulse:
    """The provider's views over its house."""

    def __init__(self, app: Flask, options: Options) -> None:
        self.house = House(options)
        self.large = Large(self.house)
        self.log = equip(app, options, kind_of, plain, self.house.switches)

    def check_key(self) -> None:
        """Every route wants the key, but a presigned link at the foreign host."""
        if request.path.startswith(CONTROL):
            return
        if request.path.startswith("/large_results/") and self._foreign():
            return
        given, right = request.headers.get("x-api-key"), self.house.options.key
        if not given:
            raise Refusal("AUTH_001")
        if right is not None and given != right:
            raise Refusal("AUTH_002")

    def submit(self, path: str) -> ResponseReturnValue:
        """All POSTs that order work: an acknowledgement at once, or the result when it is made."""
        operation, read = TASKS[path]
        form = read_form(request)
        later = form.flag("async") or path == "/extract_async"
        job, task = self._take(operation, read(form, self.house), later)
        if task.batch is not None:
            return {"batch_job_id": job.id, "status": "processing", **task.batch}, 202
        if not later:
            return self._wait(job)
        message = f"{operation.replace('_', ' ').capitalize()} job accepted"
        named = {ID_FIELD.get(operation, "job_id"): job.id}
        return {**named, "status": PENDING, "message": message}, int(self.house.switches["ack"])

    def job(self, id: str) -> Response:
        """``GET /job/{id}``: 200 whatever became of the job; only ``status`` decides."""
        now, fault = self.house.options.clock(), request.environ.get(FAULT)
        job = self.house.jobs.find(id, now)
        return jsonify(self._job_body(job, self.house.jobs.state(job, now, fault)))

    def cancel(self, id: str) -> dict[str, Any]:
        """``DELETE /job/{id}``: a job that has ended stays as it is, and that is a 200 too."""
        now = self.house.options.clock()
        stopped = self.house.jobs.cancel(self.house.jobs.find(id, now), now)
        message = "Job canceled successfully" if stopped else "Job has ended and is unchanged"
        return {"job_id": id, "message": message}

    def large_result(self, id: str) -> Response:
        """``GET /large_results/{id}``: what a link is for."""
        foreign = self._foreign()
        if foreign:
            check_signature(id, request.args)
        job = self.house.jobs.find(id, self.house.options.clock())
        return jsonify(self.large.take(job, foreign))

    def image(self, id: str, name: str) -> Response:
        """``GET /results/{id}/images/{name}``: a figure, as often as it is wanted."""
        body = self._completed(id).get("bounding_boxes", {})
        figures = body.get("Images", ())
        if not any(f.get("image_url", "").endswith(f"/{id}/images/{name}") for f in figures):
            raise unknown("Image", name)
        return self._content(id, f"image/{name.rpartition('.')[2]}")

    def pdf(self, id: str) -> Response:
        """``GET /results/{id}/pdf``: 404 for jobs that are not about forms."""
        if "form_id" not in self._completed(id):
            raise unknown("PDF", id)
        return self._content(id, "application/pdf")

    def excel(self, id: str) -> Response:
        """``GET /schema/{id}/excel``: the filled template; 404 for a schema without one."""
        if id not in self.house.workbooks:
            raise unknown("Excel output", id)
        return Response(self.house.workbooks[id], mimetype=MIME)

    def _take(self, operation: str, task: Task, later: bool) -> tuple[Job, Task]:
        """Make jobs of a task, and note the order: a batch is one order."""
        now, fault = self.house.options.clock(), request.environ.get(FAULT)
        seconds = self.house.options.seconds if later or task.batch else 0.0
        child = operation.removeprefix("batch_")
        ids = []
        for index, each in enumerate(task.children):
            starts = now + seconds * (index // task.workers)
            ids.append(self._add(child, each, now, starts, starts + seconds).id)
        waves = -(-len(ids) // task.workers) or 1
        job = self._add(operation, task, now, now, now + waves * seconds, fault, tuple(ids))
        self.log.order(job=job.id, at=now, operation=operation, later=later, **task.seen)
        return job, task

    def _add(
        self,
        operation: str,
        task: Task,
        now: float,
        starts: float,
        ready: float,
        fault: Fault | None = None,
        children: tuple[str, ...] = (),
    ) -> Job:
        waiting = 0.0 if children else WAITING * (ready - starts)
        job = Job(
            id=str(uuid.uuid4()),
            operation=operation,
            file=task.name,
            key=task.key,
            created_at=now,
            starts_at=starts + waiting,
            ready_at=ready,
            work=task.work,
            fault=fault,
            children=children,
        )
        self.house.jobs.add(job)
        return job

    def _wait(self, job: Job) -> Response:
        """The answer of a synchronous call, which takes as long as its job."""
        self.house.options.sleep(self.house.options.seconds)
        word = job.fault.word if job.fault else None
        if word in ("fail", "stuck"):
            raise Refusal("PROC_001" if word == "fail" else "PROC_002")
        result = self.house.jobs.result(job)
        return jsonify(self.large.offer(job, result, self._origin()))

    def _job_body(self, job: Job, state: State) -> dict[str, Any]:
        """``result`` is there when there is one, whatever the status; ``error`` is a string."""
        body: dict[str, Any] = {
            "job_id": job.id,
            "status": state.status,
            "created_at": stamp(job.created_at),
            "updated_at": stamp(state.since),
        }
        if state.result:
            body["result"] = state.result.body
        if state.result and state.status == COMPLETED:
            offered = self.large.offer(job, state.result, self._origin())
            # Job results keep the legacy spelling with a hyphen; synchronous ones have plan_info.
            body["result"] = {("plan-info" if k == "plan_info" else k): offered[k] for k in offered}
        if state.error:
            body["error"] = state.error
        return body

    def _completed(self, id: str) -> dict[str, Any]:
        """The result of a job that is completed; 404 for any other."""
        now = self.house.options.clock()
        job = self.house.jobs.find(id, now)
        state = self.house.jobs.state(job, now)
        if state.status != COMPLETED or not state.result:
            raise unknown("Result", id)
        return state.result.body

    def _content(self, id: str, mime_type: str) -> Response:
        """The bytes of a job's document."""
        job = self.house.jobs.find(id, self.house.options.clock())
        content = self.house.readings.content(job.key)
        if content is None:
            raise unknown("File", id)
        return Response(content, mimetype=mime_type)

    def _origin(self) -> str:
        return request.host_url.rstrip("/")

    def _foreign(self) -> bool:
        return self.large.is_foreign(request.host_url)
