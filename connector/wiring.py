"""How do the parts meet? From settings to a wired engine; the only place where all are known."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from connector import __version__
from connector.core.language import Manifest
from connector.engine import Engine, Parts
from connector.engine.parts import Message
from connector.files import Files
from connector.http import Door
from connector.manifest import load_folders
from connector.places import shared
from connector.platforms import PLATFORMS
from connector.platforms.addresses import Addresses
from connector.platforms.sellershorts import words
from connector.platforms.site import FlowRules, SaleRules, Site, ZapRules
from connector.settings import BadSetting, Settings
from connector.signing import Links, webhook_headers
from connector.store import Store
from connector.vault import Vault

MB = 1_000_000
SQLITE = "sqlite:///"


def make_store(settings: Settings) -> Store:
    """The store; an embedded one migrates itself."""
    store = Store(settings.database_url)
    if settings.database_url.startswith(SQLITE):
        store.migrate()
    return store


def make_site(settings: Settings, public_url: str = "", **others: Any) -> Site:
    """Everything wired together. ``others`` replaces parts (a clock, dice, a door) in tests."""
    secret_key = find_secret_key(settings)
    messages: dict[str, Message] = {}  # filled below: each is made with the whole site
    engine = make_engine(settings, secret_key, messages, **others)
    links, clock = Links(secret_key), engine.parts.clock
    addresses = Addresses(settings.public_url or public_url, links, clock)
    zap = ZapRules(settings.zapier_hosts, settings.allowed_hosts)
    site = Site(engine, addresses, flow_rules(settings), zap, sale_rules(settings))
    messages |= {name: partial(each.make_callback, site) for name, each in PLATFORMS.items()}
    return site


def flow_rules(settings: Settings) -> FlowRules:
    """What was decided about Power Automate."""
    return FlowRules(
        location=settings.power_automate_location,
        gateway_hosts=settings.gateway_hosts,
        callback_hosts=settings.flow_hosts,
        allowed_hosts=settings.allowed_hosts,
        hold_seconds=settings.hold_seconds,
        tracking_id=settings.tracking_id,
    )


def sale_rules(settings: Settings) -> SaleRules:
    """What was decided about SellerShorts; raises BadSetting for a name that there is not."""
    try:
        names = words.read(settings.sellershorts_names)
    except ValueError as error:
        raise BadSetting(f"CONNECTOR_SELLERSHORTS_NAMES cannot be read: {error}.") from error
    return SaleRules(
        callback_hosts=settings.sellershorts_hosts,
        allowed_hosts=settings.allowed_hosts,
        secret=settings.sellershorts_secret,
        names=names,
    )


def make_engine(
    settings: Settings, secret_key: str, messages: Mapping[str, Message], **others: Any
) -> Engine:
    """The engine with its store, door and files; ``messages`` is how platforms are told."""
    files = Files(settings.files_url)
    door = Door(
        files,
        new_id=lambda: parts.new_id(),
        max_answer_bytes=settings.max_answer_mb * MB,
        max_file_bytes=settings.max_file_mb * MB,
        allowed_hosts=settings.allowed_hosts,
        user_agent=f"connector/{__version__}",
    )
    made: dict[str, Any] = {
        "manifests": load_manifests(settings),
        "store": others.pop("store", None) or make_store(settings),
        "files": files,
        "send": door.send,
        "objection": door.objection,
        "vault": Vault(secret_key),
        "sign": webhook_headers,
        "messages": messages,
        "provider_key": settings.provider_key,
        "max_file_bytes": settings.max_file_mb * MB,
        "wait_seconds": settings.wait_seconds,
        "result_days": settings.result_days,
        "operation_days": settings.operation_days,
        "waiters": threading.Semaphore(max(1, settings.threads // 2)),
    }
    parts = Parts(**{**made, **others})
    return Engine(parts)


def load_manifests(settings: Settings) -> Mapping[str, Manifest]:
    """All manifests, ours first, with the operator's base URLs; raises ManifestError."""
    loaded = load_folders(manifest_folders(settings))
    return {name: _based(each, settings.provider_base_url(name)) for name, each in loaded.items()}


def manifest_folders(settings: Settings) -> list[Path]:
    """Where manifests lie, ours first; raises BadSetting for a folder that is not there."""
    for folder in settings.manifest_folders:
        if not folder.is_dir():
            raise BadSetting(f"CONNECTOR_MANIFESTS names {folder}, which is no folder.")
    return [shared("manifests"), *settings.manifest_folders]


def _based(manifest: Manifest, base_url: str | None) -> Manifest:
    if base_url is None:
        return manifest
    actions = {name: replace(each, base_url=base_url) for name, each in manifest.actions.items()}
    return replace(manifest, base_url=base_url, actions=actions)


def find_secret_key(settings: Settings) -> str:
    """The secret key; beside an embedded database one is made and kept if none is set."""
    if settings.secret_key:
        return settings.secret_key
    if not settings.database_url.startswith(SQLITE):
        raise BadSetting(
            "CONNECTOR_SECRET_KEY is empty: give a long random text, the same to every process."
        )
    beside = Path(settings.database_url.removeprefix(SQLITE) + ".key")
    return _kept(beside, lambda: secrets.token_urlsafe(48))


def _kept(path: Path, make: Callable[[], str]) -> str:
    """The text of a private file, made once even when several processes start together."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)
    draft.write_text(make(), encoding="ascii")
    try:
        os.link(draft, path)  # complete from its first moment, and only one process wins
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text(encoding="ascii").strip()
