"""Is the service well, and what does it serve? Health, metrics and the OpenAPI document."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from connector.platforms import access, openapi
from connector.platforms.metrics import StoreCollector
from connector.platforms.problems import problem
from connector.platforms.site import Site


def make_blueprint(site: Site) -> Blueprint:
    """Routes outside of any platform."""
    bp = Blueprint("service", __name__)
    registry = CollectorRegistry()
    registry.register(StoreCollector(site.engine.parts.store, site.engine.parts.clock))

    @bp.get("/healthz")
    def healthz() -> Response:
        return jsonify({"status": "ok"})

    @bp.get("/readyz")
    def readyz() -> Response:
        if site.engine.parts.store.ready():
            return jsonify({"status": "ready"})
        return problem(503, "not_ready", "The database does not answer or is not migrated.")

    @bp.get("/metrics")
    def metrics() -> Response:
        access.owner(site)
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)

    @bp.get("/openapi.json")
    def document() -> Response:
        return jsonify(openapi.document(site))

    return bp
