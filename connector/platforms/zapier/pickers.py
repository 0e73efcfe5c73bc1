"""What does the Zap editor ask while a step is set up? Lists to pick from, and which fields the
result will have (Zapier, "Dynamic dropdowns", "Output fields")."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from connector.exporters.zapier.fields import to_fields
from connector.platforms import picking
from connector.platforms.site import Site


def add_routes(bp: Blueprint, site: Site) -> None:
    """``/choices/{name}`` and ``/fields/{action}``; values of the inputs stand in the query."""

    @bp.get("/<provider>/choices/<name>")
    def list_choices(provider: str, name: str) -> Response:
        return jsonify(picking.choices(site, provider, name))

    @bp.get("/<provider>/fields/<action>")
    def list_fields(provider: str, action: str) -> Response:
        result = picking.output(site, provider, action, by_text=True)
        return jsonify(to_fields(result))
