"""How does an answer become a stored file? Its name and type are claims of a stranger."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

import requests

from connector.core.model import StoredFile
from connector.http.answer import chunks
from connector.http.exchange import Exchange
from connector.http.kept import Kept

MAX_NAME = 120
"""Characters; every file system takes them, also in UTF-8 of two bytes."""

EXTENDED = re.compile(r"filename\*\s*=\s*([\w-]+)'[^']*'([^;\s]+)", re.IGNORECASE)
QUOTED = re.compile(r'filename\s*=\s*"((?:\\.|[^"\\])*)"', re.IGNORECASE)
BARE = re.compile(r"filename\s*=\s*([^;\s\"]+)", re.IGNORECASE)
UNFIT = re.compile(
    r'[\x00-\x1f\x7f-\x9f<>:"|?*\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]'
)
"""Control characters, what Windows forbids, and what turns the reading direction."""


def keep(
    response: requests.Response,
    exchange: Exchange,
    files: Kept,
    id: str,
    limit: int,
    called: str | None = None,
) -> dict[str, Any]:
    """Stream the body into the store and return its reference. Raises Ended, and leaves no
    file, when it is cut short or larger than ``limit`` bytes. ``called``: see Request."""
    with files.create(id) as writer:
        for chunk in chunks(response, exchange, limit):
            writer.write(chunk)
    name = name_of(response.headers, str(response.url), called)
    type_ = files.sniff(writer.head, name, response.headers.get("content-type"))
    name = name or f"{called}{files.ending(type_)}"
    stored = StoredFile(id, "", name, type_, writer.size, writer.sha256, created_at=0.0)
    return stored.reference()


def name_of(headers: Mapping[str, str], url: str, called: str | None = None) -> str:
    """A file name that is safe to show and to use: from Content-Disposition (RFC 6266, where
    ``filename*`` goes before ``filename``), else the end of the URL's path; empty instead where
    the file is ``called`` something."""
    disposition = headers.get("content-disposition", "")
    if name := fit(disposed(disposition)):
        return name
    return "" if called else fit(unquote(urlsplit(url).path)) or "file"


def fit(named: str) -> str:
    """What a stranger calls a file, without folders and whatever else could do harm."""
    last = re.split(r"[/\\]", named.rstrip("/\\"))[-1]
    name = UNFIT.sub("", last).strip(". ")
    stem, dot, ending = name.rpartition(".")
    if len(name) > MAX_NAME and dot and len(ending) <= 10:
        return stem[: MAX_NAME - len(ending) - 1] + dot + ending
    return name[:MAX_NAME]


def disposed(disposition: str) -> str:
    """The name a Content-Disposition gives, or nothing."""
    if found := EXTENDED.search(disposition):
        try:
            return unquote(found[2], encoding=found[1], errors="replace")
        except LookupError:
            pass
    if found := QUOTED.search(disposition):
        return as_utf8(re.sub(r"\\(.)", r"\1", found[1]))
    found = BARE.search(disposition)
    return as_utf8(found[1]) if found else ""


def as_utf8(words: str) -> str:
    """Headers arrive as Latin-1, though most servers write UTF-8."""
    try:
        return words.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return words
