"""What stands at a place in a value? JMESPath, with errors as values. Pure."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.parser import ParsedResult


@lru_cache(maxsize=4096)
def compiled(expression: str) -> ParsedResult:
    """The expression, ready to search; raises ValueError with a readable reason."""
    try:
        return jmespath.compile(expression)
    except JMESPathError as error:
        where = getattr(error, "lex_position", getattr(error, "lexer_position", None))
        part = "its end" if where in (None, len(expression)) else f"column {where + 1}"
        raise ValueError(f"{expression!r} is no JMESPath: it breaks at {part}") from error


def look(expression: str, value: Any) -> Any:
    """The value at ``expression``, or None where nothing stands or the look itself fails.

    A type error inside a function (``length(null)``) means: not there. A provider's odd answer
    must never stop a job.
    """
    try:
        return compiled(expression).search(value)
    except (JMESPathError, TypeError, ValueError, AttributeError, ArithmeticError):
        return None
