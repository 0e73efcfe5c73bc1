"""What can an operator set? One frozen value, read once from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


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


def _paths(text: str) -> tuple[Path, ...]:
    return tuple(Path(each) for each in text.split(os.pathsep) if each)


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "CONNECTOR_DATABASE_URL",
        "database_url",
        str,
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
        str,
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
        int,
        100,
        "The largest document, in MB (10^6 bytes).",
    ),
    Setting(
        "CONNECTOR_MAX_ANSWER_MB",
        "max_answer_mb",
        int,
        32,
        "The largest JSON answer of a provider, in MB.",
    ),
    Setting(
        "CONNECTOR_WAIT_SECONDS",
        "wait_seconds",
        float,
        1.5,
        "How long a submit waits for the provider's first word when the caller names no time.",
    ),
    Setting(
        "CONNECTOR_RESULT_DAYS",
        "result_days",
        float,
        7.0,
        "After how many days results and files are deleted (then 410).",
    ),
    Setting(
        "CONNECTOR_OPERATION_DAYS",
        "operation_days",
        float,
        30.0,
        "After how many days operations are deleted (then 404).",
    ),
    Setting(
        "CONNECTOR_THREADS",
        "threads",
        int,
        16,
        "How many requests a web process answers, and how many calls a worker makes, at once.",
    ),
    Setting(
        "CONNECTOR_TRACKING_ID",
        "tracking_id",
        lambda text: text.lower() != "no",
        True,
        "`no` leaves Power Automate's tracking id out of its idempotency key.",
    ),
    Setting(
        "CONNECTOR_LOG_LEVEL",
        "log_level",
        str,
        "INFO",
        "How much is logged: DEBUG, INFO, WARNING or ERROR.",
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
    values: dict[str, Any] = {}
    for each in SETTINGS:
        text = environment.get(each.variable, "")
        try:
            values[each.attribute] = each.read(text) if text else each.default
        except ValueError as error:
            raise BadSetting(f"{each.variable} is {text!r}: {error}") from error
    return Settings(**values, environment=dict(environment))
