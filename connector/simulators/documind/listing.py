"""Which extractions does a query of ``GET /data/extractions`` ask for, and in what order?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connector.simulators.documind.extractions import Extraction, moment
from connector.simulators.documind.problems import Problem, Refused, invalid

LIMIT, MOST = 100, 1000
"""One page of the documentation says 100 at most, the newer one 1000."""
ORGANIZATION = "6f1d2c8a-5b34-4e0f-9a71-2c8d0e4b7f60"
SORTS = ("created_at", "updated_at", "status", "original_filename")
ORDERS = ("asc", "desc")
YES, NO = ("true", "1", "yes", "y", "on", "t"), ("false", "0", "no", "n", "off", "f")
"""What FastAPI takes for a boolean, in any case: the batch sample sends ``True``."""

Test = Callable[[Extraction, Any], bool]


@dataclass(frozen=True, slots=True)
class Query:
    """One question to the list."""

    filters: Mapping[str, Any]
    sort_by: str
    descending: bool
    skip: int
    limit: int


def read_query(args: Mapping[str, str]) -> Query:
    """The query, or Refused 422 with all that is wrong. Unknown parameters mean nothing."""
    problems: list[Problem] = []

    def read(name: str, reader: Callable[[str], Any], usual: Any = None) -> Any:
        try:
            return reader(args[name]) if name in args else usual
        except Wrong as wrong:
            problems.append(invalid(wrong.type, ["query", name], wrong.msg))
            return usual

    filters = {name: read(name, reader) for name, (reader, _) in FILTERS.items()}
    query = Query(
        filters={name: value for name, value in filters.items() if value is not None},
        sort_by=read("sort_by", lambda text: one_of(text, SORTS), "created_at"),
        descending=read("sort_order", lambda text: one_of(text, ORDERS), "desc") == "desc",
        skip=read("skip", lambda text: between(text, 0, None), 0),
        limit=read("limit", lambda text: between(text, 1, MOST), LIMIT),
    )
    if problems:
        raise Refused(422, problems)
    return query


def page(extractions: list[Extraction], query: Query) -> dict[str, Any]:
    """The body of the answer; ``total`` counts all that fit. What began at the same moment
    stands in the order it began."""
    fitting = [
        (getattr(each, query.sort_by), index, each)
        for index, each in enumerate(extractions)
        if all(FILTERS[name][1](each, value) for name, value in query.filters.items())
    ]
    fitting.sort(key=lambda row: row[:2], reverse=query.descending)
    chosen = fitting[query.skip : query.skip + query.limit]
    return {
        "items": [each.item() for _, _, each in chosen],
        "total": len(fitting),
        "skip": query.skip,
        "limit": query.limit,
    }


class Wrong(Exception):
    """A parameter that cannot be read."""

    def __init__(self, type: str, msg: str) -> None:
        super().__init__(msg)
        self.type, self.msg = type, msg


def flag(text: str) -> bool:
    """A boolean."""
    if text.lower() not in YES + NO:
        raise Wrong("bool_parsing", "Input should be a valid boolean, unable to interpret input")
    return text.lower() in YES


def instant(text: str) -> datetime:
    """A date, or a time that is UTC unless it says otherwise."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Wrong("datetime_parsing", "Input should be a valid datetime") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def one_of(text: str, words: tuple[str, ...]) -> str:
    """One of these words."""
    if text not in words:
        raise Wrong("enum", f"Input should be {' or '.join(map(repr, words))}")
    return text


def between(text: str, least: int, most: int | None) -> int:
    """A whole number within these bounds."""
    try:
        found = int(text)
    except ValueError:
        raise Wrong("int_parsing", "Input should be a valid integer") from None
    if found < least:
        raise Wrong("greater_than_equal", f"Input should be greater than or equal to {least}")
    if most is not None and found > most:
        raise Wrong("less_than_equal", f"Input should be less than or equal to {most}")
    return found


FILTERS: dict[str, tuple[Callable[[str], Any], Test]] = {
    "document_id": (str.lower, lambda each, id: each.document_id == id),
    "status": (str, lambda each, status: each.status == status),
    "needs_review": (flag, lambda each, wanted: each.needs_review == wanted),
    "is_reviewed": (flag, lambda each, wanted: each.is_reviewed == wanted),
    "original_filename": (str, lambda each, name: each.original_filename == name),
    "created_after": (instant, lambda each, at: moment(each.created_at) >= at),
    "created_before": (instant, lambda each, at: moment(each.created_at) <= at),
    "organization_id": (str.lower, lambda each, id: id == ORGANIZATION),
}
"""How each filter is read, and which extractions it lets through."""
