"""Are the MIME types of a definition known, and do they fit what is sent?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from connector.exporters.power_automate.lint.package import DEFINITION, Operation, Package
from connector.exporters.power_automate.lint.rule import ERROR, WARNING, rules
from connector.exporters.power_automate.lint.walk import Table, follow, rows
from connector.manifest.problems import Complaint

JSON, TEXT = "application/json", "text/plain"
MULTIPART, URLENCODED = "multipart/form-data", "application/x-www-form-urlencoded"
SUPPORTED = (JSON, TEXT, MULTIPART, URLENCODED)
MIME = re.compile(r"[\w!#$&^.+*-]+/[\w!#$&^.+*-]+(\s*;\s*[\w.-]+=(\"[^\"]*\"|[^\s;\"]+))*")


def wrong_type(package: Package) -> Iterator[Complaint]:
    """A MIME type is written as one."""
    for place, mime in _types(package):
        if not MIME.fullmatch(str(mime)):
            yield place, f"{mime!r} is no MIME type"


def unsupported_type(package: Package) -> Iterator[Complaint]:
    """A MIME type is one of those that Microsoft names; others work in part."""
    for place, mime in _types(package):
        if MIME.fullmatch(str(mime)) and _bare(mime) not in SUPPORTED:
            yield place, f"{mime!r} may not be supported; these are: {', '.join(SUPPORTED)}"


def no_type(package: Package) -> Iterator[Complaint]:
    """An operation that sends something says as what."""
    for operation in package.operations:
        sends = _expected(package, operation) or operation.body is not None
        if sends and not _consumed(package, operation):
            yield operation.place, f'its input has no "consumes"; give one, such as ["{JSON}"]'


def unfit_type(package: Package) -> Iterator[Complaint]:
    """A form is sent as a form, a file in multipart, an object as JSON."""
    for operation in package.operations:
        found, expected = _consumed(package, operation), _expected(package, operation)
        fits = any(mime in expected or (JSON in expected and "json" in mime) for mime in found)
        if found and expected and not fits and "*/*" not in found:
            what = " or ".join(expected)
            yield operation.place, f"its input is sent as {what}, which {', '.join(found)} is not"


def urlencoded_file(package: Package) -> Iterator[Complaint]:
    """Bytes cannot be sent as a form that is URL-encoded."""
    for operation in package.operations:
        if URLENCODED not in _consumed(package, operation):
            continue
        for node in operation.parameters:
            if (node.json.get("type"), node.json.get("format")) == ("string", "binary"):
                yield node.place, f"bytes cannot be sent as {URLENCODED}; use {MULTIPART}"


def _types(package: Package) -> Iterator[tuple[str, object]]:
    holders: list[tuple[str, Table]] = [("", package.definition)]
    holders += [(each.place, each.json) for each in package.operations]
    for place, holder in holders:
        for name in ("consumes", "produces"):
            for number, mime in enumerate(rows(holder.get(name))):
                yield f"{place}/{name}/{number}", mime


def _consumed(package: Package, operation: Operation) -> list[str]:
    holder = operation.json if "consumes" in operation.json else package.definition
    return [_bare(mime) for mime in rows(holder.get("consumes"))]


def _bare(mime: object) -> str:
    return str(mime).partition(";")[0].strip().lower()


def _expected(package: Package, operation: Operation) -> tuple[str, ...]:
    """The types that an operation's input can be sent as; none where anything will do."""
    fields = [each for each in operation.parameters if each.where == "formData"]
    if any(each.json.get("type") == "file" for each in fields):
        return (MULTIPART,)
    if fields:
        return (MULTIPART, URLENCODED)
    body = operation.body
    if body is None:
        return ()
    _, schema = follow(package.definition, body.place, body.json)
    return (JSON,) if schema.get("type") in ("object", "array") else ()


RULES = rules(
    DEFINITION,
    ("MimeTypeNotValid", ERROR, wrong_type),
    ("MimeTypeNotSupported", WARNING, unsupported_type),
    ("ConsumesMissing", WARNING, no_type),
    ("MimeTypeNotCompatibleWithRequestContentSchemaType", ERROR, unfit_type),
    ("StringBinaryNotSupportedForFormUrlEncoded", ERROR, urlencoded_file),
)
