"""What does a piece of printed text mean: a number, a date, a yes, or just words?"""

from __future__ import annotations

import re
from datetime import date, datetime

NUMBER = re.compile(r"([A-Z]{3}\s|[€$£]\s?)?(?P<digits>-?\d[\d.,]*)(\s?([A-Z]{3}|[€$£%]))?")
ENGLISH = re.compile(r"-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?")
CONTINENTAL = re.compile(r"-?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?")
WORDS = {"yes": True, "true": True, "no": False, "false": False}
DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y")

Value = str | int | float | bool | None


def typed(text: str) -> Value:
    """The value a reader would take this text for; dates as ``YYYY-MM-DD``."""
    for reading in (boolean, number, day):
        if (value := reading(text)) is not None:
            return value
    return text


def boolean(text: str) -> bool | None:
    """Yes and no, and nothing else."""
    return WORDS.get(text.strip().lower())


def number(text: str) -> int | float | None:
    """``1,234.50 EUR``, ``1.234,50``, ``20 %``; None for codes such as ``0042`` or ``A-7``."""
    found = NUMBER.fullmatch(text.strip())
    if not found:
        return None
    digits = found["digits"]
    if re.match(r"-?0\d", digits):  # a leading zero counts nothing: it is a code
        return None
    if ENGLISH.fullmatch(digits):
        digits = digits.replace(",", "")
    elif CONTINENTAL.fullmatch(digits):
        digits = digits.replace(".", "").replace(",", ".")
    else:
        return None
    return float(digits) if "." in digits else int(digits)


def day(text: str) -> str | None:
    """The date, day before month where digits leave it open."""
    for form in DATES:
        try:
            found: date = datetime.strptime(text.strip(), form).date()
        except ValueError:
            continue
        return found.isoformat()
    return None
