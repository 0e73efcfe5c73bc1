"""Has everything in a definition its right JSON type, its known keys and its known words?

The tables are those of Microsoft's published schema of a definition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from connector.exporters.power_automate.lint.package import DEFINITION, Package
from connector.exporters.power_automate.lint.rule import ERROR, WARNING, rules
from connector.exporters.power_automate.lint.walk import (
    Node,
    Table,
    responses_written,
    rows,
    table,
)
from connector.manifest.problems import Complaint, pointer

Types = tuple[type, ...]
TEXT, FLAG, LIST, OBJECT = (str,), (bool,), (list,), (dict,)
NUMBER: Types = (int, float)
ANY: Types = (object,)

VALUES: Mapping[str, Types] = {
    "type": TEXT, "format": TEXT, "collectionFormat": TEXT, "default": ANY, "enum": LIST,
    "description": TEXT, "pattern": TEXT, "uniqueItems": FLAG, "items": OBJECT,
    "maximum": NUMBER, "minimum": NUMBER, "exclusiveMaximum": FLAG, "exclusiveMinimum": FLAG,
    "multipleOf": NUMBER, "maxLength": NUMBER, "minLength": NUMBER, "maxItems": NUMBER,
    "minItems": NUMBER, "x-ms-summary": TEXT, "x-ms-visibility": TEXT,
}  # fmt: skip
"""What a value of any kind may have."""

INPUT: Mapping[str, Types] = {
    "x-ms-dynamic-list": OBJECT, "x-ms-dynamic-values": OBJECT, "x-ms-dynamic-tree": OBJECT,
    "x-ms-enum-values": LIST, "x-ms-localizeDefaultValue": FLAG, "x-ms-test-value": ANY,
    "x-ms-trigger-value": OBJECT, "x-ms-notification-url": FLAG, "x-ms-enum": OBJECT,
    "x-ms-media-kind": TEXT, "x-ms-dynamic-schema": OBJECT, "x-ms-dynamic-properties": OBJECT,
}  # fmt: skip

KEYS: Mapping[str, Mapping[str, Types]] = {
    "root": {
        "swagger": TEXT, "info": OBJECT, "host": TEXT, "basePath": TEXT, "schemes": LIST,
        "consumes": LIST, "produces": LIST, "paths": OBJECT, "definitions": OBJECT,
        "parameters": OBJECT, "responses": OBJECT, "security": LIST, "tags": LIST,
        "securityDefinitions": OBJECT, "externalDocs": OBJECT, "x-ms-capabilities": OBJECT,
        "x-ms-connector-metadata": LIST, "x-ms-docs": LIST,
    },
    "info": {
        "title": TEXT, "version": TEXT, "description": TEXT, "contact": OBJECT, "license": OBJECT,
        "termsOfService": TEXT, "x-ms-deployment-version": TEXT, "x-ms-api-annotation": OBJECT,
    },
    "path": {
        "get": OBJECT, "put": OBJECT, "post": OBJECT, "delete": OBJECT, "options": OBJECT,
        "head": OBJECT, "patch": OBJECT, "parameters": LIST, "$ref": TEXT,
        "x-ms-notification-content": OBJECT,
    },
    "operation": {
        "tags": LIST, "summary": TEXT, "description": TEXT, "externalDocs": OBJECT,
        "operationId": TEXT, "consumes": LIST, "produces": LIST, "parameters": LIST,
        "responses": OBJECT, "schemes": LIST, "security": LIST, "deprecated": FLAG,
        "x-ms-summary": TEXT, "x-ms-api-annotation": OBJECT, "x-ms-capabilities": OBJECT,
        "x-ms-no-generic-test": FLAG, "x-ms-notification": OBJECT, "x-ms-pageable": OBJECT,
        "x-ms-operation-context": OBJECT, "x-ms-safe-operation": FLAG, "x-ms-trigger": TEXT,
        "x-ms-trigger-hint": TEXT, "x-ms-trigger-metadata": OBJECT, "x-ms-visibility": TEXT,
    },
    "response": {
        "description": TEXT, "schema": OBJECT, "headers": OBJECT, "examples": OBJECT,
        "x-ms-summary": TEXT,
    },
    "schema": {
        **VALUES, **INPUT, "$ref": TEXT, "title": TEXT, "required": LIST, "readOnly": FLAG,
        "properties": OBJECT, "additionalProperties": (dict, bool), "allOf": LIST,
        "maxProperties": NUMBER, "minProperties": NUMBER, "discriminator": TEXT, "xml": OBJECT,
        "externalDocs": OBJECT, "example": ANY,
    },
    "parameter": {
        **VALUES, **INPUT, "name": TEXT, "in": TEXT, "required": FLAG, "schema": OBJECT,
        "allowEmptyValue": FLAG, "x-ms-url-encoding": TEXT, "x-ms-parameter-location": TEXT,
        "x-ms-skip-url-encoding": FLAG,
    },
    "header": {**VALUES}, "items": {**VALUES},
}  # fmt: skip

SEEN = frozenset(
    {"x-ms-openai-data", "x-ms-openai-manifest", "x-ms-require-user-confirmation",
     "x-ms-mutability", "x-ms-keywords", "x-ms-long-running-operation", "x-ms-secret",
     "x-ms-editor", "x-ms-editor-options"}
)  # fmt: skip
"""Extensions of certified connectors that the published schema does not know."""

ELSEWHERE = frozenset({"x-ms-notification-content"})
"""Extensions whose misplacing has a rule of its own."""

KEYWORDS = frozenset(
    {"oneOf", "anyOf", "not", "if", "then", "else", "const", "patternProperties", "contains",
     "additionalItems", "propertyNames", "dependencies", "dependentRequired", "dependentSchemas",
     "prefixItems", "$defs", "$schema", "unevaluatedProperties"}
)  # fmt: skip
"""Words of JSON Schema that Swagger 2.0 does not have."""

TYPES = ("string", "number", "integer", "boolean", "array", "object")
WORDS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("parameter", "in"): ("path", "query", "header", "body", "formData"),
    ("parameter", "type"): (*TYPES[:5], "file"),
    ("parameter", "x-ms-visibility"): ("important", "advanced", "internal"),
    ("parameter", "x-ms-url-encoding"): ("single", "double"),
    ("header", "type"): TYPES[:5],
    ("items", "type"): TYPES[:5],
    ("schema", "type"): (*TYPES, "file"),
    ("schema", "x-ms-visibility"): ("important", "advanced", "internal"),
    ("schema", "x-ms-media-kind"): ("image", "audio"),
    ("operation", "x-ms-visibility"): ("important", "advanced", "internal"),
    ("operation", "x-ms-trigger"): ("single", "batch"),
    ("metadata", "kind"): ("query",),
    ("metadata", "mode"): ("polling",),
    ("annotation", "status"): ("Preview", "Production"),
    ("security", "type"): ("apiKey", "basic", "oauth2"),
    ("security", "in"): ("header", "query"),
    ("security", "flow"): ("implicit", "password", "application", "accessCode"),
}

NEEDED: Mapping[str, tuple[str, ...]] = {
    "root": ("swagger", "info", "host", "paths"),
    "info": ("title", "description", "version"),
    "parameter": ("name", "in"),
    "response": ("description",),
    "header": ("type",),
    "metadata": ("kind", "mode"),
    "notification": ("schema",),
}

Holder = tuple[str, str, Table]
"""Kind, place and JSON of something."""


def wrong_json_type(package: Package) -> Iterator[Complaint]:
    """What must be text is text, what must be a list is a list."""
    for kind, place, json in _holders(package):
        for key, value in json.items():
            types = KEYS.get(kind, {}).get(key)
            if types is not None and not _is(value, types):
                wanted = " or ".join(each.__name__ for each in types)
                yield place + pointer(key), f"this is a {type(value).__name__} and must be {wanted}"
    for place, value in _entries(package):
        if not isinstance(value, dict):
            yield place, f"this is a {type(value).__name__} and must be an object"


def wrong_word(package: Package) -> Iterator[Complaint]:
    """What has a list of words uses one of them."""
    for kind, place, json in _holders(package):
        for (of_kind, key), allowed in WORDS.items():
            value = json.get(key)
            if of_kind == kind and isinstance(value, str) and value not in allowed:
                yield place + pointer(key), f"{value!r} is unknown; there is: {', '.join(allowed)}"


def missing(package: Package) -> Iterator[Complaint]:
    """What every definition needs is there."""
    for kind, place, json in _holders(package):
        for key in NEEDED.get(kind, ()):
            if key not in json and "$ref" not in json:
                yield place, f"there is no {key!r}; give it"
        if kind == "parameter" and json.get("in") != "body" and not {"type", "schema"} & set(json):
            yield place, "there is no 'type'; give it"


def unsupported_keyword(package: Package) -> Iterator[Complaint]:
    """No keyword of JSON Schema that Swagger 2.0 lacks."""
    for kind, place, json in _holders(package):
        for key in json:
            if kind in ("schema", "parameter", "items") and key in KEYWORDS:
                yield place + pointer(key), f"Swagger 2.0 has no {key!r}; choose one simple type"


def unknown_key(package: Package) -> Iterator[Complaint]:
    """A key is one of Swagger 2.0, or begins with x-."""
    for kind, place, json in _holders(package):
        known = KEYS.get(kind)
        for key in json:
            strange = known is not None and key not in known and key not in KEYWORDS
            if strange and not key.startswith("x-"):
                yield place + pointer(key), f"{key!r} is no word of Swagger 2.0; remove it"


def unknown_extension(package: Package) -> Iterator[Complaint]:
    """An extension x-ms-... is known, and stands where it may."""
    for kind, place, json in _holders(package):
        known = KEYS.get(kind)
        for key in json:
            if known is None or not key.startswith("x-ms-") or key in SEEN | ELSEWHERE:
                continue
            if key not in known:
                there = [each for each, keys in KEYS.items() if key in keys]
                text = f"it belongs to: {', '.join(there)}" if there else "remove it"
                yield place + pointer(key), f"{key} is not known here; {text}"


def _holders(package: Package) -> Iterator[Holder]:
    document = package.definition
    yield "root", "", document
    info = table(document.get("info"))
    yield "info", "/info", info
    yield "annotation", "/info/x-ms-api-annotation", table(info.get("x-ms-api-annotation"))
    for name, scheme in table(document.get("securityDefinitions")).items():
        yield "security", pointer("securityDefinitions", name), table(scheme)
    for path, item in table(document.get("paths")).items():
        if not path.startswith("x-"):
            yield "path", pointer("paths", path), table(item)
        if isinstance(content := table(item).get("x-ms-notification-content"), dict):
            place = pointer("paths", path, "x-ms-notification-content")
            yield "notification", place, content
    for operation in package.operations:
        yield "operation", operation.place, operation.json
        for kind, key in (("annotation", "api-annotation"), ("metadata", "trigger-metadata")):
            if isinstance(found := operation.json.get(f"x-ms-{key}"), dict):
                yield kind, f"{operation.place}/x-ms-{key}", found
    for place, response in responses_written(document):
        yield "response", place, response
    for node in package.nodes:
        yield "parameter" if node.kind == "body" else node.kind, node.place, node.json


def _entries(package: Package) -> Iterator[tuple[str, object]]:
    """What stands in a list or table of objects."""
    document = package.definition
    for key in ("paths", "definitions", "parameters", "responses", "securityDefinitions"):
        for name, value in table(document.get(key)).items():
            if not name.startswith("x-"):
                yield pointer(key, name), value
    holders: list[tuple[str, Table]] = [("", document)]
    holders += [(each.place, each.json) for each in package.operations]
    paths = table(document.get("paths")).items()
    holders += [(pointer("paths", path), table(item)) for path, item in paths]
    for place, holder in holders:
        for number, value in enumerate(rows(holder.get("parameters"))):
            yield f"{place}/parameters/{number}", value
        if place:
            for status, value in table(holder.get("responses")).items():
                yield place + pointer("responses", status), value
    yield from _entries_of_values(package.nodes)
    for place, response in responses_written(document):
        for name, value in table(response.get("headers")).items():
            yield place + pointer("headers", name), value


def _entries_of_values(nodes: tuple[Node, ...]) -> Iterator[tuple[str, object]]:
    for node in nodes:
        for name, value in table(node.json.get("properties")).items():
            yield node.place + pointer("properties", name), value
        for number, value in enumerate(rows(node.json.get("allOf"))):
            yield f"{node.place}/allOf/{number}", value


def _is(value: object, types: Types) -> bool:
    if isinstance(value, bool):
        return bool in types or object in types
    return isinstance(value, types)


RULES = rules(
    DEFINITION,
    ("JsonTypeIncorrect", ERROR, wrong_json_type),
    ("JsonValueNotInEnum", ERROR, wrong_word),
    ("RequiredPropertyMissing", ERROR, missing),
    ("SwaggerKeywordNotSupported", ERROR, unsupported_keyword),
    ("ExtensionNameNotValid", ERROR, unknown_key),
    ("AdditionalPropertyNotAllowed", WARNING, unknown_extension),
)
