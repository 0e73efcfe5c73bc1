"""How do we say what the schema complains about? In words that tell what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Any

from jsonschema.exceptions import ValidationError

from connector.manifest.problems import pointer

TYPES = {
    "string": "text", "integer": "a whole number", "number": "a number",
    "boolean": "true or false", "array": "a list", "object": "an object",
}  # fmt: skip


def said(error: ValidationError) -> Iterator[tuple[str, str]]:
    """Place and words of one complaint; a choice of shapes speaks of the one that is meant."""
    if error.validator == "oneOf" and error.context:
        alternatives = _meant(error)
        if len(alternatives) < 2:  # none: the word that would choose is wrong, and says so itself
            yield from (each for one in alternatives for inner in one for each in said(inner))
            return
    if error.validator == "additionalProperties":
        yield from _strange(error)
        return
    of_name = "propertyNames" in error.relative_schema_path
    name = [error.instance] if of_name else []
    yield pointer(*error.absolute_path, *name), _words(error)


def _meant(error: ValidationError) -> list[list[ValidationError]]:
    """The complaints by alternative, without alternatives that are for another kind."""
    by_index: dict[Any, list[ValidationError]] = {}
    for inner in error.context or ():
        by_index.setdefault(inner.schema_path[0], []).append(inner)
    return [
        inner
        for inner in by_index.values()
        if not any(each.validator in ("const", "enum") for each in inner)
    ]


def _strange(error: ValidationError) -> Iterator[tuple[str, str]]:
    """Every member that has no meaning, with the one that was probably meant."""
    schema: Any = error.schema
    instance: Any = error.instance
    known = list(schema.get("properties", {}))
    for name in instance:
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}?" if near else f"there is: {', '.join(known)}"
            yield pointer(*error.absolute_path, name), f"there is no {name} here; {hint}"


def _words(error: ValidationError) -> str:
    sentence = SENTENCES.get(str(error.validator))
    if sentence is not None:
        return sentence(error, error.validator_value)
    return error.message if len(error.message) < 300 else f"this does not fit {error.validator}"


def _one_of(error: ValidationError, wanted: Any) -> str:
    names = [name for each in wanted for name in each.get("required", ())]
    exactly = "exactly" if error.validator == "oneOf" else "at least"
    return f"give {exactly} one of: {', '.join(dict.fromkeys(names))}"


def _pattern(error: ValidationError, wanted: Any) -> str:
    schema: Any = error.schema
    shown = f", for example {schema['examples'][0]!r}" if "examples" in schema else ""
    return f"{error.instance!r} must fit the pattern {wanted}{shown}"


def _type(error: ValidationError, wanted: Any) -> str:
    return f"this must be {TYPES.get(str(wanted), wanted)}, not {str(error.instance)[:60]!r}"


def _required(error: ValidationError, wanted: Any) -> str:
    return error.message.replace("is a required property", "is missing")


def _together(error: ValidationError, wanted: Any) -> str:
    return error.message.replace("is a dependency of", "must be given with")


def _not(error: ValidationError, wanted: Any) -> str:
    return f"{error.instance!r} is a reserved name; choose another"


SENTENCES: dict[str, Callable[[ValidationError, Any], str]] = {
    "oneOf": _one_of,
    "anyOf": _one_of,
    "pattern": _pattern,
    "type": _type,
    "required": _required,
    "dependentRequired": _together,
    "not": _not,
    "minItems": lambda error, wanted: f"give at least {wanted}",
    "minProperties": lambda error, wanted: f"give at least {wanted}",
    "const": lambda error, wanted: f"this must be {wanted!r}, not {error.instance!r}",
    "enum": lambda error, wanted: (
        f"{error.instance!r} is not known; give one of: {', '.join(map(str, wanted))}"
    ),
}
