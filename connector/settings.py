"""What can an operator set? One frozen value, read once from the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

OTHERS = {"CONNECTOR_URL", "CONNECTOR_KEY", "CONNECTOR_BOUND_URL", "CONNECTOR_STAND_IN"}
"""What the command line reads as a client, and what a parent tells its children."""

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its variable, how its text is read, its default, and what it does."""

    variable: str
    attribute: str
    read: Any
    default: Any
    says: str


def _words(text: str) -> frozenset[str]:
    return frozenset(word.strip().lower() for word in text.split(",") if word.strip())


def _database(text: str) -> str:
    if not text.startswith(("sqlite:///", "postgresql://", "postgres://")):
        raise ValueError("begin with sqlite:/// or postgresql://")  # it may hold a password
    return text


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text)):
        raise ValueError(f"give a whole number from 1, not {text!r}")
    return int(text)


def _address(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#]+[^\s?#]*", text):
        raise ValueError(f"give an address that begins with https:// or http://, not {text!r}")
    return text.rstrip("/")


def _yes(text: str) -> bool:
    if text.lower() not in ("yes", "no"):
        raise ValueError(f"give yes or no, not {text!r}")
    return text.lower() == "yes"


def _number(text: str) -> float:
    if not re.fullmatch(r"\d+(\.\d+)?", text, re.ASCII):
        raise ValueError(f"give a number, not {text!r}")
    return float(text)


def _level(text: str) -> str:
    if text.upper() not in LEVELS:
        raise ValueError(f"give one of {', '.join(LEVELS)}, not {text!r}")
    return text.upper()


def _paths(text: str) -> tuple[Path, ...]:
    return tuple(Path(each) for each in text.split(os.pathsep) if each)


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "CONNECTOR_DATABASE_URL",
        "database_url",
        _database,
        "sqlite:///var/connector.db",
        "Where operations live: `sqlite:///path` or `postgresql://user@host/name`.",
    ),
    Setting(
        "CONNECTOR_FILES_URL",
        "files_url",
        str,
        "var/files",
        "Where documents and results live: a folder, `s3://bucket/path` or `abfs://...`.",
    ),
    Setting(
        "CONNECTOR_PUBLIC_URL",
        "public_url",
        _address,
        "",
        "The address that platforms reach us at; absolute links begin with it. "
        "Empty: the address that `serve` binds.",
    ),
    Setting(
        "CONNECTOR_SECRET_KEY",
        "secret_key",
        str,
        "",
        "Encrypts secrets and signs links; several, separated by commas, rotate (the first "
        "one writes). Empty: with SQLite one is made and kept beside the database.",
    ),
    Setting(
        "CONNECTOR_MANIFESTS",
        "manifest_folders",
        _paths,
        (),
        "Folders with manifests of your own, separated like PATH; they come after ours.",
    ),
    Setting(
        "CONNECTOR_ALLOWED_HOSTS",
        "allowed_hosts",
        _words,
        frozenset(),
        "Hosts (`name` or `name:port`) that callers' URLs may name though they are private "
        "or plain http.",
    ),
    Setting(
        "CONNECTOR_MAX_FILE_MB",
        "max_file_mb",
        _whole,
        100,
        "The largest document, in MB (10^6 bytes).",
    ),
    Setting(
        "CONNECTOR_MAX_ANSWER_MB",
        "max_answer_mb",
        _whole,
        32,
        "The largest JSON answer of a provider, in MB.",
    ),
    Setting(
        "CONNECTOR_WAIT_SECONDS",
        "wait_seconds",
        _number,
        1.5,
        "How long a submit waits for the provider's first word when the caller names no time.",
    ),
    Setting(
        "CONNECTOR_RESULT_DAYS",
        "result_days",
        _number,
        7.0,
        "After how many days results and files are deleted (then 410).",
    ),
    Setting(
        "CONNECTOR_OPERATION_DAYS",
        "operation_days",
        _number,
        30.0,
        "After how many days operations are deleted (then 404).",
    ),
    Setting(
        "CONNECTOR_THREADS",
        "threads",
        _whole,
        16,
        "How many requests a web process answers, and how many calls a worker makes, at once.",
    ),
    Setting(
        "CONNECTOR_TRACKING_ID",
        "tracking_id",
        _yes,
        True,
        "`no` leaves Power Automate's tracking id out of its idempotency key.",
    ),
    Setting(
        "CONNECTOR_LOG_LEVEL",
        "log_level",
        _level,
        "INFO",
        f"How much is logged: {', '.join(LEVELS[:-1])} or {LEVELS[-1]}.",
    ),
)

PER_PROVIDER: tuple[tuple[str, str], ...] = (
    ("<PROVIDER>_API_KEY", "The provider's key for callers who bring none: `ACME_API_KEY`."),
    ("<PROVIDER>_BASE_URL", "Another base URL for the provider; it may be http and private."),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting by its attribute; see SETTINGS for what each one does."""

    database_url: str = "sqlite:///var/connector.db"
    files_url: str = "var/files"
    public_url: str = ""
    secret_key: str = ""
    manifest_folders: tuple[Path, ...] = ()
    allowed_hosts: frozenset[str] = frozenset()
    max_file_mb: int = 100
    max_answer_mb: int = 32
    wait_seconds: float = 1.5
    result_days: float = 7.0
    operation_days: float = 30.0
    threads: int = 16
    tracking_id: bool = True
    log_level: str = "INFO"
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    def provider_key(self, provider: str) -> str | None:
        """The operator's key for a provider, or None."""
        return self.environment.get(f"{provider.upper()}_API_KEY") or None

    def provider_base_url(self, provider: str) -> str | None:
        """The operator's own base URL for a provider, or None."""
        return self.environment.get(f"{provider.upper()}_BASE_URL", "").rstrip("/") or None


class BadSetting(Exception):
    """A setting whose text cannot be read."""


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings; raises BadSetting naming the variable."""
    _known_only(environment)
    values: dict[str, Any] = {}
    for each in SETTINGS:
        text = environment.get(each.variable, "")
        try:
            values[each.attribute] = each.read(text) if text else each.default
        except ValueError as error:
            raise BadSetting(f"{each.variable} cannot be read: {error}.") from error
    return Settings(**values, environment=dict(environment))


def _known_only(environment: Mapping[str, str]) -> None:
    """A misspelled setting would be silently without effect; a base URL must be one."""
    known = {each.variable for each in SETTINGS} | OTHERS
    for name in sorted(environment):
        if name.startswith("CONNECTOR_") and name not in known:
            close = get_close_matches(name, known, 1)
            hint = f"; did you mean {close[0]}?" if close else "."
            raise BadSetting(f"There is no setting {name}{hint}")
        if name.endswith("_BASE_URL") and f"{name[:-9]}_API_KEY" in environment:
            try:
                _address(environment[name])
            except ValueError as error:
                raise BadSetting(f"{name} cannot be read: {error}.") from error
