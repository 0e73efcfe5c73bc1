"""What of a manifest cannot be said in a connector? Every problem, with its place. Pure.

The limits are Microsoft's: "Custom connector FAQ", "Verified publisher certification process" and
"Fix Swagger Validator errors".
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from connector.core.language import Manifest
from connector.exporters.options import Options
from connector.exporters.power_automate.actions import CALLBACK, SUBMIT
from connector.exporters.power_automate.definition import operations
from connector.exporters.power_automate.dynamic import shaping
from connector.exporters.power_automate.job import FAILED_JOB
from connector.exporters.power_automate.names import LONGEST_SUMMARY
from connector.exporters.power_automate.properties import color
from connector.exporters.power_automate.public import objections
from connector.manifest.problems import Complaint, pointer

LONGEST_TITLE = 30  # characters
DESCRIPTION = (30, 500)  # characters, at least and at most
MOST_OPERATIONS = 256
LARGEST = 1_000_000  # bytes

PRODUCTS = re.compile(
    r"\b(power (automate|apps|bi|pages|platform|virtual agents|query)|microsoft flow|logic apps"
    r"|copilot studio|dataverse)\b",
    re.IGNORECASE,
)
API = re.compile(r"\bapis?\b", re.IGNORECASE)
CONNECTOR = re.compile(r"\bconnectors?\b", re.IGNORECASE)

TAKEN_COLORS = ("#ffffff", "#007ee5", "#da3b01")
TAKEN_PATHS = ("operations", "results", "subscriptions", "hooks", "finished", "choices", "output")
TAKEN_FIELDS = ("body", "on_failure")
TAKEN_QUERIES = ("action", "as")


def of_manifest(manifest: Manifest, options: Options) -> Iterator[Complaint]:
    """What can be seen before the definition is made."""
    yield from (("--public-url", why) for why in objections(options.public_url))
    yield from _of_texts(manifest)
    yield from _of_actions(manifest)
    yield from _of_shapes(manifest)
    if options.failed_jobs == "answer":
        yield from _of_answers(manifest)


def of_definition(document: dict[str, Any], text: str) -> Iterator[Complaint]:
    """What can only be seen in the whole; ``text`` is the document as it is written."""
    found = operations(document)
    ids = Counter(each["operationId"].lower() for each in found)
    for each in found:
        if ids[each["operationId"].lower()] > 1:
            what = f"there are two operations {each['operationId']}; rename the action"
            yield pointer("paths", each["path"], each["method"]), what
    if len(found) > MOST_OPERATIONS:
        yield "/paths", f"{len(found)} operations; a connector has at most {MOST_OPERATIONS}"
    if len(text) > LARGEST:
        yield "", f"{len(text)} bytes; a definition has at most {LARGEST}"
    if r"\u" in text:
        yield from _not_ascii(document, "")


def _of_texts(manifest: Manifest) -> Iterator[Complaint]:
    title, description = manifest.title, manifest.description
    if len(title) > LONGEST_TITLE:
        yield "/title", f"{len(title)} characters; a connector's title has at most {LONGEST_TITLE}"
    if CONNECTOR.search(title):
        yield "/title", "the word Connector is not allowed"
    if not title[-1:].isalnum():
        yield "/title", "it must end with a letter or a digit"
    least, most = DESCRIPTION
    if not least <= len(description) <= most:
        yield "/description", f"{len(description)} characters; it must have {least} to {most}"
    for place, text in (("/title", title), ("/description", description)):
        if API.search(text):
            yield place, "the word API is not allowed"
        yield from _of_products(place, text)
        if not text.isascii():
            yield place, "it must be plain ASCII"
    if color(manifest).lower() in TAKEN_COLORS:
        yield "/color", f"{color(manifest)} is taken or invisible; choose another"


def _of_products(place: str, text: str) -> Iterator[Complaint]:
    found = PRODUCTS.search(text)
    if found:
        yield place, f"the name of a Microsoft product is not allowed: {found.group(0)}"


def _of_actions(manifest: Manifest) -> Iterator[Complaint]:
    room = LONGEST_SUMMARY - max(len(SUBMIT), len(CALLBACK))
    for name, action in manifest.actions.items():
        place = pointer("actions", name)
        if name in TAKEN_PATHS:
            yield place, "an operation of every connector has this path; rename the action"
        if len(action.title) > room:
            said = f"{len(action.title)} characters; with what tells its variants apart, {room} fit"
            yield f"{place}/title", said
        if not action.title.isascii():
            yield f"{place}/title", "it must be plain ASCII"
        if "/" in action.title:
            yield f"{place}/title", "a slash is not allowed"
        for text in ("title", "description"):
            yield from _of_products(f"{place}/{text}", getattr(action, text))
        for field in TAKEN_FIELDS:
            if field in action.fields["properties"]:
                yield place + pointer("fields", "properties", field), "this name is taken"


def _of_shapes(manifest: Manifest) -> Iterator[Complaint]:
    """The inputs that shape outputs are parameters of one operation."""
    first: dict[str, tuple[str, Any]] = {}
    for name, action in manifest.actions.items():
        for field in shaping(action):
            place = pointer("actions", name, "fields", "properties", field)
            kind = action.fields["properties"][field]["type"]
            other, known = first.setdefault(field, (name, kind))
            if field in TAKEN_QUERIES:
                yield place, "this name is taken, as it shapes the output"
            if known != kind:
                yield place, f"it shapes the output as {kind}, but that of {other} as {known}"


def _of_answers(manifest: Manifest) -> Iterator[Complaint]:
    for name, action in manifest.actions.items():
        for each in FAILED_JOB:
            if each != "id" and each in action.output.get("properties", {}):
                said = "a failed job is answered with this name; export with --failed-jobs fail"
                yield pointer("actions", name, "output", "properties", each), said


def _not_ascii(value: Any, place: str) -> Iterator[Complaint]:
    """Where names or values stand that the definition may not hold."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            here = place + pointer(name)
            if not name.isascii():
                yield here, "this name must be plain ASCII"
            yield from _not_ascii(inner, here)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _not_ascii(inner, f"{place}/{number}")
    elif isinstance(value, str) and r"\u" in json.dumps(value):
        yield place, "this must be plain ASCII"
