"""What does the text of a setting mean? One reader for each kind; each raises ValueError, saying
what to give instead."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
PLACES = ("auto", "gateway", "public")
LONGEST_WAIT = 25.0  # seconds; the same as callers may ask for
LONGEST_HOLD = 90.0  # seconds; Power Automate's limit of a call is 120 (limits-and-config)
HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z0-9-]+")  # with a dot: ``net`` would be half of the world


def words(text: str) -> frozenset[str]:
    """Words between commas, in lower case."""
    return frozenset(word.strip().lower() for word in text.split(",") if word.strip())


def database(text: str) -> str:
    """The address of a database that we know how to use."""
    if not text.startswith(("sqlite:///", "postgresql://", "postgres://")):
        raise ValueError("begin with sqlite:/// or postgresql://")  # it may hold a password
    return text


def whole(text: str) -> int:
    """A whole number from 1."""
    if not (text.isascii() and text.isdigit() and int(text)):
        raise ValueError(f"give a whole number from 1, not {text!r}")
    return int(text)


def address(text: str) -> str:
    """An http or https address, without a slash at its end."""
    if not re.fullmatch(r"https?://[^\s/?#]+[^\s?#]*", text):
        raise ValueError(f"give an address that begins with https:// or http://, not {text!r}")
    return text.rstrip("/")


def yes(text: str) -> bool:
    """``yes`` or ``no``, as a truth."""
    if text.lower() not in ("yes", "no"):
        raise ValueError(f"give yes or no, not {text!r}")
    return text.lower() == "yes"


def number(text: str) -> float:
    """A number, not below 0."""
    if not re.fullmatch(r"\d+(\.\d+)?", text, re.ASCII):
        raise ValueError(f"give a number, not {text!r}")
    return float(text)


def level(text: str) -> str:
    """One of LEVELS."""
    if text.upper() not in LEVELS:
        raise ValueError(f"give one of {', '.join(LEVELS)}, not {text!r}")
    return text.upper()


def paths(text: str) -> tuple[Path, ...]:
    """Paths, separated like PATH."""
    return tuple(Path(each) for each in text.split(os.pathsep) if each)


def hosts(text: str) -> tuple[str, ...]:
    """Host names between commas, in lower case; each stands for all below it too."""
    found = tuple(sorted(words(text)))
    wrong = [each for each in found if not HOST.fullmatch(each)]
    if wrong:
        raise ValueError(f"give host names alone, like logic.azure.com, not {wrong[0]!r}")
    return found


def hosts_or_any(text: str) -> tuple[str, ...]:
    """Host names, or ``*`` for any."""
    return ("*",) if text.strip() == "*" else hosts(text)


def place(text: str) -> str:
    """One of PLACES."""
    if text.lower() not in PLACES:
        raise ValueError(f"give {', '.join(PLACES[:-1])} or {PLACES[-1]}, not {text!r}")
    return text.lower()


def hold(text: str) -> float:
    """Seconds, at most LONGEST_HOLD."""
    return _at_most(LONGEST_HOLD, text, "a flow gives up a call after 120")


def wait(text: str) -> float:
    """Seconds, at most LONGEST_WAIT."""
    return _at_most(LONGEST_WAIT, text, "platforms give a step 30")


def _at_most(most: float, text: str, why: str) -> float:
    seconds = number(text)
    if seconds > most:
        raise ValueError(f"give at most {most:g} seconds, not {text!r}: {why}")
    return seconds


def pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Names and what each stands for: ``name=value`` between commas, or a JSON object of texts."""
    if text.lstrip().startswith("{"):
        return tuple(_members(text).items())
    found = [each.partition("=") for each in text.split(",") if each.strip()]
    wrong = next((name for name, sign, _ in found if not (name.strip() and sign)), None)
    if wrong is not None:
        raise ValueError(f"give name=value, not {wrong.strip()!r}")
    return tuple((name.strip(), value.strip()) for name, _, value in found)


def _members(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
        raise ValueError("give a JSON object of texts")
    return found
