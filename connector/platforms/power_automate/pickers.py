"""What does the designer ask while a step is set up? Lists to pick from and typed outputs.

An error shows the maker nothing, so that what cannot be read falls back to what is known
(Microsoft, "OpenAPI extensions for custom connectors": dynamic values and dynamic schema).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, request

from connector.errors import BadInput, FieldProblem
from connector.exporters.power_automate.job import answer_schema, job_schema, result_schema
from connector.exporters.power_automate.schemas import to_swagger
from connector.platforms import access, picking
from connector.platforms.site import Site

Json = dict[str, Any]

ANYTHING: Json = {"type": "object"}
"""The result of an action that is not chosen."""

FORMS: Mapping[str, Callable[[Json], Json]] = {
    "result": result_schema,
    "answer": answer_schema,
    "job": job_schema,
    "jobs": lambda result: {"type": "array", "items": job_schema(result)},
}
"""What ``as`` may ask for, made of the schema of the result."""


def add_routes(bp: Blueprint, site: Site) -> None:
    """``/choices/{name}`` and ``/output``; values of an action's inputs stand in the query."""

    @bp.get("/<provider>/choices/<name>")
    def list_choices(provider: str, name: str) -> Response:
        return jsonify({"items": picking.choices(site, provider, name)})

    @bp.get("/<provider>/output")
    def get_output(provider: str) -> Response:
        access.owner(site)
        form, action = _form(), request.args.get("action")
        site.engine.parts.manifest(provider)
        result = picking.output(site, provider, action) if action else ANYTHING
        return jsonify({"schema": to_swagger(form(result))})


def _form() -> Callable[[Json], Json]:
    wanted = request.args.get("as") or "result"
    if wanted not in FORMS:
        detail = f"Give one of: {', '.join(FORMS)}."
        raise BadInput(f"/as: {detail}", fields=[FieldProblem("/as", detail)])
    return FORMS[wanted]
