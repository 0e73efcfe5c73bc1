"""What does an extract ask for? One Order, or Refused with what is wrong.

A body that is not of the documented types is 422, as FastAPI has it; a schema that makes no
sense is DocuMind's own 400.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connector.simulators.documind.problems import Problem, Refused, invalid

THRESHOLD = 80
MODELS = ("google-gemini-2.0-flash", "openai-gpt-4.1", "openai-gpt-4o")
TYPES = ("string", "number", "integer", "boolean", "array", "object")

Entity = Mapping[str, Any]
Entities = Mapping[str, Entity]


@dataclass(frozen=True, slots=True)
class Order:
    """An extract that was understood. ``model`` set is basic mode, which knows no confidence."""

    entities: Entities
    required: tuple[str, ...]
    model: str | None
    mode: str | None
    threshold: float


def read_order(body: Any) -> Order:
    """The order in a JSON body."""
    if not isinstance(body, dict):
        said = "Input should be a valid dictionary or object to extract fields from"
        raise Refused(422, [invalid("model_attributes_type", ["body"], said)])
    if problems := list(type_problems(body)):
        raise Refused(422, problems)
    schema, model = body["schema"], body.get("model")
    if wrong := list(schema_problems(schema)):
        raise Refused(400, f"Invalid schema: {'; '.join(wrong)}")
    if model is not None and model not in MODELS:
        raise Refused(400, f"Invalid model: {model}. Supported models: {', '.join(MODELS)}")
    threshold = body.get("review_threshold")
    return Order(
        entities=entities(schema),
        required=tuple(schema.get("required", ())),
        model=model,
        mode=body.get("extraction_mode"),
        threshold=THRESHOLD if threshold is None else threshold,
    )


def type_problems(body: Mapping[str, Any]) -> Iterator[Problem]:
    """Members that are missing or of the wrong type."""
    if "schema" not in body:
        yield invalid("missing", ["body", "schema"], "Field required")
    elif not isinstance(body["schema"], dict):
        yield invalid("dict_type", ["body", "schema"], "Input should be a valid dictionary")
    for name in ("prompt", "model", "extraction_mode"):
        if not isinstance(body.get(name), str | None):
            yield invalid("string_type", ["body", name], "Input should be a valid string")
    threshold, at = body.get("review_threshold"), ["body", "review_threshold"]
    if threshold is None:
        return
    if not isinstance(threshold, int | float) or isinstance(threshold, bool):
        yield invalid("float_type", at, "Input should be a valid number")
    elif not 0 <= threshold <= 100:
        yield invalid("range", at, "Input should be between 0 and 100")


def entities(schema: Entity) -> Entities:
    """The fields of a schema, or of an object inside one: DocuMind says ``named_entities`` where
    JSON Schema says ``properties``."""
    found: Entities = schema.get("named_entities") or schema.get("properties") or {}
    return found


def kind_of(entity: Entity) -> str:
    """The type of a field; ``["string", "null"]`` is a string, and so is what does not say."""
    kind = entity.get("type", "string")
    kinds = kind if isinstance(kind, list) else [kind]
    return next((each for each in kinds if each != "null"), "string")


def schema_problems(schema: Entity, place: str = "schema") -> Iterator[str]:
    """What makes no sense in a schema, nested ones included."""
    fields = entities(schema)
    if not isinstance(fields, dict) or not fields:
        yield f"{place} must have named_entities"
        return
    required = schema.get("required", [])
    if not isinstance(required, list) or not all(name in fields for name in map(str, required)):
        yield f"{place}.required must be a list of names in named_entities"
    for name, entity in fields.items():
        yield from entity_problems(entity, f"{place}.{name}")


def entity_problems(entity: Any, place: str) -> Iterator[str]:
    """What makes no sense in one field."""
    if not isinstance(entity, dict):
        yield f"{place} must be an object"
    elif kind_of(entity) not in TYPES:
        yield f"{place}.type must be one of {', '.join(TYPES)}"
    elif kind_of(entity) == "object":
        yield from schema_problems(entity, place)
    elif kind_of(entity) == "array" and "items" in entity:
        yield from entity_problems(entity["items"], f"{place}.items")
