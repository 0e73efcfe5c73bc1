"""What is the connector's definition? The whole Swagger document of one provider. Pure."""

from __future__ import annotations

from typing import Any

from connector.core.language import Manifest
from connector.exporters.options import Options
from connector.exporters.power_automate import actions, jobs, pickers, triggers
from connector.exporters.power_automate.job import job_schema
from connector.exporters.power_automate.names import plain
from connector.exporters.power_automate.public import host_and_path
from connector.exporters.power_automate.schemas import to_swagger

Json = dict[str, Any]

VERSION = "1.0.0"
JSON = "application/json"
KEY = "api_key"
"""The name of the connection's key, in the definition and in the properties."""


def definition(manifest: Manifest, options: Options) -> Json:
    """``apiDefinition.swagger.json``."""
    host, path = host_and_path(options.public_url, manifest.name)
    return {
        "swagger": "2.0",
        "info": {
            "title": plain(manifest.title),
            "description": plain(manifest.description),
            "version": VERSION,
        },
        "host": host,
        "basePath": path,
        "schemes": ["https"],
        "consumes": [JSON],
        "produces": [JSON],
        "paths": {
            **actions.paths(manifest, options.failed_jobs),
            **jobs.paths(manifest, options.failed_jobs),
            **triggers.paths(manifest),
            **pickers.paths(manifest),
        },
        "definitions": {
            **actions.definitions(manifest, options.failed_jobs),
            "Job": to_swagger(job_schema()),
        },
        "securityDefinitions": {KEY: {"type": "apiKey", "in": "header", "name": "X-API-Key"}},
        "security": [{KEY: []}],
    }


def operations(document: Json) -> list[Json]:
    """The operations of a definition in their order, each with its ``method`` and ``path``."""
    return [
        {**operation, "method": method, "path": path}
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if not method.startswith("x-")
    ]
