"""Where do things stand in a manifest's JSON? Walks for the questions of sense."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from connector.core.ask import CHECK
from connector.core.look import compiled
from connector.core.rules import same
from connector.core.template import expressions
from connector.manifest.problems import Complaint, pointer

Doc = Mapping[str, Any]


def place_of(document: Doc, action: str, call: str) -> str:
    """The pointer to a call: the action's own, or the shared one."""
    own = call in document["actions"][action].get("calls", {})
    return pointer("actions", action, "calls", call) if own else pointer("calls", call)


def all_calls(document: Doc) -> Iterator[tuple[str, Doc]]:
    """Every call once, with its place."""
    for name, call in document.get("calls", {}).items():
        yield pointer("calls", name), call
    for action, said in document["actions"].items():
        for name, call in said.get("calls", {}).items():
            yield pointer("actions", action, "calls", name), call
    for name, choice in document.get("choices", {}).items():
        yield pointer("choices", name, "call"), choice["call"]


def all_errors(document: Doc) -> Iterator[tuple[str, Doc]]:
    """Every ``errors`` with its place."""
    yield "/errors", document.get("errors", {})
    for action, said in document["actions"].items():
        yield pointer("actions", action, "errors"), said.get("errors", {})


def texts(call: Doc) -> Iterator[tuple[str, Any, bool]]:
    """Place, text and kind (True: a template, False: an expression) of everything in a call."""
    for key in ("path", "query", "headers", "body"):
        yield from templates(pointer(key), call.get(key))
    item = call.get("item", {})
    if item:
        yield "/item/in", item["in"], False
        yield from templates("/item/match", item["match"])
        yield from ((pointer("item", "match", key), key, False) for key in item["match"])
    for fact, place in call.get("picks", {}).items():
        yield pointer("picks", fact), place, False
    for index, rule in enumerate(call.get("rules", ())):
        yield pointer("rules", index, "at"), rule["at"], False
        for fact, place in rule.get("picks", {}).items():
            yield pointer("rules", index, "picks", fact), place, False


def templates(place: str, value: Any) -> Iterator[tuple[str, str, bool]]:
    """Every text inside a value, each with its own place."""
    if isinstance(value, str):
        yield place, value, True
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from templates(place + pointer(key), inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from templates(place + pointer(index), inner)


def targets(call: Doc) -> Iterator[tuple[str, str]]:
    """The calls that a call may lead to, each with its place."""
    if "unheard" in call:
        yield "/unheard", call["unheard"]
    for index, rule in enumerate(call.get("rules", ())):
        if "next" in rule:
            yield pointer("rules", index, "next"), rule["next"]


def reached_from(calls: Mapping[str, Doc], start: str) -> set[str]:
    """The calls that an action can come to; check_status follows whatever stays open."""
    reached: set[str] = set()
    ahead = [start, CHECK]
    while ahead:
        name = ahead.pop()
        if name in calls and name not in reached:
            reached.add(name)
            ahead += [target for _, target in targets(calls[name])]
    return reached


def led_to(calls: Mapping[str, Doc], start: str) -> set[str]:
    """The calls that follow one another by ``next`` alone, without a pause, from ``start`` on."""
    led: set[str] = set()
    ahead = [start]
    while ahead:
        name = ahead.pop()
        if name in calls and name not in led:
            led.add(name)
            ahead += [rule["next"] for rule in calls[name].get("rules", ()) if "next" in rule]
    return led


def covers(earlier: Doc, later: Doc) -> bool:
    """Whether the earlier rule matches whenever the later one does, as far as one can see."""
    if earlier["at"] != later["at"]:
        return False
    early, late = _values(earlier), _values(later)
    if earlier.get("exists") is True:
        return later.get("exists") is not False and None not in (late or ())
    return (
        early is not None
        and late is not None
        and all(any(same(each, one) for one in early) for each in late)
    )


def _values(rule: Doc) -> list[Any] | None:
    if "exists" in rule:
        return None if rule["exists"] else [None]
    return [rule["is"]] if "is" in rule else rule.get("in")


def picked(call: Doc) -> Iterator[str]:
    """The facts that a call may pick (``error.message`` is part of the fact error)."""
    for picks in (call.get("picks", {}), *(r.get("picks", {}) for r in call.get("rules", ()))):
        yield from (fact.partition(".")[0] for fact in picks)


def strangers(place: str, text: Any, inputs: set[str], facts: set[str]) -> Iterator[Complaint]:
    """The names in a template that are neither an input nor picked by any call."""
    for root, member in roots_in(text):
        if root == "input" and member is not None and member not in inputs:
            yield place, f"there is no input field named {member}"
        elif root == "key":
            yield place, "{key} exists only in auth"
        elif root not in ("input", "id") and root not in facts:
            yield place, f"no call picks {root}"


def roots_in(template: Any) -> Iterator[tuple[str, str | None]]:
    """The first name, and the one behind it, of everything that a template looks at."""
    for expression in expressions(template):
        yield from _roots(compiled(expression).parsed)


def _roots(node: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    """Walks a JMESPath tree; only what is read from the context itself counts."""
    children = node.get("children", [])
    if node["type"] == "field":
        yield node["value"], None
    elif node["type"] == "subexpression" and children[0]["type"] == "field":
        yield children[0]["value"], children[1].get("value")
    elif node["type"] in (
        "subexpression",
        "index_expression",
        "pipe",
        "projection",
        "value_projection",
        "filter_projection",
        "flatten",
    ):
        yield from _roots(children[0])
    else:
        for child in children:
            yield from _roots(child)


def bad_schema(place: str, schema: Any) -> Iterator[Complaint]:
    """What keeps a value from being a JSON Schema."""
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        yield place + pointer(*error.absolute_path), f"this is no JSON Schema: {error.message}"


def silent(place: str, schema: Any) -> Iterator[Complaint]:
    """The parts of an output schema that tell people nothing."""
    if not isinstance(schema, Mapping):
        return
    for name, inner in schema.get("properties", {}).items():
        here = place + pointer("properties", name)
        if not (inner.get("title") and inner.get("description")):
            yield here, "give it a title and a description"
        yield from silent(here, inner)
    for key in ("items", "additionalProperties"):
        yield from silent(place + pointer(key), schema.get(key))


def compiles(place: str, text: str) -> Iterator[Complaint]:
    """What keeps an expression from being JMESPath."""
    try:
        compiled(text)
    except ValueError as error:
        yield place, str(error)
