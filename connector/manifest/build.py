"""From a manifest's JSON to its values. The JSON fits the schema already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.core.language import (
    Action,
    Call,
    Choice,
    FieldList,
    Item,
    Limit,
    Manifest,
    Pace,
    Rule,
    Shape,
)
from connector.core.model import Status
from connector.core.outputs import delivered
from connector.core.rules import TESTS


def build(document: Mapping[str, Any]) -> Manifest:
    """The manifest, without samples (they come from replayed examples)."""
    return Manifest(
        name=document["name"],
        title=document["title"],
        description=document["description"],
        base_url=document["base_url"],
        hosts=tuple(document.get("hosts", ())),
        auth=document["auth"],
        limits=tuple(
            Limit(tuple(each["calls"]), each["rate"], each["seconds"])
            for each in document.get("limits", ())
        ),
        actions={name: _action(name, each, document) for name, each in document["actions"].items()},
        choices={name: _choice(name, each) for name, each in document.get("choices", {}).items()},
        color=document.get("color"),
    )


def calls_of(document: Mapping[str, Any], action: str) -> dict[str, Any]:
    """The JSON of an action's calls: the shared ones, and its own over them."""
    return {**document.get("calls", {}), **document["actions"][action].get("calls", {})}


def _action(name: str, said: Mapping[str, Any], document: Mapping[str, Any]) -> Action:
    return Action(
        provider=document["name"],
        name=name,
        title=said["title"],
        description=said["description"],
        base_url=document["base_url"],
        hosts=tuple(document.get("hosts", ())),
        start=said.get("start", "submit"),
        calls={each: call(each, body) for each, body in calls_of(document, name).items()},
        pace=Pace(**{**document.get("pace", {}), **said.get("pace", {})}),
        paces=_paces(said, document),
        errors={**document.get("errors", {}), **said.get("errors", {})},
        fields=said["fields"],
        output=delivered(said["output"]),
        sample=None,
        examples=said["examples"],
        shape=_shape(said["shape"]) if "shape" in said else None,
    )


def _shape(said: Mapping[str, Any]) -> Shape:
    plain = {key: said[key] for key in ("at", "schema", "properties") if key in said}
    listed = FieldList(**said["list"]) if "list" in said else None
    return Shape(list=listed, like=tuple(said.get("like", ())), **plain)


def _paces(said: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Pace]:
    """The named paces; each one adds to the action's own."""
    usual = {**document.get("pace", {}), **said.get("pace", {})}
    named = {**document.get("paces", {}), **said.get("paces", {})}
    return {name: Pace(**{**usual, **each}) for name, each in named.items()}


def call(name: str, said: Mapping[str, Any]) -> Call:
    """One call; only a GET may be repeated unless the manifest says otherwise."""
    plain = {
        key: said[key]
        for key in (
            "method",
            "path",
            "follow",
            "query",
            "headers",
            "body",
            "encoding",
            "answer",
            "credentials",
            "unheard",
            "timeout",
            "picks",
        )
        if key in said
    }
    item = said.get("item")
    return Call(
        name=name,
        item=Item(item["in"], item["match"]) if item else None,
        repeatable=said.get("repeatable", said["method"] == "GET"),
        rules=tuple(_rule(each) for each in said.get("rules", ())),
        **plain,
    )


def _rule(said: Mapping[str, Any]) -> Rule:
    test = next(name for name in TESTS if name in said)
    return Rule(
        at=said["at"],
        test=test,
        value=said[test],
        then=Status(said["then"]) if "then" in said else None,
        next=said.get("next"),
        picks=said.get("picks", {}),
        note=said.get("note"),
    )


def _choice(name: str, said: Mapping[str, Any]) -> Choice:
    fields = said.get("fields", {"type": "object", "properties": {}})
    return Choice(call(name, said["call"]), said["items"], said["id"], said["title"], fields)
