"""What of a new package would break flows that were made with an old one?

Microsoft's "Evolve your API with version control": what flows name (operations, parameters,
fields, values) stays, what they need not give stays optional, and a connection stays as it was.
Added operations and optional inputs are safe; so is another host.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connector.exporters.power_automate.lint.calls import items
from connector.exporters.power_automate.lint.package import (
    DEFINITION,
    PROPERTIES,
    Operation,
    Package,
    read,
)
from connector.exporters.power_automate.lint.values import number
from connector.exporters.power_automate.lint.walk import Node, Table, follow, merged, rows, table
from connector.exporters.problems import Problem
from connector.manifest.problems import pointer

NARROWER: Mapping[str, Callable[[Any, Any], bool]] = {
    **dict.fromkeys(("maximum", "maxLength", "maxItems"), lambda old, new: new < old),
    **dict.fromkeys(("minimum", "minLength", "minItems"), lambda old, new: new > old),
}
"""When a bound takes less than it did."""

Found = Iterator[tuple[str, str, str]]
"""Rule, pointer and message."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One thing in both packages, and whether people give it or get it."""

    old: Node
    new: Node
    given: bool


def breaking(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> list[Problem]:
    """The changes between two packages that break flows. What is gone is pointed at in the old
    package, what is otherwise in the new one. Nothing, where one of them cannot be read."""
    before, after = read(old), read(new)
    if not before.definition or not after.definition:
        return []
    inside = [*_operations(before, after), *_security(before.definition, after.definition)]
    found = [Problem(DEFINITION, place, rule, message) for rule, place, message in inside]
    if PROPERTIES in old and PROPERTIES in new:
        asked = _connection(before, after)
        found += [Problem(PROPERTIES, place, rule, message) for rule, place, message in asked]
    return list(dict.fromkeys(found))


def _operations(before: Package, after: Package) -> Found:
    known = {each.id: each for each in after.operations}
    for old in before.operations:
        new = known.get(old.id)
        if new is None:
            yield "OperationRemoved", old.place, f"{old.id} is gone; keep it, deprecated if need be"
        elif (old.method, old.path) != (new.method, new.path):
            was = f"{old.method.upper()} {old.path}"
            yield "OperationMoved", new.place, f"{old.id} was {was}; add another operation instead"
        else:
            yield from _operation(before, after, old, new)


def _operation(before: Package, after: Package, old: Operation, new: Operation) -> Found:
    if old.json.get("x-ms-trigger") != new.json.get("x-ms-trigger"):
        was = old.json.get("x-ms-trigger", "no trigger")
        yield "TriggerChanged", new.place, f"{old.id} was {was}; add another operation instead"
    yield from _parameters(before, after, old, new)
    for one, other, given in (
        (old.body, new.body, True),
        (old.answer, new.answer, False),
        (_notified(old), _notified(new), False),
    ):
        if other is not None and (one is not None or given):
            yield from _schemas(before, after, Pair(one or Node("", {}), other, given))
        elif one is not None and not given:
            yield "OutputRemoved", one.place, f"{old.id} gives nothing any more; keep its fields"


def _parameters(before: Package, after: Package, old: Operation, new: Operation) -> Found:
    olds, news = _by_name(old), _by_name(new)
    for key, one in olds.items():
        if key not in news:
            place = f"{old.place}/parameters"
            yield "ParameterRemoved", place, f"{one.name!r} of {old.id} is gone; keep it"
            continue
        yield from _value(Pair(one, news[key], given=True))
        yield from _required(one.required, news[key])
    for key, other in news.items():
        if key not in olds:
            yield from _required(False, other)


def _schemas(before: Package, after: Package, root: Pair) -> Found:
    waiting, seen = [root], set()
    while waiting:
        pair = waiting.pop()
        old = Node(*follow(before.definition, pair.old.place, pair.old.json), name=pair.old.name)
        new = Node(*follow(after.definition, pair.new.place, pair.new.json), name=pair.new.name)
        if (old.place, new.place) in seen:
            continue
        seen.add((old.place, new.place))
        here = Pair(old, new, pair.given)
        yield from _value(here)
        yield from _properties(before, after, here)
        waiting += _within(before, after, here)


def _properties(before: Package, after: Package, pair: Pair) -> Found:
    olds, was_required = merged(before.definition, pair.old)
    news, is_required = merged(after.definition, pair.new)
    for name in olds:
        if name not in news:
            yield "PropertyRemoved", olds[name].place, f"the field {name!r} is gone; keep it"
    for name in news if pair.given else ():
        node = Node(news[name].place, news[name].json, name=name, required=name in is_required)
        yield from _required(name in was_required, node)


def _within(before: Package, after: Package, pair: Pair) -> list[Pair]:
    olds, _ = merged(before.definition, pair.old)
    news, _ = merged(after.definition, pair.new)
    found = [Pair(olds[name], news[name], pair.given) for name in olds if name in news]
    if "items" in pair.old.json and "items" in pair.new.json:
        one, other = items(before.definition, pair.old), items(after.definition, pair.new)
        found.append(Pair(one, other, pair.given))
    return found


def _value(pair: Pair) -> Found:
    """What changed of a value by itself."""
    old, new, place = pair.old.json, pair.new.json, pair.new.place
    for key in ("type", "format"):
        if key in old and old[key] != new.get(key):
            text = f"{key} was {old[key]!r} and is {new.get(key)!r}; add another field instead"
            yield "TypeChanged", place, text
    lost = [value for value in rows(old.get("enum")) if value not in rows(new.get("enum", [value]))]
    if lost or (pair.given and "enum" in new and "enum" not in old):
        text = f"{', '.join(map(repr, lost))} is gone; keep it" if lost else "any value was taken"
        yield "EnumValueRemoved", place, text
    if pair.given and "default" in old and old["default"] != new.get("default"):
        text = f"the default was {old['default']!r}; flows that leave it out would change"
        yield "DefaultChanged", place, text
    for key, narrower in NARROWER.items():
        was, now = number(old.get(key)), number(new.get(key))
        if pair.given and was is not None and now is not None and narrower(was, now):
            yield "RangeNarrowed", place, f"{key} was {was} and is {now}; keep it"


def _required(was: bool, node: Node) -> Found:
    if node.required and not was and "default" not in node.json and node.kind != "body":
        text = f"{node.name!r} must be given now; flows do not give it: make it optional"
        yield "InputRequired", node.place, text


def _security(old: Table, new: Table) -> Found:
    was, now = table(old.get("securityDefinitions")), table(new.get("securityDefinitions"))
    for name, scheme in was.items():
        changed = [
            key
            for key in ("type", "name", "in", "flow", "authorizationUrl", "tokenUrl")
            if table(scheme).get(key) != table(now.get(name)).get(key)
        ]
        if name not in now or changed:
            what = f"{', '.join(changed)} changed" if name in now else "it is gone"
            place = pointer("securityDefinitions", name)
            yield "SecurityChanged", place, f"{what}; connections would stop working"
    for name in sorted(set(now) - set(was)):
        place = pointer("securityDefinitions", name)
        yield "SecurityChanged", place, "this is new; connections would not have it"


def _connection(before: Package, after: Package) -> Found:
    was = table(before.properties.get("connectionParameters"))
    now = table(after.properties.get("connectionParameters"))
    for name, parameter in was.items():
        if table(now.get(name)).get("type") != table(parameter).get("type"):
            place = pointer("properties", "connectionParameters", name)
            yield "ConnectionChanged", place, f"{name!r} is gone or of another type; keep it"
    for name, parameter in now.items():
        constraints = table(table(table(parameter).get("uiDefinition")).get("constraints"))
        if name not in was and constraints.get("required") in ("true", True):
            place = pointer("properties", "connectionParameters", name)
            yield "ConnectionChanged", place, f"{name!r} is new and required; make it optional"


def _by_name(operation: Operation) -> dict[tuple[str, object], Node]:
    """The parameters of an operation; a body by its place alone, as its name is never sent."""
    return {
        ("" if each.kind == "body" else each.name, each.where): each
        for each in operation.parameters
    }


def _notified(operation: Operation) -> Node | None:
    content = table(operation.item.get("x-ms-notification-content"))
    if not isinstance(content.get("schema"), dict):
        return None
    place = pointer("paths", operation.path, "x-ms-notification-content", "schema")
    return Node(place, content["schema"])
