"""Which settings are there? One row each; the README shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from connector.settings import texts

FLOW_HOSTS = (
    "logic.azure.com",
    "azure-apim.net",
    "azure-apihub.net",
    "flow.microsoft.com",
    "powerplatform.com",
    "powerautomate.com",
)


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its variable, how its text is read, its default, and what it does."""

    variable: str
    attribute: str
    read: Any
    default: Any
    says: str


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "CONNECTOR_DATABASE_URL",
        "database_url",
        texts.database,
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
        texts.address,
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
        texts.paths,
        (),
        "Folders with manifests of your own, separated like PATH; they come after ours.",
    ),
    Setting(
        "CONNECTOR_ALLOWED_HOSTS",
        "allowed_hosts",
        texts.words,
        frozenset(),
        "Hosts (`name` or `name:port`) that callers' URLs may name though they are private "
        "or plain http.",
    ),
    Setting(
        "CONNECTOR_MAX_FILE_MB",
        "max_file_mb",
        texts.whole,
        100,
        "The largest document, in MB (10^6 bytes).",
    ),
    Setting(
        "CONNECTOR_MAX_ANSWER_MB",
        "max_answer_mb",
        texts.whole,
        32,
        "The largest JSON answer of a provider, in MB.",
    ),
    Setting(
        "CONNECTOR_WAIT_SECONDS",
        "wait_seconds",
        texts.wait,
        1.5,
        "How long a submit waits for the provider's first word when the caller names no time, "
        f"at most {texts.LONGEST_WAIT:g}.",
    ),
    Setting(
        "CONNECTOR_RESULT_DAYS",
        "result_days",
        texts.number,
        7.0,
        "After how many days results and files are deleted (then 410).",
    ),
    Setting(
        "CONNECTOR_OPERATION_DAYS",
        "operation_days",
        texts.number,
        30.0,
        "After how many days operations are deleted (then 404).",
    ),
    Setting(
        "CONNECTOR_THREADS",
        "threads",
        texts.whole,
        16,
        "How many requests a web process answers, and how many calls a worker makes, at once.",
    ),
    Setting(
        "CONNECTOR_TRACKING_ID",
        "tracking_id",
        texts.yes,
        True,
        "`no` leaves Power Automate's tracking id out of its idempotency key.",
    ),
    Setting(
        "CONNECTOR_POWER_AUTOMATE_LOCATION",
        "power_automate_location",
        texts.place,
        "auto",
        "Where Power Automate's Location leads: `auto` to the gateway that a request names, else "
        "to the public URL; `gateway` likewise, and refuses orders that name none; `public` "
        "always to the public URL.",
    ),
    Setting(
        "CONNECTOR_GATEWAY_HOSTS",
        "gateway_hosts",
        texts.hosts,
        ("azure-apim.net", "azure-apihub.net"),
        "Hosts of Power Automate's gateways, with all below them; add those of a sovereign cloud.",
    ),
    Setting(
        "CONNECTOR_FLOW_HOSTS",
        "flow_hosts",
        texts.hosts_or_any,
        FLOW_HOSTS,
        "Hosts at which flows may be called back, with all below them; `*` for any public one. "
        "Those of `CONNECTOR_ALLOWED_HOSTS` may always.",
    ),
    Setting(
        "CONNECTOR_HOLD_SECONDS",
        "hold_seconds",
        texts.hold,
        0.0,
        "How long Power Automate's question for a result may wait for it, at most "
        f"{texts.LONGEST_HOLD:g}. Each one that waits takes one of `CONNECTOR_THREADS`; no more "
        "than half of them do, the others are answered at once.",
    ),
    Setting(
        "CONNECTOR_ZAPIER_HOSTS",
        "zapier_hosts",
        texts.hosts_or_any,
        ("zapier.com",),
        "Hosts at which Zaps may be called back, with all below them; `*` for any public one. "
        "Those of `CONNECTOR_ALLOWED_HOSTS` may always.",
    ),
    Setting(
        "CONNECTOR_SELLERSHORTS_HOSTS",
        "sellershorts_hosts",
        texts.hosts_or_any,
        ("sellershorts.com",),
        "Hosts at which SellerShorts may be called back, with all below them; `*` for any public "
        "one. Those of `CONNECTOR_ALLOWED_HOSTS` may always.",
    ),
    Setting(
        "CONNECTOR_SELLERSHORTS_SECRET",
        "sellershorts_secret",
        str.strip,
        "",
        "What goes with a callback as `x-callback-secret`, for owners who keep none of their own "
        "with `connector secrets set sellershorts`.",
    ),
    Setting(
        "CONNECTOR_SELLERSHORTS_NAMES",
        "sellershorts_names",
        texts.pairs,
        (),
        "Other names for what SellerShorts sends and gets, as `poll.progress=percent,...` or as "
        "a JSON object; an empty name leaves the field out.",
    ),
    Setting(
        "CONNECTOR_LOG_LEVEL",
        "log_level",
        texts.level,
        "INFO",
        f"How much is logged: {', '.join(texts.LEVELS[:-1])} or {texts.LEVELS[-1]}.",
    ),
)

PER_PROVIDER: tuple[tuple[str, str], ...] = (
    ("<PROVIDER>_API_KEY", "The provider's key for callers who bring none: `ACME_API_KEY`."),
    ("<PROVIDER>_BASE_URL", "Another base URL for the provider; it may be http and private."),
)
