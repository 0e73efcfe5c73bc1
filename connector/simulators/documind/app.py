"""How does DocuMind answer on the wire? Routes, keys and statuses; the work is done elsewhere."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace

from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue

from connector.simulators.control import equip
from connector.simulators.documents import Document
from connector.simulators.documind.extractions import (
    COMPLETED,
    FAILED,
    PROCESSING,
    Extraction,
    Extractions,
    completed,
)
from connector.simulators.documind.listing import page, read_query
from connector.simulators.documind.orders import Order, read_order
from connector.simulators.documind.problems import Refused, invalid, problem
from connector.simulators.documind.reading import read_entities
from connector.simulators.documind.review import review_pages
from connector.simulators.documind.uploads import Upload, Uploads, is_supported, type_of
from connector.simulators.documind.usage import usage
from connector.simulators.documind.verdict import flags_for
from connector.simulators.documind.ways import SWITCHES
from connector.simulators.faults import Fault
from connector.simulators.fields import find_fields
from connector.simulators.options import Options
from connector.simulators.switches import Switches
from connector.simulators.wire import FAULT

BASE = "/api/v1"
LARGEST_FILE, LARGEST_BODY, MOST_FILES = 50_000_000, 500_000_000, 100
ROUTES = (
    ("upload", "POST", re.compile(rf"{BASE}/upload")),
    ("submit", "POST", re.compile(rf"{BASE}/extract/[^/]+")),
    ("check_status", "GET", re.compile(rf"{BASE}/data/extractions")),
)


def kind_of(method: str, path: str) -> str:
    """What a request is for, in the words of the faults; ``other`` when it is for nothing."""
    for kind, verb, form in ROUTES:
        if method == verb and form.fullmatch(path):
            return kind
    return "other"


def make_documind(options: Options) -> Flask:
    """The app; ValueError for a bad fault spec or switch."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    documind = Documind(app, options)
    app.before_request(documind.check_key)
    app.register_error_handler(Refused, lambda error: (jsonify(error.body), error.status))
    for status in (400, 404, 405, 413):
        app.register_error_handler(status, lambda error: (jsonify(problem(error.code)), error.code))
    for method, path, view in (
        ("POST", "/upload", documind.upload),
        ("POST", "/extract/<id>", documind.extract),
        ("GET", "/data/extractions", documind.browse),
        ("GET", "/documents/<id>/download", documind.download),
        ("DELETE", "/documents/<id>", documind.delete),
        ("GET", "/usage/current", documind.usage),
    ):
        app.add_url_rule(BASE + path, view.__name__, view, methods=[method])
    app.register_blueprint(review_pages(documind.extractions, documind.switches, options.clock))
    return app


class Documind:
    """The provider's views over its documents and extractions."""

    def __init__(self, app: Flask, options: Options) -> None:
        self.options = options
        self.uploads = Uploads()
        self.extractions = Extractions(options.retention)
        self.switches = Switches(SWITCHES, options.switches)
        self.log = equip(app, options, kind_of, problem, self.switches)

    def check_key(self) -> None:
        """``X-API-Key``; nothing is known of what a key looks like."""
        given = request.headers.get("X-API-Key")
        if request.path.startswith(BASE) and (not given or given != (self.options.key or given)):
            raise Refused(401)

    def upload(self) -> ResponseReturnValue:
        """``POST /upload``: a bare list of document ids, in the order of the files."""
        parts = request.files.getlist("files")
        if not parts:
            raise Refused(422, [invalid("missing", ["body", "files"], "Field required")])
        if len(parts) > MOST_FILES:
            raise Refused(400, f"Maximum {MOST_FILES} files per request")
        files = [(part.filename or "", part.read(), part.mimetype) for part in parts]
        for name, content, mime_type in files:
            if not is_supported(name, mime_type):
                raise Refused(400, "File format not supported. Supported formats: PDF, DOC, DOCX, "
                                   "JPG, PNG, TIFF, BMP")  # fmt: skip
            if len(content) > LARGEST_FILE:
                raise Refused(413)
        return jsonify([self._keep(name, content).id for name, content, _ in files])

    def extract(self, id: str) -> ResponseReturnValue:
        """``POST /extract/{document_id}``: answers when it is done, seconds or minutes later."""
        body = request.get_json(silent=True, force=True)
        if body is None:
            raise Refused(422, [invalid("json_invalid", ["body", 0], "JSON decode error")])
        order = read_order(body)
        upload = self.uploads.find(id)
        if upload is None:
            raise Refused(404, "Document not found")
        began = self._begin(upload, order)
        self.options.sleep(self.options.seconds)
        return jsonify(self._end(began, order, upload, request.environ.get(FAULT)).answer())

    def browse(self) -> ResponseReturnValue:
        """``GET /data/extractions``."""
        query = read_query(request.args)
        now, lag = self.options.clock(), float(self.switches["list_lag"])
        found = self.extractions.at(now, lag, query.filters.get("document_id"))
        if fault := request.environ.get(FAULT):
            found = [told(each, fault) for each in found]
        return jsonify(page(found, query))

    def download(self, id: str) -> ResponseReturnValue:
        """``GET /documents/{document_id}/download``: the bytes as they came."""
        upload = self.uploads.find(id)
        if upload is None:
            raise Refused(404, "Document not found")
        answer = Response(upload.content, content_type=type_of(upload.filename))
        answer.headers.set("Content-Disposition", "attachment", filename=upload.filename)
        return answer

    def delete(self, id: str) -> ResponseReturnValue:
        """``DELETE /documents/{document_id}``: results remain, as the documentation promises."""
        if self.uploads.delete(id) is None:
            raise Refused(404, "Document not found")
        return jsonify({"message": "Document deleted successfully"})

    def usage(self) -> ResponseReturnValue:
        """``GET /usage/current``."""
        now, counts = self.options.clock(), self.log.document()["counts"]
        done = len(self.extractions.at(now))
        return jsonify(usage(now, sum(counts.values()), done, self.uploads.size()))

    def _keep(self, filename: str, content: bytes) -> Upload:
        now = self.options.clock()
        upload = self.uploads.add(filename, content, now, self.switches["same_file"] == "same")
        self.log.order(
            kind="upload", at=now, document=upload.id, filename=filename, sha256=upload.sha256
        )
        return upload

    def _begin(self, upload: Upload, order: Order) -> Extraction:
        """The item is there, and the order noted, before any answer."""
        id, now = str(uuid.uuid4()), self.options.clock()
        extraction = Extraction(
            id=id,
            document_id=upload.id,
            original_filename=upload.filename,
            created_at=now,
            updated_at=now,
            entities=order.entities,
            required=order.required,
        )
        self.extractions.add(extraction)
        self.log.order(
            kind="submit",
            at=now,
            job=id,
            document=upload.id,
            filename=upload.filename,
            sha256=upload.sha256,
            fields=[*order.entities],
            model=order.model,
            extraction_mode=order.mode,
            review_threshold=order.threshold,
        )
        return extraction

    def _end(
        self, began: Extraction, order: Order, upload: Upload, fault: Fault | None
    ) -> Extraction:
        """What came of it; Refused 500 when it failed, 504 (a proxy's) when it never ends."""
        if fault and fault.word == "stuck":
            raise Refused(504)
        document = self.uploads.read(upload)
        trouble = "internal error" if fault and fault.word == "fail" else document.trouble
        now = self.options.clock()
        if trouble:
            self.extractions.change(began.id, now, lambda each: replace(each, status=FAILED))
            raise Refused(500, f"Extraction failed: {trouble}")
        ended = self.extractions.change(
            began.id, now, lambda each: self._read(each, order, document)
        )
        if fault:
            self.extractions.change(began.id, now, lambda each: told(each, fault))
        return ended

    def _read(self, extraction: Extraction, order: Order, document: Document) -> Extraction:
        readings = read_entities(find_fields(document.pages), order.entities)
        flagged = flags_for(order, readings, self.switches)
        done = completed(extraction, readings, flagged, document.pages, document.note)
        always = self.switches["review"] == "always"
        return replace(done, needs_review=True) if always else done


def told(extraction: Extraction, fault: Fault) -> Extraction:
    """An extraction with the status a fault gives it; only a completed one has results."""
    status = {"fail": FAILED, "stuck": PROCESSING}.get(fault.word, fault.value)
    if status == COMPLETED:
        return extraction
    return replace(extraction, status=status, results=None, scores={}, flags={}, needs_review=False)
