"""What is wrong with a package of a custom connector? The rules of Microsoft's certification.

They are published as names and texts ("Fix Swagger Validator errors", "Verified publisher
certification process", "Coding standards", "Connector string guidance") and re-made here as pure
functions over the files, so that any connector can be judged without an account. A rule that
Microsoft names has Microsoft's name, with its spelling. An error refuses an export: Microsoft's
validator refuses it, or the connector would not work. A warning costs quality, or certification
alone. Microsoft does not publish which of its rules only warn; where certified connectors break
one often, it warns here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from connector.exporters.power_automate.lint import (
    dynamic,
    head,
    icon,
    media,
    operations,
    parameters,
    paths,
    properties,
    references,
    schemas,
    security,
    settings,
    shapes,
    text,
    triggers,
    values,
    versions,
    visibility,
    webhooks,
    words,
)
from connector.exporters.power_automate.lint.package import DEFINITION, PROPERTIES, read
from connector.exporters.power_automate.lint.rule import Rule
from connector.exporters.problems import ERROR, Problem, Severity
from connector.manifest.problems import Complaint

__all__ = ["RULES", "Problem", "Severity", "errors", "lint"]

NEEDED = (DEFINITION, PROPERTIES)

READING: Mapping[str, Callable[[str, bytes], Iterator[Complaint]]] = {
    "StrictJson": text.not_strict,
    "ValueMustBeInEnglish": text.not_ascii,
    "FileTooLarge": text.too_large,
}
"""The rules of every file by itself; all are errors."""

RULES: tuple[Rule, ...] = (
    *shapes.RULES,
    *head.RULES,
    *security.RULES,
    *media.RULES,
    *paths.RULES,
    *parameters.RULES,
    *operations.RULES,
    *versions.RULES,
    *words.RULES,
    *references.RULES,
    *schemas.RULES,
    *values.RULES,
    *visibility.RULES,
    *webhooks.RULES,
    *triggers.RULES,
    *dynamic.RULES,
    *properties.RULES,
    *settings.RULES,
    *icon.RULES,
)
"""All others, by topic."""


def lint(package: Mapping[str, bytes]) -> list[Problem]:
    """All problems of the files of a package (file name -> content), errors and warnings. Where a
    file cannot be read, only the files are judged. Never raises, whatever they hold."""
    files = list(_of_files(package))
    if not text.readable(package):
        return files
    found = read(package)
    judged = [
        Problem(rule.file, place, rule.name, message, rule.severity)
        for rule in RULES
        if rule.file in package
        for place, message in rule.check(found)
    ]
    return [*files, *dict.fromkeys(judged)]


def errors(problems: Iterable[Problem]) -> list[Problem]:
    """The problems that refuse an export."""
    return [problem for problem in problems if problem.severity is ERROR]


def _of_files(package: Mapping[str, bytes]) -> Iterator[Problem]:
    for name in NEEDED:
        if name not in package:
            yield Problem(name, "", "FileMissing", "this file is missing; every connector has one")
    for rule, check in READING.items():
        for name, content in package.items():
            for place, message in check(name, content):
                yield Problem(name, place, rule, message)
