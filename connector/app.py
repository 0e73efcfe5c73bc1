"""What answers HTTP? A Flask app out of the platforms' blueprints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from flask import Flask, Response, g, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.datastructures import Headers

from connector.platforms import PLATFORMS, problems, service
from connector.platforms.site import Site
from connector.platforms.uploads import StreamingRequest, settle

BESIDE_FILES = 1_000_000  # bytes of a request that are not its file


class Reply(Response):
    """A response whose Location, being ASCII, is not parsed and written anew at every answer."""

    def get_wsgi_headers(self, environ: Any) -> Headers:
        """The headers as they leave."""
        location = self.headers.get("Location")
        if location is None or not location.isascii():
            return super().get_wsgi_headers(environ)
        del self.headers["Location"]
        headers = super().get_wsgi_headers(environ)
        headers["Location"] = self.headers["Location"] = location
        return headers


class Json(DefaultJSONProvider):
    """JSON as msgspec writes it: several times faster, and never NaN, which is no JSON."""

    def response(self, *args: Any, **kwargs: Any) -> Response:
        """The answer of ``jsonify``."""
        try:
            body = msgspec.json.encode(self._prepare_response_obj(args, kwargs))
        except UnicodeEncodeError:  # half of a pair of surrogates, which Python's JSON escapes
            return super().response(*args, **kwargs)  # type: ignore[return-value]
        return Reply(body + b"\n", mimetype="application/json")


class App(Flask):
    """Flask, for views that are never coroutines: to ask that of each one takes 15 us a request."""

    json_provider_class = Json
    response_class = Reply

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself."""
        return func


def make_app(site: Site) -> Flask:
    """The app. A request is read only up to a file in base64 and a little more."""
    app = App("connector", static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.merge_slashes = False  # it would answer with a redirect
    engine = site.engine
    largest = engine.parts.max_file_bytes * 4 // 3 + BESIDE_FILES
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = largest
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
        if "stored" in g and request:
            settle(engine, g.get("taken", set()))

    return app
