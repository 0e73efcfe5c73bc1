"""What exactly do we ask now? From an operation and its action to a Request. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urljoin

from connector.core.auth import origin
from connector.core.language import Action, Call, Rule
from connector.core.model import Failure, Operation, Request
from connector.core.references import is_file
from connector.core.template import MISSING, as_text, fill, fill_path

CHECK = "check_status"
CANCEL = "cancel"
FETCH = "fetch_file"
"""The call every action has by itself: fetch an input file that the caller gave as a URL."""

UNREADABLE = re.compile(r"[\\\x00-\x1f\x7f]")
"""Clients disagree where the host of such a URL ends (``https://a\\@b``): nobody is asked."""

LEASE_MARGIN = 30.0  # seconds a claim lasts beyond the call's own time, for saving the answer

FETCHING = Call(
    name=FETCH,
    answer="bytes",
    credentials="none",
    timeout=300.0,
    rules=(Rule("http", "in", (200, 203)),),
)


def next_request(op: Operation, action: Action) -> Request | Failure:
    """The operation's next question, or a Failure when a value that it needs is missing."""
    call = call_of(op, action)
    made = to_request(call, action.base_url, action.hosts, context(op, action))
    if isinstance(made, Failure) or call.name == FETCH:
        return made
    return replace(made, called=action.name)


def askable(op: Operation, action: Action) -> bool:
    """Whether ``next_request`` would be a Request: its URL decides that."""
    values = context(op, action)
    return not isinstance(_address(call_of(op, action), action.base_url, values), Failure)


def call_of(op: Operation, action: Action) -> Call:
    """The call that ``op.next_call`` names; KeyError when the operation is closed."""
    return call_named(str(op.next_call), action)


def call_named(name: str, action: Action) -> Call:
    """An action's call by its name."""
    return FETCHING if name == FETCH else action.calls[name]


def to_request(
    call: Call, base_url: str, hosts: tuple[str, ...], values: Mapping[str, Any]
) -> Request | Failure:
    """The call as a Request with ``values`` filled in, without the provider's key."""
    url = _address(call, base_url, values)
    if isinstance(url, Failure):
        return url
    own = call.name != FETCH and _ours(url, base_url, hosts)
    body = fill(call.body, values)
    return Request(
        method=call.method,
        url=url,
        headers={name: as_text(value) for name, value in _filled(call.headers, values).items()},
        body=None if body is MISSING else body,
        encoding=call.encoding,
        answer=call.answer,
        timeout=call.timeout,
        repeatable=call.repeatable,
        own=own,
        credentials=own and call.credentials == "own",
    )


def context(op: Operation, action: Action) -> dict[str, Any]:
    """What placeholders see: the facts by name, the input, and our id for the operation."""
    values: dict[str, Any] = {**op.facts, "input": op.input, "id": op.id}
    if op.next_call == FETCH:
        values[FETCH] = op.input.get(f"{to_fetch(op.input, action.fields)}_url")
    return values


def to_fetch(given: Mapping[str, Any], fields: Mapping[str, Any]) -> str | None:
    """The first file field that was given as ``{name}_url`` and is not fetched yet.

    A manifest that declares ``{name}_url`` itself passes the URL on to the provider.
    """
    for name in file_fields(fields):
        ours = f"{name}_url" not in fields.get("properties", {})
        if ours and given.get(f"{name}_url") and not is_file(given.get(name)):
            return name
    return None


def file_fields(fields: Mapping[str, Any]) -> list[str]:
    """The inputs that are files (``format: binary``) and may be given by URL instead."""
    known = fields.get("properties", {})
    return [name for name, schema in known.items() if schema.get("format") == "binary"]


def lease(call: Call) -> float:
    """Seconds that a claim for this call may last."""
    return call.timeout + LEASE_MARGIN


def _address(call: Call, base_url: str, values: Mapping[str, Any]) -> str | Failure:
    """The URL to ask, or why there is none."""
    try:
        url = _url(call, base_url, values)
        if url is not MISSING:
            origin(url)
    except ValueError:
        return Failure(f"the URL of the call {call.name} is unreadable", False, refused=True)
    if url is MISSING:
        return Failure(f"a value that the call {call.name} needs is missing", False, refused=True)
    return str(url)


def _ours(url: str, base_url: str, hosts: tuple[str, ...]) -> bool:
    """Whether a URL is the provider's own; a caller's URL is never asked about."""
    return origin(url) in {origin(base_url), *(origin(f"https://{host}") for host in hosts)}


def _filled(template: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    filled = fill(template, values)
    return {} if filled is MISSING else filled


def _url(call: Call, base_url: str, values: Mapping[str, Any]) -> Any:
    if call.name == FETCH:
        target = values.get(FETCH)
    elif call.follow is not None:
        target = values.get(call.follow)
    else:
        path = fill_path(call.path or "", values)
        target = MISSING if path is MISSING else base_url.rstrip("/") + path
    if not isinstance(target, str) or not target:
        return MISSING
    pairs = [(name, as_text(each)) for name, each in _pairs(_filled(call.query, values))]
    query = urlencode(pairs)
    url = urljoin(base_url.rstrip("/") + "/", target)
    if UNREADABLE.search(url):
        raise ValueError("a URL with a backslash or a control character")
    return url + ("&" if "?" in url else "?") + query if query else url


def _pairs(query: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [
        (name, each)
        for name, value in query.items()
        for each in (value if isinstance(value, list) else [value])
    ]
