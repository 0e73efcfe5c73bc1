"""What does a maker fill in? An action's fields as Zapier input fields. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from connector.core.ask import file_fields
from connector.core.language import Action, Choice, Manifest
from connector.core.shape import titled

Json = dict[str, Any]

ADVANCED = "advanced"
GROUPS: tuple[Json, ...] = ({"key": ADVANCED, "label": "Advanced", "emphasize": False},)

WORDS = ("timeout", "pace", "client_ref")
"""What every job may be given beside its fields."""

PLAIN = ("string", "integer", "number", "boolean")
LONGEST_HELP = 1000  # characters


def inputs(manifest: Manifest, action: Action) -> list[Json]:
    """All inputs of an action: the manifest's in its order, the advanced ones and what every job
    may be given last."""
    made = [*_own(manifest, action), *_words(action)]
    return sorted(made, key=lambda each: "group" in each)


def files(action: Action) -> dict[str, str]:
    """The file inputs, and the name under which each one's address is sent: what Zapier hands to
    an app is where the file is found."""
    return {name: f"{name}_url" for name in file_fields(action.fields)}


def narrowing(action: Action, choice: Choice) -> list[str]:
    """The inputs that narrow a list of choices down: those that have the name of its fields."""
    known, given = choice.fields["properties"], action.fields["properties"]
    return [each for each in known if each in given and known[each]["type"] == given[each]["type"]]


def _own(manifest: Manifest, action: Action) -> Iterator[Json]:
    required, named = action.fields.get("required", ()), files(action)
    taken = {*action.fields["properties"], *WORDS}
    for name, schema in action.fields["properties"].items():
        made = _file(name, schema) if name in named else _field(name, schema)
        rows = {each["key"] for each in made.get("children", ())}
        if rows & taken:  # a key may stand once in a step, in rows or beside them
            made = _json(name, schema)
        taken |= rows
        if name in required:
            made["required"] = True
        else:  # a required field in rows would ask for a row
            for each in made.get("children", ()):
                each.pop("required", None)
        if schema.get("x-advanced"):
            made["group"] = ADVANCED
        yield made | _picker(manifest, schema)
        if name in named and f"{name}_name" not in action.fields["properties"]:
            yield _file_name(name, schema)


def _field(name: str, schema: Mapping[str, Any]) -> Json:
    """One input that is no file."""
    kind = schema.get("type")
    if kind == "array":
        return _list(name, schema)
    if kind not in PLAIN:
        return _json(name, schema)
    made = _head(name, schema, _type(schema))
    if "enum" in schema:
        made["choices"] = _choices({str(each): _display(each) for each in schema["enum"]})
    return made | _default(schema.get("default"))


def _list(name: str, schema: Mapping[str, Any]) -> Json:
    """Several values; several rows of values, which Zapier calls line items; else JSON."""
    items = schema.get("items", {})
    if items.get("type") in PLAIN:
        made = {**_head(name, schema, _type(items)), "list": True}
        if "enum" in items:
            made["choices"] = _choices({str(each): _display(each) for each in items["enum"]})
        return made
    rows = items.get("properties", {})
    if rows and all(each.get("type") in PLAIN for each in rows.values()):
        return {"key": name, "label": _label(name, schema), "children": _row(schema, items)}
    return _json(name, schema)


def _row(schema: Mapping[str, Any], items: Mapping[str, Any]) -> list[Json]:
    """The fields of one row. Only they can have a help text, so that the first of them says what
    the rows are for."""
    made = [_field(name, each) for name, each in items["properties"].items()]
    for each in made:
        if each["key"] in items.get("required", ()):
            each["required"] = True
    made[0]["helpText"] = _help(f"{schema.get('description', '')} {made[0]['helpText']}")
    return made


def _file(name: str, schema: Mapping[str, Any]) -> Json:
    return _head(name, schema, "file")


def _file_name(name: str, schema: Mapping[str, Any]) -> Json:
    label = f"{_label(name, schema)} Name"
    said = "The file's name with its ending, such as invoice.pdf; its own name when left out."
    key = f"{name}_name"
    return {"key": key, "label": label, "type": "string", "helpText": said, "group": ADVANCED}


def _json(name: str, schema: Mapping[str, Any]) -> Json:
    """An object, or a list of what only its maker knows."""
    made = _head(name, schema, "json")
    made["helpText"] = _help(f"{made['helpText']} Give it as JSON.")
    return made | _default(schema.get("default"))


def _head(name: str, schema: Mapping[str, Any], kind: str) -> Json:
    said = _help(schema.get("description") or f"The value of {name}.")
    return {"key": name, "label": _label(name, schema), "type": kind, "helpText": said}


def _type(schema: Mapping[str, Any]) -> str:
    """Zapier's word: only a date with a time is one, as Zapier always sends both."""
    timed = schema.get("type") == "string" and schema.get("format") == "date-time"
    return "datetime" if timed else str(schema["type"])


def _default(value: Any) -> Json:
    """A default is text, whatever the type; nothing for what has none, or an empty one."""
    if value is None or value in ("", [], {}):
        return {}
    return {"default": value if isinstance(value, str) else json.dumps(value)}


def _picker(manifest: Manifest, schema: Mapping[str, Any]) -> Json:
    """A list read from the provider, where the field has one."""
    name = schema.get("x-choices", "")
    return {"dynamic": f"choices_{name}.id.name"} if name in manifest.choices else {}


def _words(action: Action) -> Iterator[Json]:
    """The inputs of ``WORDS``, where there is something to choose."""
    deadlines, paces = action.pace.deadlines, action.paces
    named = {name: f"{_display(name)} ({each:.0f} s)" for name, each in deadlines.items()}
    said = f"When the job is given up, in seconds; {action.pace.deadline:.0f} when left out."
    yield _word("timeout", "Timeout", said, named)
    if paces:
        said = "How often the provider is asked; the usual pace when left out."
        yield _word("pace", "Pace", said, {name: _display(name) for name in paces})
    said = "A reference of your own, at most 255 characters; it comes back with the job."
    yield _word("client_ref", "Client Reference", said, {})


def _word(key: str, label: str, said: str, named: Mapping[str, str]) -> Json:
    made = {"key": key, "label": label, "type": "string", "helpText": said, "group": ADVANCED}
    return made | ({"choices": _choices(named)} if named else {})


def _choices(named: Mapping[str, str]) -> list[Json]:
    return [{"value": value, "sample": value, "label": label} for value, label in named.items()]


def _display(value: object) -> str:
    """What people read for a value; what is no plain word is shown as it is."""
    text = str(value)
    return titled(text) if text.replace("_", "").isalpha() and text.islower() else text


def _label(name: str, schema: Mapping[str, Any]) -> str:
    return str(schema.get("title") or titled(name) or name)


def _help(text: str) -> str:
    said = text.strip()
    return said if len(said) <= LONGEST_HELP else said[: LONGEST_HELP - 3] + "..."
