"""Does a manifest make sense, beyond its shape? A list of plain functions, each one question.

Each yields (place, message) for every problem it sees.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from jsonschema import Draft202012Validator

from connector.core.ask import CANCEL, CHECK, file_fields
from connector.core.look import compiled
from connector.core.template import expressions
from connector.manifest.build import call as build_call
from connector.manifest.build import calls_of
from connector.manifest.outputs import bad_files, unsaid_files
from connector.manifest.problems import Complaint, pointer
from connector.manifest.shapes import bad_shapes
from connector.manifest.walk import (
    Doc,
    all_calls,
    all_errors,
    bad_schema,
    compiles,
    covers,
    led_to,
    picked,
    place_of,
    reached_from,
    roots_in,
    silent,
    strangers,
    targets,
    texts,
)

FORMATS = {"binary", "date", "date-time", "email", "time", "uri", "uuid"}
"""What an input's ``format`` may say: binary is a file; the others every platform knows."""


def senseless(document: Doc) -> Iterator[Complaint]:
    """Every problem that every question finds; the later ones need expressions that compile."""
    broken = list(bad_expressions(document))
    yield from broken
    for question in QUESTIONS if not broken else ():
        yield from question(document)


def bad_expressions(document: Doc) -> Iterator[Complaint]:
    """Expressions and placeholders that are not JMESPath, or leave a brace open."""
    for place, call in all_calls(document):
        for inner, text, template in texts(call):
            try:
                list(expressions(text)) if template else compiled(text)
            except ValueError as error:
                yield place + inner, str(error)
    for name, choice in document.get("choices", {}).items():
        for key in ("items", "id", "title"):
            yield from compiles(pointer("choices", name, key), choice[key])
    for place, errors in all_errors(document):
        for key, text in errors.items():
            yield from compiles(place + pointer(key), text)


def unknown_calls(document: Doc) -> Iterator[Complaint]:
    """start, next and unheard must name calls of the same action; limits any call."""
    for name, action in document["actions"].items():
        calls = calls_of(document, name)
        start = action.get("start", "submit")
        if start not in calls:
            yield pointer("actions", name), f"it starts with {start}, and there is no such call"
        for call, said in calls.items():
            for inner, target in targets(said):
                if target not in calls:
                    place = place_of(document, name, call) + inner
                    yield place, f"the action {name} has no call named {target}"
    for index, limit in enumerate(document.get("limits", ())):
        for nth, call in enumerate(limit["calls"]):
            if not any(call in calls_of(document, name) for name in document["actions"]):
                yield pointer("limits", index, "calls", nth), f"there is no call named {call}"


def dead_ends(document: Doc) -> Iterator[Complaint]:
    """Every action must be able to succeed and to fail, and have check_status if it stays open."""
    for name, action in document["actions"].items():
        calls, start = calls_of(document, name), action.get("start", "submit")
        reached = reached_from(calls, start)
        ahead = {start} | {to for call in reached for _, to in targets(calls[call])}
        if not ahead <= calls.keys():
            continue  # unknown_calls has said so
        rules = [rule for call in reached for rule in calls[call].get("rules", ())]
        ends = {rule.get("then") for rule in rules}
        for end in ("succeeded", "failed"):
            if end not in ends:
                yield pointer("actions", name), f"no rule on its way leads to {end}"
        stays = any(not {"then", "next"} & rule.keys() for rule in rules)
        if CHECK not in calls and (stays or ends & {"pending", "running", "needs_review"}):
            yield pointer("actions", name), "it may stay open, and there is no check_status to look"
        elif CHECK not in calls and CANCEL in calls:
            yield pointer("actions", name), "it has cancel, and no check_status to look afterwards"
        for call in sorted(set(document["actions"][name].get("calls", {})) - reached - {CANCEL}):
            yield pointer("actions", name, "calls", call), "nothing leads to this call"


def rash_calls(document: Doc) -> Iterator[Complaint]:
    """unheard must look, not order again; and next must not lead in a circle."""
    for name in document["actions"]:
        calls = calls_of(document, name)
        for call, said in calls.items():
            place = place_of(document, name, call)
            look = calls.get(said.get("unheard", ""))
            if look is not None and not build_call("", look).repeatable:
                yield place + "/unheard", f"{said['unheard']} is not repeatable: it may order twice"
            for inner, target in targets(said):
                if inner != "/unheard" and call in led_to(calls, target):
                    text = f"{call} would be asked again without a pause; use then instead"
                    yield place + inner, text


def hidden_rules(document: Doc) -> Iterator[Complaint]:
    """A rule that an earlier one always answers for can never speak."""
    for place, call in all_calls(document):
        said = call.get("rules", ())
        for later, rule in enumerate(said):
            for earlier in said[:later]:
                if covers(earlier, rule):
                    yield place + pointer("rules", later), "an earlier rule always speaks first"
                    break


def unknown_values(document: Doc) -> Iterator[Complaint]:
    """Every placeholder and follow must name an input or a fact that some call picks."""
    for name, action in document["actions"].items():
        calls = calls_of(document, name)
        inputs = set(action["fields"]["properties"])
        files = file_fields(action["fields"])
        inputs |= {f"{file}_{end}" for file in files for end in ("name", "url")}
        for call, said in calls.items():
            facts = {each for other in calls for each in picked(calls[other])}
            place = place_of(document, name, call)
            if "follow" in said and said["follow"] not in facts:
                yield place + "/follow", f"no call picks {said['follow']}"
            for inner, text, template in texts(said):
                if template:
                    yield from strangers(place + inner, text, inputs, facts)


def picks_too_late(document: Doc) -> Iterator[Complaint]:
    """The first call can only use inputs: nothing is picked before it. Where it is the check,
    which is asked again, its query may hold what it picked itself: what is missing is left out."""
    for name, action in document["actions"].items():
        start, calls = action.get("start", "submit"), calls_of(document, name)
        said, place = calls.get(start, {}), place_of(document, name, start)
        later = {each for call in calls.values() for each in picked(call)}
        if "follow" in said:
            yield place + "/follow", "nothing is picked before the first call"
        again = set(picked(said)) if start == CHECK else set()
        for inner, text, template in texts(said):
            early = later - again if inner.startswith("/query/") else later
            for root, _ in roots_in(text) if template and "/item" not in inner else ():
                if root in early:
                    yield place + inner, f"{root} is not picked before the first call"


def bad_fields(document: Doc) -> Iterator[Complaint]:
    """Inputs and outputs are JSON Schemas, their parts speak to people, their defaults fit."""
    for name, action in document["actions"].items():
        place = pointer("actions", name, "fields")
        broken = list(bad_schema(place, action["fields"]))
        yield from broken
        yield from bad_schema(pointer("actions", name, "output"), action["output"])
        known = action["fields"]["properties"]
        for wanted in action["fields"].get("required", ()):
            if wanted not in known:
                yield place + "/required", f"{wanted} is required and there is no such field"
        for field, schema in known.items():
            here = place + pointer("properties", field)
            picker = schema.get("x-choices")
            if picker is not None and picker not in document.get("choices", {}):
                yield here + "/x-choices", f"there are no choices named {picker}"
            if schema.get("format", "uri") not in FORMATS:
                known_ones = ", ".join(sorted(FORMATS))
                yield here + "/format", f"there is no such format; there is: {known_ones}"
            if broken or "default" not in schema:
                continue
            if not Draft202012Validator(schema).is_valid(schema["default"]):
                yield here + "/default", "the default does not fit the field itself"
        yield from silent(pointer("actions", name, "output"), action["output"])


def choices_by_themselves(document: Doc) -> Iterator[Complaint]:
    """A picker is asked before there is an operation: its call can use its own fields alone."""
    for name, choice in document.get("choices", {}).items():
        fields = choice.get("fields", {"properties": {}})
        yield from bad_schema(pointer("choices", name, "fields"), fields)
        for inner, text, template in texts(choice["call"]):
            for root, member in roots_in(text) if template else ():
                if root != "input" or member not in fields["properties"]:
                    place = pointer("choices", name, "call") + inner
                    yield place, f"a picker's call knows its own fields alone, not {root}"


QUESTIONS: tuple[Callable[[Doc], Iterator[Complaint]], ...] = (
    unknown_calls,
    dead_ends,
    rash_calls,
    hidden_rules,
    unknown_values,
    picks_too_late,
    bad_fields,
    bad_shapes,
    bad_files,
    unsaid_files,
    choices_by_themselves,
)
