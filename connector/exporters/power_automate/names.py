"""How are things called in a connector? Identifiers, Title Case, sentences. Pure.

The rules are Microsoft's: "Coding standards for custom connectors" and "Connector string
guidelines".
"""

from __future__ import annotations

import re
import unicodedata

LONGEST_SUMMARY = 80  # characters

SMALL = frozenset(
    {"a", "an", "and", "as", "at", "by", "for", "from", "in", "into", "of", "on", "or", "the",
     "to", "with"}
)  # fmt: skip
"""Words that Title Case leaves small, except at the beginning and the end."""

ACRONYMS = frozenset(
    {"csv", "html", "id", "json", "ocr", "pdf", "uri", "url", "vlm", "xls", "xlsx", "xml"}
)

PLAIN = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."})


def pascal(name: str) -> str:
    """``extract_now`` as ``ExtractNow``: an operationId has neither hyphen nor underscore."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", name))


def plain(text: str) -> str:
    """The text in ASCII and on one line: a definition may hold neither other characters nor
    their escapes."""
    bare = unicodedata.normalize("NFKD", text.translate(PLAIN))
    return " ".join(bare.encode("ascii", "ignore").decode().split())


def title(text: str) -> str:
    """A summary in Title Case: letters, digits and parentheses, at most 80 characters."""
    words = re.sub(r"[^A-Za-z0-9() ]+", " ", plain(text).replace("'", "")).split()
    last = len(words) - 1
    said = " ".join(
        word if word in SMALL and 0 < place < last else _capital(word)
        for place, word in enumerate(words)
    )
    return _cut(said)


def summary(text: str) -> str:
    """An operation's summary in sentence case, of the same characters as a title."""
    said = " ".join(re.sub(r"[^A-Za-z0-9() ]+", " ", plain(text).replace("'", "")).split())
    return said[:1].upper() + said[1:]


def sentence(text: str, name: str) -> str:
    """A description that begins and ends like a sentence, and says more than ``name``, its
    summary."""
    said = plain(text)
    if said.rstrip(".!?").casefold() in ("", name.casefold()):
        said = f"The value of {name}"
    first, space, rest = said.partition(" ")
    begun = _capital(first) + space + rest
    return begun if begun.endswith((".", "!", "?")) else f"{begun.rstrip(',;:')}."


def display(value: object) -> str:
    """What people read for one value of an enumeration; names with digits are left alone."""
    said = str(value)
    return title(said) if re.fullmatch(r"[a-z]+([_-][a-z]+)*", said) else plain(said)


def _capital(word: str) -> str:
    if word.lower() in ACRONYMS:
        return word.upper()
    first = 1 if word.startswith("(") else 0
    return word[:first] + word[first : first + 1].upper() + word[first + 1 :]


def _cut(text: str) -> str:
    """At most 80 characters, whole words where there are any."""
    if len(text) <= LONGEST_SUMMARY:
        return text
    head = text[: LONGEST_SUMMARY + 1]
    return head.rsplit(" ", 1)[0][:LONGEST_SUMMARY] if " " in head else text[:LONGEST_SUMMARY]
