"""What can a later step of a Zap choose from? A result's JSON Schema as Zapier output fields. Pure.

A key says where its value stands, as Zapier flattens what a step returns: ``parent__key`` in an
object, ``parent[]key`` in each object of a list, a line item (Zapier, "Output fields").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from connector.core.shape import titled

Json = dict[str, Any]
Titles = tuple[str, ...]

MOST = 500
"""Fields of one result: a step has at most 1000 (Zapier, "Operating constraints")."""

PLAIN = ("string", "integer", "number", "boolean")
LONGEST_LABEL = 120  # characters


def to_fields(schema: Mapping[str, Any], prefix: str = "result__") -> list[Json]:
    """``[{"key", "label", "type"?, "list"?}]`` of an object's members, in their order, each key
    after ``prefix``. An object that says nothing of its members has no field of its own: Zapier
    shows what such a one holds once it has seen one."""
    fields = {each["key"]: each for each in _members(schema, prefix, (), inside_list=False)}
    return list(fields.values())[:MOST]


def _members(
    schema: Mapping[str, Any], prefix: str, titles: Titles, inside_list: bool
) -> Iterator[Json]:
    members = schema.get("properties")
    for name, member in members.items() if isinstance(members, Mapping) else ():
        known = member if isinstance(member, Mapping) else {}
        title = str(known.get("title") or titled(str(name)) or name)
        yield from _field(known, f"{prefix}{name}", _under(titles, title), inside_list)


def _under(titles: Titles, title: str) -> Titles:
    """The titles with one more, which takes the place of one that it begins with: ``Job ID`` of a
    ``Job``."""
    repeats = titles and title.casefold().startswith(titles[-1].casefold())
    return (*(titles[:-1] if repeats else titles), title)


def _field(
    schema: Mapping[str, Any], key: str, titles: Titles, inside_list: bool
) -> Iterator[Json]:
    kind = _type(schema)
    if kind == "object" or (kind is None and "properties" in schema):
        yield from _members(schema, f"{key}__", titles, inside_list)
    elif kind == "array":
        # Zapier knows no lists within line items, and no lists of lists.
        yield from () if inside_list else _list(schema.get("items"), key, titles)
    else:
        yield _plain(schema, key, titles)


def _list(items: Any, key: str, titles: Titles) -> Iterator[Json]:
    if not isinstance(items, Mapping):
        return
    if "properties" in items:
        yield from _members(items, f"{key}[]", titles, inside_list=True)
    elif _type(items) in PLAIN:
        yield {**_plain(items, key, titles), "list": True}


def _plain(schema: Mapping[str, Any], key: str, titles: Titles) -> Json:
    made: Json = {"key": key, "label": " ".join(titles)[:LONGEST_LABEL]}
    kind = _type(schema)
    if kind == "string" and schema.get("format") == "date-time":
        return {**made, "type": "datetime"}
    return {**made, "type": kind} if kind in PLAIN else made


def _type(schema: Mapping[str, Any]) -> str | None:
    """The one type beside null, or None where there are several or none."""
    named = schema.get("type")
    kinds = [each for each in (named if isinstance(named, list) else [named]) if each != "null"]
    return kinds[0] if len(kinds) == 1 and isinstance(kinds[0], str) else None
