"""What of a manifest cannot be said in an app for Zapier? Every problem, with its place. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from connector.core.language import Action, Manifest
from connector.exporters.options import Options
from connector.exporters.zapier.data import CANCEL
from connector.exporters.zapier.inputs import files
from connector.exporters.zapier.texts import LONGEST_LABEL, SUBMIT
from connector.manifest.problems import Complaint, pointer


def of_manifest(manifest: Manifest, options: Options) -> Iterator[Complaint]:
    """What stands in the way of an app of this provider."""
    yield from (("--public-url", why) for why in _of_url(options.public_url))
    for name, action in manifest.actions.items():
        place = pointer("actions", name)
        if name == CANCEL or name.removesuffix("_submit") in manifest.actions.keys() - {name}:
            yield place, "another step of the app has this name; rename the action"
        if len(name) < 2:
            yield place, "a key of Zapier has at least two characters; rename the action"
        room = LONGEST_LABEL - len(SUBMIT)
        if len(action.title) > room:
            said = f"{len(action.title)} characters; with what tells its variants apart, {room} fit"
            yield f"{place}/title", said
        yield from _of_fields(action, place)


def _of_fields(action: Action, place: str) -> Iterator[Complaint]:
    known = action.fields["properties"]
    for name in known:
        here = place + pointer("fields", "properties", name)
        if "__" in name:
            yield here, "Zapier reads __ as nesting; rename the field"
    for name, url in files(action).items():
        if url in known:
            said = f"Zapier gives files by their address, as {url}, which means something else here"
            yield place + pointer("fields", "properties", name), said


def _of_url(text: str) -> Iterator[str]:
    """Why no connection could be made to this address; this machine may do without https."""
    try:
        url = urlsplit(text)
        host = url.hostname or ""
    except ValueError as error:
        yield f"this is no URL: {error}"
        return
    if url.scheme != "https" and not (url.scheme == "http" and _is_here(host)):
        yield "it must begin with https://: the key goes there"
    if not host or url.username is not None:
        yield "it must name a host, with neither user nor password"
    if _has_more(url, text):
        yield "it must end with a host or a path, without ? and #"


def _has_more(url: SplitResult, text: str) -> bool:
    return bool(url.query or url.fragment) or "?" in text or "#" in text


def _is_here(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
