"""Is settings.json, the arguments of Microsoft's command line tool, right?"""

from __future__ import annotations

from collections.abc import Iterator

from connector.exporters.power_automate.lint.package import SETTINGS, Package
from connector.exporters.power_automate.lint.rule import ERROR, WARNING, rules
from connector.manifest.problems import Complaint, pointer

KNOWN = (
    "connectorId", "environment", "apiProperties", "apiDefinition", "icon", "script",
    "powerAppsUrl", "powerAppsApiVersion", "flowUrl", "flowApiVersion", "$schema",
)  # fmt: skip
FILES = ("apiProperties", "apiDefinition", "icon", "script")
VERSION = "2016-11-01"  # the only one there is


def unknown_setting(package: Package) -> Iterator[Complaint]:
    """Only settings that the tool knows."""
    for key in package.settings:
        if key not in KNOWN:
            yield pointer(key), f"{key!r} is unknown; there is: {', '.join(KNOWN)}"


def setting_no_text(package: Package) -> Iterator[Complaint]:
    """Settings are texts; null stands for what is not used."""
    for key, value in package.settings.items():
        if key in KNOWN and value is not None and not isinstance(value, str):
            yield pointer(key), "this must be text"


def absent_file(package: Package) -> Iterator[Complaint]:
    """The files that the settings name are there."""
    for key in FILES:
        name = package.settings.get(key)
        if isinstance(name, str) and name and name not in package.files:
            yield pointer(key), f"the package has no file {name!r}"


def wrong_service(package: Package) -> Iterator[Complaint]:
    """The service of Power Apps, and its version, are Microsoft's."""
    url = package.settings.get("powerAppsUrl", "https://api.powerapps.com")
    if isinstance(url, str) and not url.startswith("https://"):
        yield "/powerAppsUrl", "this must be https://api.powerapps.com"
    version = package.settings.get("powerAppsApiVersion", VERSION)
    if isinstance(version, str) and version != VERSION:
        yield "/powerAppsApiVersion", f"this must be {VERSION}"


RULES = rules(
    SETTINGS,
    ("SettingUnknown", WARNING, unknown_setting),
    ("SettingNotText", ERROR, setting_no_text),
    ("SettingFileMissing", ERROR, absent_file),
    ("SettingServiceNotValid", ERROR, wrong_service),
)
