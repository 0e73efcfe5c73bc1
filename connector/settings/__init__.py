"""What can an operator set? One frozen value, read once from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from connector.settings import texts
from connector.settings.table import FLOW_HOSTS, PER_PROVIDER, SETTINGS

__all__ = ["PER_PROVIDER", "SETTINGS", "BadSetting", "Settings", "read_settings"]

OTHERS = {"CONNECTOR_URL", "CONNECTOR_KEY", "CONNECTOR_BOUND_URL", "CONNECTOR_STAND_IN"}
"""What the command line reads as a client, and what a parent tells its children."""


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
    power_automate_location: str = "auto"
    gateway_hosts: tuple[str, ...] = ("azure-apim.net", "azure-apihub.net")
    flow_hosts: tuple[str, ...] = FLOW_HOSTS
    hold_seconds: float = 0.0
    zapier_hosts: tuple[str, ...] = ("zapier.com",)
    sellershorts_hosts: tuple[str, ...] = ("sellershorts.com",)
    sellershorts_secret: str = field(default="", repr=False)
    sellershorts_names: tuple[tuple[str, str], ...] = ()
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
                texts.address(environment[name])
            except ValueError as error:
                raise BadSetting(f"{name} cannot be read: {error}.") from error
