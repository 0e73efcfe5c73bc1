"""What does an answer say? Ordered rules, first match wins. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from connector.core.language import Call, Item, Rule
from connector.core.look import look
from connector.core.model import Reading, Response
from connector.core.pace import retry_after
from connector.core.template import MISSING, fill

TESTS: dict[str, Callable[[Any, Any], bool]] = {
    "is": lambda found, value: same(found, value),
    "in": lambda found, value: any(same(found, each) for each in value),
    "exists": lambda found, value: (found is not None) == value,
    "any": lambda found, value: isinstance(found, list) and any(same(e, value) for e in found),
    "all": lambda found, value: (
        bool(found) and isinstance(found, list) and all(same(e, value) for e in found)
    ),
}
"""How a rule compares what it found with what it expects."""


def same(found: Any, value: Any) -> bool:
    """Equality as JSON has it, at every depth: ``true`` is not ``1``."""
    if isinstance(found, Mapping) and isinstance(value, Mapping):
        return found.keys() == value.keys() and all(same(found[k], value[k]) for k in found)
    if isinstance(found, list) and isinstance(value, list):
        return len(found) == len(value) and all(map(same, found, value))
    return bool(found == value) and isinstance(found, bool) == isinstance(value, bool)


def read(call: Call, response: Response, context: Mapping[str, Any], now: float) -> Reading:
    """What the answer says by the call's rules; ``context`` tells which item of a list is ours."""
    seen = view(call, response, context)
    later = retry_after(response.headers.get("retry-after"), now)
    for rule in call.rules:
        if matches(rule, seen):
            picks = take(call.picks, seen) | take(rule.picks, seen)
            return Reading(True, rule.then, picks, rule.next, rule.note, later)
    return Reading(False, retry_after=later)


def view(call: Call, response: Response, context: Mapping[str, Any]) -> dict[str, Any]:
    """The answer as rules and picks see it."""
    seen = {
        "http": response.status,
        "headers": dict(response.headers),
        "body": response.body,
        "facts": context,
    }
    if call.item is not None:
        seen["item"] = find_item(call.item, seen, context)
    return seen


def find_item(item: Item, seen: Mapping[str, Any], context: Mapping[str, Any]) -> Any:
    """The first element whose members equal the filled ``match``; absent facts match anything."""
    wanted = {place: fill(template, context) for place, template in item.match.items()}
    elements = look(item.within, seen)
    for element in elements if isinstance(elements, list) else ():
        if all(v is MISSING or same(look(place, element), v) for place, v in wanted.items()):
            return element
    return None


def matches(rule: Rule, seen: Mapping[str, Any]) -> bool:
    """Whether the rule speaks about this answer."""
    return TESTS[rule.test](look(rule.at, seen), rule.value)


def take(picks: Mapping[str, str], seen: Mapping[str, Any]) -> dict[str, Any]:
    """The picked values by fact name; what is not there is left out."""
    found = {fact: look(place, seen) for fact, place in picks.items()}
    return {fact: value for fact, value in found.items() if value is not None}


def keep(facts: Mapping[str, Any], picks: Mapping[str, Any]) -> dict[str, Any]:
    """The facts with new picks laid over them; a dotted name merges into the fact it names."""
    kept = dict(facts)
    for name, value in picks.items():
        whole, _, inner = name.partition(".")
        if inner:
            old = kept.get(whole)
            kept[whole] = {**(old if isinstance(old, dict) else {}), inner: value}
        else:
            kept[whole] = value
    return kept
