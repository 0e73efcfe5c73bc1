"""What answers HTTP? A Flask app out of the platforms' blueprints."""

from __future__ import annotations

from flask import Flask, Response, g, request

from connector.platforms import PLATFORMS, problems, service
from connector.platforms.site import Site
from connector.platforms.uploads import StreamingRequest, settle

BESIDE_FILES = 1_000_000  # bytes of a request that are not its file


def make_app(site: Site) -> Flask:
    """The app. A request is read only up to a file in base64 and a little more."""
    app = Flask("connector", static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    engine = site.engine
    app.config["MAX_CONTENT_LENGTH"] = engine.parts.max_file_bytes * 4 // 3 + BESIDE_FILES
    app.request_class = type("Request", (StreamingRequest,), {"engine": engine})
    for platform in PLATFORMS.values():
        app.register_blueprint(platform.make_blueprint(site))
    app.register_blueprint(service.make_blueprint(site))
    problems.register(app)

    @app.after_request
    def private(response: Response) -> Response:
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response

    @app.teardown_request
    def unused(error: BaseException | None) -> None:
        if "uploads" in g and request:
            settle(engine, g.get("taken", set()))

    return app
