"""Do a manifest's examples come true? They run through the pure core, with no network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from connector.core import machine, rules
from connector.core.ask import call_of, context, file_fields, next_request
from connector.core.language import Action, Manifest
from connector.core.look import look
from connector.core.model import (
    CLOSED,
    FILE,
    Failure,
    Operation,
    Outcome,
    Request,
    Response,
    Status,
)
from connector.manifest.build import calls_of
from connector.manifest.problems import pointer

NOW = 1_000_000.0
Complaint = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Replayed:
    """One example, replayed: how it ended, which rules spoke (call, index), what was wrong."""

    end: Operation
    hits: frozenset[tuple[str, int]]
    complaints: tuple[tuple[int, str], ...]


def examples_say(document: Mapping[str, Any], manifest: Manifest) -> Iterator[Complaint]:
    """Every expectation that does not come true, and every rule that no example reaches."""
    hit: set[str] = set()
    for name, action in manifest.actions.items():
        for title, example in action.examples.items():
            done = replay(action, example)
            place = ("actions", name, "examples", title)
            yield from ((pointer(*place, "steps", step), text) for step, text in done.complaints)
            if done.end.status not in CLOSED and "open" not in example:
                yield pointer(*place), "the example does not reach its end; say why with open"
            hit |= {_rule_place(document, name, call, index) for call, index in done.hits}
        if sample(action) is None:
            yield pointer("actions", name, "examples"), "no example succeeds with a result"
    for rule in _rule_places(document, manifest):
        if rule not in hit:
            yield rule, "no example reaches this rule"


def replay(action: Action, example: Mapping[str, Any]) -> Replayed:
    """One example through the core, answer by answer, ten seconds apart."""
    op = machine.begin(action, _new(action, example["input"]))
    hits: set[tuple[str, int]] = set()
    complaints: list[tuple[int, str]] = []
    for number, step in enumerate(example["steps"]):
        now = NOW + 10 * (number + 1)
        if op.next_call != step["call"]:
            ahead = op.next_call or f"nothing: it is {op.status}"
            complaints.append((number, f"next is {ahead}, not {step['call']}"))
            break
        claimed = replace(op, claims=op.claims + 1)
        outcome = _outcome(step)
        hits |= _hits(claimed, action, outcome)
        op = machine.advance(claimed, action, outcome, now, lambda: 0.5)
        complaints += [(number, text) for text in _unmet(op, action, step["expect"], now)]
    return Replayed(op, frozenset(hits), tuple(complaints))


def sample(action: Action) -> Any:
    """The result of the first example that succeeds, or None."""
    for example in action.examples.values():
        end = replay(action, example).end
        if end.status == Status.SUCCEEDED:
            return end.facts.get("result")
    return None


def _new(action: Action, given: Mapping[str, Any]) -> Operation:
    files = file_fields(action.fields)
    filled = {
        name: {FILE: "example-file", "name": value} if name in files else value
        for name, value in given.items()
    }
    return Operation(
        id="example",
        owner="example",
        provider=action.provider,
        action=action.name,
        platform="example",
        input=filled,
        created_at=NOW,
        deadline_at=0,
        next_call=None,
        due_at=None,
    )


def _outcome(step: Mapping[str, Any]) -> Outcome:
    if "failure" in step:
        return Failure(step["failure"]["reason"], step["failure"].get("sent", True))
    said = step["response"]
    return Response(said["http"], said.get("headers", {}), said.get("body"))


def _hits(op: Operation, action: Action, outcome: Outcome) -> set[tuple[str, int]]:
    call = call_of(op, action)
    if isinstance(outcome, Failure):
        return set()
    seen = rules.view(call, outcome, context(op, action))
    speaking = (index for index, rule in enumerate(call.rules) if rules.matches(rule, seen))
    return {(call.name, index) for index in list(speaking)[:1]}


def _unmet(op: Operation, action: Action, expect: Mapping[str, Any], now: float) -> Iterator[str]:
    asked = next_request(op, action) if op.next_call else None
    seen = {
        "status": op.status.value,
        "next_call": op.next_call,
        "note": op.note,
        "due_in": None if op.due_at is None else op.due_at - now,
        "url": asked.url if isinstance(asked, Request) else None,
        "facts": op.facts,
    }
    for place, value in expect.items():
        found = look(place, seen)
        if not rules.same(found, value):
            yield f"{place} is {found!r}, not {value!r}" + (f" ({op.note})" if op.note else "")


def _rule_places(document: Mapping[str, Any], manifest: Manifest) -> list[str]:
    """Where every rule of every call stands; a shared call counts once."""
    places = {
        _rule_place(document, name, call.name, index): None
        for name, action in manifest.actions.items()
        for call in action.calls.values()
        for index in range(len(call.rules))
    }
    return list(places)


def _rule_place(document: Mapping[str, Any], action: str, call: str, index: int) -> str:
    own = call in document["actions"][action].get("calls", {})
    assert call in calls_of(document, action)
    above = ("actions", action) if own else ()
    return pointer(*above, "calls", call, "rules", index)
