"""Is what a caller asks for something that we have? All that is wrong at once, each with its JSON
pointer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from connector.errors import BadInput, FieldProblem


def require(wrong: Iterable[FieldProblem]) -> None:
    """Raises BadInput if anything is wrong."""
    found = list(wrong)
    if found:
        raise BadInput(f"{found[0].pointer}: {found[0].detail}", fields=found)


def one_of(pointer: str, said: Any, known: Collection[str]) -> Iterator[FieldProblem]:
    """What is wrong with a choice; empty text and null are none."""
    if said in (None, "") or (isinstance(said, str) and said in known):
        return
    yield FieldProblem(pointer, f"Give one of: {', '.join(known)}; or leave it out.")


def whole(pointer: str, said: str, least: int, most: int) -> Iterator[FieldProblem]:
    """What is wrong with the text of a whole number."""
    if not (said.isascii() and said.isdigit() and len(said) < 9 and least <= int(said) <= most):
        yield FieldProblem(pointer, f"Give a number from {least} to {most}.")


def only(said: Iterable[str], known: Collection[str]) -> Iterator[FieldProblem]:
    """The fields that there are not."""
    for name in said:
        if name not in known:
            detail = f"There is no such field; there is: {', '.join(known)}."
            yield FieldProblem(f"/{name}", detail)
