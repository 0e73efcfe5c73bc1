"""Do the summaries and descriptions of a definition read as Microsoft asks?

A summary is a phrase of at most 80 characters, of letters, digits and parentheses; a description
is a sentence that says more than the summary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from connector.exporters.power_automate.lint.package import DEFINITION, Package
from connector.exporters.power_automate.lint.rule import ERROR, WARNING, rules
from connector.exporters.power_automate.lint.walk import Node, words
from connector.manifest.problems import Complaint

LONGEST = 80  # characters
FORBIDDEN = re.compile(r"[/\\<>{}\[\]|\n\r\t]")
PLAIN = re.compile(r"[A-Za-z0-9() ]*")
SENTENCE = re.compile(r"[^a-z\s].*[.!?][\"')]*", re.DOTALL)


def operation_without(package: Package, key: str) -> Iterator[Complaint]:
    """A visible operation has the text; makers see it in the designer."""
    for operation in package.operations:
        if not operation.internal and not words(operation.json.get(key)).strip():
            yield operation.place, f"this operation has no {key}; makers choose by it"


def parameter_without(package: Package, key: str) -> Iterator[Complaint]:
    """A visible parameter has the text."""
    for node in package.nodes:
        if node.kind == "parameter" and _lacks(node, key):
            yield node.place, f"the parameter {node.name!r} has no {key}; makers see its name else"


def property_without(package: Package, key: str) -> Iterator[Complaint]:
    """A visible property has the text."""
    for node in package.nodes:
        if node.role == "property" and "$ref" not in node.json and _lacks(node, key):
            yield node.place, f"the property {node.name!r} has no {key}; makers see its name else"


def long_summary(package: Package) -> Iterator[Complaint]:
    """A summary has at most 80 characters."""
    for place, summary, _ in _texts(package):
        if len(summary) > LONGEST:
            yield place, f"this has {len(summary)} characters; {LONGEST} are allowed"


def forbidden_characters(package: Package) -> Iterator[Complaint]:
    """A summary holds no slash, bracket or line break."""
    for place, summary, _ in _texts(package):
        if found := FORBIDDEN.search(summary):
            yield place, f"a summary must not hold {found[0]!r}; rephrase it"


def unusual_characters(package: Package) -> Iterator[Complaint]:
    """A summary holds letters, digits and parentheses."""
    for place, summary, _ in _texts(package):
        strange = sorted(set(PLAIN.sub("", summary)) - set(FORBIDDEN.findall(summary)))
        if strange:
            yield place, f"use letters, digits and parentheses, not {' '.join(strange)}"


def summary_end(package: Package) -> Iterator[Complaint]:
    """The summary of an operation ends in a letter, a digit or a parenthesis."""
    for operation in package.operations:
        summary = words(operation.json.get("summary"))
        if summary and not (summary[-1].isalnum() or summary[-1] == ")"):
            yield f"{operation.place}/summary", "this must end in a letter, a digit or ')'"


def no_sentence(package: Package) -> Iterator[Complaint]:
    """A description begins like a sentence and ends in punctuation, unless it is one word."""
    for place, _, description in _texts(package):
        holder = place.rpartition("/")[0]
        if " " in description.strip() and not SENTENCE.fullmatch(description.strip()):
            yield f"{holder}/description", "write a sentence: a capital first, a full stop last"


def same_words(package: Package) -> Iterator[Complaint]:
    """A description says more than the summary."""
    for place, summary, description in _texts(package):
        if summary and _bare(summary) == _bare(description):
            holder = place.rpartition("/")[0]
            yield f"{holder}/description", "this only repeats the summary; say more"


def _texts(package: Package) -> Iterator[tuple[str, str, str]]:
    """Place of the summary, summary and description of all that has them."""
    for operation in package.operations:
        json = operation.json
        place = f"{operation.place}/summary"
        yield place, words(json.get("summary")), words(json.get("description"))
    for node in package.nodes:
        place = f"{node.place}/x-ms-summary"
        yield place, words(node.json.get("x-ms-summary")), words(node.json.get("description"))


def _lacks(node: Node, key: str) -> bool:
    hidden = any(each.json.get("x-ms-visibility") == "internal" for each in node.chain())
    return not hidden and not words(node.json.get(key)).strip()


def _bare(text: str) -> str:
    return text.strip().rstrip(".!?").casefold()


RULES = rules(
    DEFINITION,
    ("OperationSummaryMissing", ERROR, partial(operation_without, key="summary")),
    ("OperationDescriptionMissing", ERROR, partial(operation_without, key="description")),
    ("ParameterSummaryMissing", WARNING, partial(parameter_without, key="x-ms-summary")),
    ("ParameterDescriptionMissing", WARNING, partial(parameter_without, key="description")),
    ("PropertySummaryMissing", WARNING, partial(property_without, key="x-ms-summary")),
    ("PropertyDescriptionMissing", WARNING, partial(property_without, key="description")),
    ("OperationSummaryTooLong", ERROR, long_summary),
    ("RestrictedCharactersInSummary", ERROR, forbidden_characters),
    ("SummaryCharacters", WARNING, unusual_characters),
    ("SummaryEnd", WARNING, summary_end),
    ("DescriptionNotSentence", WARNING, no_sentence),
    ("DescriptionRepeatsSummary", WARNING, same_words),
)
