"""What does someone who sets up a step ask for? Lists to pick from, and what the result will look
like. Their values come as text in the query."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request

from connector.platforms import access
from connector.platforms.lenient import as_schema_says
from connector.platforms.site import Site
from connector.platforms.unflatten import unflatten


def choices(site: Site, provider: str, name: str) -> list[dict[str, Any]]:
    """``[{"id", "name"}]``, narrowed down by the query; raises what the engine's choices do."""
    who, key = access.owner(site), access.provider_key()
    choice = site.engine.parts.manifest(provider).choices.get(name)
    known = choice.fields["properties"] if choice else {}
    return site.engine.choices(who, provider, name, key, _asked(known))


def output(site: Site, provider: str, action: str, by_text: bool = False) -> dict[str, Any]:
    """The JSON Schema of what the action results in, for the inputs in the query, whose names may
    be paths where ``by_text``. Whatever else stands there counts for nothing; raises WrongKey or
    NotFound."""
    who = access.owner(site)
    known = site.engine.parts.action(provider, action).fields["properties"]
    asked = unflatten(_asked(known), known) if by_text else _asked(known)
    given = {name: value for name, value in asked.items() if name in known}
    return site.engine.output(who, provider, action, given)


def _asked(known: Mapping[str, Any]) -> dict[str, Any]:
    """The query, read as the fields say; what is empty was not asked."""
    read = {name: as_schema_says(v, known.get(name, {})) for name, v in request.args.lists()}
    return {name: value for name, value in read.items() if value is not None}
