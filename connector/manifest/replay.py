"""Do a manifest's examples come true? They run through the pure core, with no network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from jsonschema import Draft202012Validator

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
from connector.core.outputs import file_places, files_at, is_binary
from connector.core.references import is_file
from connector.manifest.build import calls_of
from connector.manifest.problems import Complaint, pointer
from connector.manifest.words import said

NOW = 1_000_000.0


@dataclass(frozen=True, slots=True)
class Replayed:
    """One example, replayed: how it ended, which rules spoke (call, index), what was wrong."""

    end: Operation
    hits: frozenset[tuple[str, int]]
    complaints: tuple[tuple[int, str], ...]


def examples_say(document: Mapping[str, Any], manifest: Manifest) -> Iterator[Complaint]:
    """Every expectation that does not come true; once all do, whatever no example shows."""
    untrue = [each for action in manifest.actions.values() for each in _untrue(action)]
    yield from untrue or _unshown(document, manifest)


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
    """The result of the first example that succeeds, as callers see it, or None."""
    return _displayed(_first_result(action))


def _first_result(action: Action) -> Any:
    for example in action.examples.values():
        end = replay(action, example).end
        if end.status == Status.SUCCEEDED:
            return end.facts.get("result")
    return None


def _displayed(value: Any) -> Any:
    """The value with what callers are told of a file in a file's place."""
    if is_file(value):
        name = value.get("name", value[FILE])
        kind = value.get("type", "application/octet-stream")
        told = {"name": name, "type": kind, "size": value.get("size", 48211)}
        return {**told, "url": f"https://connector.example/v1/files/{quote(str(name))}"}
    if isinstance(value, Mapping):
        return {name: _displayed(each) for name, each in value.items()}
    return [_displayed(each) for each in value] if isinstance(value, list) else value


def _untrue(action: Action) -> Iterator[Complaint]:
    """What the examples of an action say that is not so."""
    for title, example in action.examples.items():
        place = pointer("actions", action.name, "examples", title)
        for inner, text in _misfits(_inputs(action), example["input"]):
            yield place + pointer("input") + inner, text
        done = replay(action, example)
        yield from ((place + pointer("steps", step), text) for step, text in done.complaints)
        if not done.complaints and done.end.status not in CLOSED and "open" not in example:
            yield place, "the example does not reach its end; say why with open"


def _unshown(document: Mapping[str, Any], manifest: Manifest) -> Iterator[Complaint]:
    """Actions without an example of a result, and rules that no example reaches."""
    hit: set[str] = set()
    for name, action in manifest.actions.items():
        result = _first_result(action)
        if result is None:
            yield pointer("actions", name, "examples"), "no example succeeds with a result"
        else:
            for text in _unlike(action.output, result):
                yield pointer("actions", name, "output"), f"the example has {text}"
        for example in action.examples.values():
            hits = replay(action, example).hits
            hit |= {_rule_place(document, name, call, index) for call, index in hits}
    for rule in _rule_places(document, manifest):
        if rule not in hit:
            yield rule, "no example reaches this rule"


def _unlike(output: Mapping[str, Any], result: Any) -> Iterator[str]:
    """What of an example's result is not as the output says."""
    strange = set(files_at(result)) - set(file_places(output))
    if strange:
        places = ", ".join(each or "/" for each in sorted(strange))
        yield f"{places}: a file, and the output says nothing of it"
    elif is_binary(output):
        yield from () if is_file(result) else ("no file, and the output says that it is one",)
    else:
        for inner, text in _misfits(output, result):
            yield f"{inner or '/'}: {text}"


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


def _inputs(action: Action) -> dict[str, Any]:
    """The schema of an example's input: files by name or URL, and nothing unknown."""
    files = file_fields(action.fields)
    extra = {f"{name}_{end}": {"type": "string"} for name in files for end in ("name", "url")}
    known = {**extra, **action.fields["properties"]}
    needed = [name for name in action.fields.get("required", ()) if name not in files]
    return {"additionalProperties": False, **action.fields, "properties": known, "required": needed}


def _misfits(schema: Mapping[str, Any], value: Any) -> Iterator[Complaint]:
    """What of a value contradicts the schema that it is an example of."""
    for error in Draft202012Validator(schema).iter_errors(value):
        yield from said(error)


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
