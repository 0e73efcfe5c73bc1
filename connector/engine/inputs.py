"""Is an input what the action asks for? All problems at once, each with its JSON pointer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from connector.core.ask import file_fields
from connector.core.language import Action, Choice
from connector.core.machine import LONGEST
from connector.core.model import FILE
from connector.core.references import is_file, references
from connector.errors import FieldProblem

TYPES = {
    "string": "text", "integer": "a whole number", "number": "a number",
    "boolean": "true or false", "array": "a list", "object": "an object",
}  # fmt: skip


def problems(
    action: Action,
    given: Mapping[str, Any],
    ours: set[str],
    objection: Callable[[str], str | None],
) -> Iterator[FieldProblem]:
    """Everything wrong with an input; its files are references already, ``ours`` their ids."""
    yield from dict.fromkeys(_problems(action, given, ours, objection))  # each of them once


def _problems(
    action: Action,
    given: Mapping[str, Any],
    ours: set[str],
    objection: Callable[[str], str | None],
) -> Iterator[FieldProblem]:
    given = {name: value for name, value in given.items() if value is not None}
    files = file_fields(action.fields)
    yield from _file_problems(action, given, objection)
    for name, value in given.items():
        if any(each[FILE] not in ours for each in references(value)):
            yield FieldProblem(f"/{name}", "An input cannot refer to a stored file.")
    extra = {f"{name}_{end}" for name in files for end in ("url", "name")}
    plain = {name: value for name, value in given.items() if name not in files}
    rest = {
        name: value
        for name, value in plain.items()
        if name in action.fields["properties"] or name not in extra
    }
    for error in _validator(_Schema(action)).iter_errors(rest):
        yield from _said(error, action.fields["properties"])


def with_defaults(fields: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The input with the defaults of the fields that were left out."""
    known = fields["properties"]
    defaults = {name: each["default"] for name, each in known.items() if "default" in each}
    return {**defaults, **{name: value for name, value in given.items() if value is not None}}


def fingerprint(provider: str, action: str, given: Mapping[str, Any]) -> str:
    """What tells a repeat from another request: a hash of the input, files by their content."""
    plain = json.dumps([provider, action, _by_content(given)], sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()


def seconds(action: Action, timeout: Any) -> tuple[float | None, list[FieldProblem]]:
    """The deadline in seconds that a caller asks for, by number or name; None means the usual."""
    if timeout is None or timeout == "":
        return None, []
    if isinstance(timeout, str) and timeout in action.pace.deadlines:
        return action.pace.deadlines[timeout], []
    try:
        asked = float(timeout)
    except (TypeError, ValueError, OverflowError):
        asked = -1.0
    if 1 <= asked <= LONGEST:
        return asked, []
    names = ", ".join(action.pace.deadlines)
    detail = f"Give seconds from 1 to {LONGEST:.0f}" + (f", or one of: {names}." if names else ".")
    return None, [FieldProblem("/timeout", detail)]


def pace(action: Action, name: Any) -> list[FieldProblem]:
    """What is wrong with the name of a pace."""
    if name is None or name == "" or (isinstance(name, str) and name in action.paces):
        return []
    known = ", ".join(action.paces) or "none"
    return [FieldProblem("/pace", f"There is no such pace; there is: {known}.")]


def narrowing(choice: Choice, given: Mapping[str, Any]) -> list[FieldProblem]:
    """What is wrong with the values that narrow a list of choices down."""
    closed = {"additionalProperties": False, **choice.fields}
    validator = Draft202012Validator(closed, format_checker=Draft202012Validator.FORMAT_CHECKER)
    known = choice.fields["properties"]
    return [each for error in validator.iter_errors(given) for each in _said(error, known)]


def _by_content(value: Any) -> Any:
    if is_file(value):
        return {FILE: value.get("sha256")}
    if isinstance(value, Mapping):
        return {key: _by_content(inner) for key, inner in value.items()}
    return [_by_content(each) for each in value] if isinstance(value, list) else value


def _file_problems(
    action: Action, given: Mapping[str, Any], objection: Callable[[str], str | None]
) -> Iterator[FieldProblem]:
    required = action.fields.get("required", ())
    for name in file_fields(action.fields):
        value, url = given.get(name), given.get(f"{name}_url")
        if value is not None and not is_file(value):
            yield FieldProblem(f"/{name}", "Give the file as a part, or as base64 text.")
        if value is not None and is_file(value) and value.get("size") == 0:
            yield FieldProblem(f"/{name}", "The file is empty.")
        if value is None and not url and name in required:
            detail = f"Give the file: as a multipart part, as base64 text, or as {name}_url."
            yield FieldProblem(f"/{name}", detail)
        if value is not None and url and f"{name}_url" not in action.fields["properties"]:
            yield FieldProblem(f"/{name}_url", f"Give {name} or {name}_url, not both.")
        elif url:
            wrong = objection(url) if isinstance(url, str) else "Give an https URL as text."
            if wrong:
                yield FieldProblem(f"/{name}_url", wrong)
        if not isinstance(given.get(f"{name}_name", ""), str):
            yield FieldProblem(f"/{name}_name", "Give the file's name as text.")


class _Schema:
    """An action as a key for the cache of validators: compared by identity."""

    def __init__(self, action: Action) -> None:
        self.action = action

    def __hash__(self) -> int:
        return id(self.action)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Schema) and other.action is self.action


@cache
def _validator(schema: _Schema) -> Draft202012Validator:
    fields = schema.action.fields
    files = file_fields(fields)
    kept = {name: each for name, each in fields["properties"].items() if name not in files}
    required = [name for name in fields.get("required", ()) if name not in files]
    closed = {"additionalProperties": False, **fields, "properties": kept, "required": required}
    return Draft202012Validator(closed, format_checker=Draft202012Validator.FORMAT_CHECKER)


def _said(error: ValidationError, fields: Mapping[str, Any]) -> Iterator[FieldProblem]:
    place = "".join(map(_step, error.absolute_path))
    if error.validator == "additionalProperties" and isinstance(error.instance, Mapping):
        known = error.schema.get("properties", {}) if isinstance(error.schema, Mapping) else {}
        names = ", ".join(known if place else fields)
        for name in error.instance:
            if name not in known:
                detail = f"There is no such field; there is: {names}."
                yield FieldProblem(place + _step(name), detail)
    elif error.validator == "required" and isinstance(error.instance, Mapping):
        wanted: Any = error.validator_value
        for name in wanted:
            if name not in error.instance:
                yield FieldProblem(place + _step(name), "This field is required.")
    else:
        yield FieldProblem(place or "/", _sentence(error))


def _step(name: object) -> str:
    """One step of a JSON pointer (RFC 6901, 3)."""
    return "/" + str(name).replace("~", "~0").replace("/", "~1")


def _sentence(error: ValidationError) -> str:
    wanted: Any = error.validator_value
    if error.validator == "type":
        names = [wanted] if isinstance(wanted, str) else wanted
        return f"Give {' or '.join(TYPES.get(name, name) for name in names)}."
    if error.validator == "enum":
        return f"Give one of: {', '.join(str(each) for each in wanted)}."
    if error.validator == "format":
        return f"Give a {wanted}."
    if error.validator == "anyOf" and all("required" in each for each in wanted):
        return f"Give {' or '.join(' and '.join(each['required']) for each in wanted)}."
    if error.validator in ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"):
        least = "least" if error.validator.startswith("min") else "most"
        kind = {"Length": " characters", "Items": " items"}.get(error.validator[3:], "")
        return f"Give at {least} {wanted}{kind}."
    return f"This does not fit {error.validator}: {str(wanted)[:100]}."
