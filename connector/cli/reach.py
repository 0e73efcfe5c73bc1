"""``connector reach``: can a cloud platform reach an installed service as it needs to?

It looks from here, with the eyes of a stranger; what only the platform's own network would see
(a firewall that lets this machine through, for instance) it cannot know.
"""

from __future__ import annotations

import socket
import ssl
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

import click

from connector.cli.show import as_json, out, print_json
from connector.client import HERE, KEY, Client, Refused
from connector.http.addresses import public

QUICK = 2.0  # seconds: a submit must be answered in that time
PATIENCE = 10.0  # seconds for one connection
LARGE = 5 * 1024 * 1024  # bytes; nginx, for one, lets 1 MB through unless told otherwise
SIGNS = {True: "✓", False: "✗", None: "-"}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: passed, failed, or None where it could not be asked."""

    name: str
    passed: bool | None
    message: str


@click.command()
@click.argument("url")
@click.option("--key", envvar=KEY, help=f"A key of the service; {KEY} if not given.")
@as_json
def reach(url: str, key: str | None, json_: bool) -> None:
    """Check that Power Automate can reach the service at URL.

    URL is the service's public URL, as in CONNECTOR_PUBLIC_URL.
    """
    client = Client(_readable(url), key)
    try:
        found = list(checks(client, has_key=bool(key)))
    finally:
        client.close()
    failed = sum(each.passed is not True for each in found)
    if json_:
        print_json(
            {"url": client.url, "ok": not failed, "checks": [asdict(each) for each in found]}
        )
    else:
        lines = [f"{SIGNS[each.passed]} {each.name}: {each.message}" for each in found]
        lines += [f"{failed} of {len(found)} checks did not pass." if failed else "All is well."]
        out.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)
    sys.exit(1 if failed else 0)


def checks(client: Client, has_key: bool) -> Iterator[Check]:
    """Everything that a cloud platform needs, one by one. The key goes only where it is asked
    for, and never in clear to another machine."""
    url = urlsplit(client.url)
    yield _https(url)
    yield _certificate(url)
    yield _public_name(url)
    silent, found = _ready(client)
    yield from found
    yield _asked("links", silent, lambda: _links(client))
    missing = "" if has_key else f"give --key, or set {KEY}"
    key = _asked("key", silent or missing, lambda: _key(client, url))
    yield key
    # Whose key is wrong is answered before the body is read, which proves nothing.
    why_not = "" if key.passed else "it is tried with a key that is known"
    yield _asked("large body", why_not, lambda: _large_body(client))


def _readable(url: str) -> str:
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        known = False
    if not known or parts.query or parts.fragment:
        raise click.BadParameter("give a URL such as https://connector.example.com")
    return url


def _https(url: SplitResult) -> Check:
    if url.scheme == "https":
        return Check("https", True, "the URL begins with https")
    return Check("https", False, "Power Automate calls https only; put a proxy with TLS in front")


def _certificate(url: SplitResult) -> Check:
    name = "certificate"
    if url.scheme != "https":
        return Check(name, None, "there is none without https")
    host = str(url.hostname)
    try:
        with (
            socket.create_connection((host, url.port or 443), PATIENCE) as line,
            ssl.create_default_context().wrap_socket(line, server_hostname=host) as secured,
        ):
            until = (secured.getpeercert() or {}).get("notAfter")
    except ssl.SSLCertVerificationError as error:
        said = f"it does not verify ({error.verify_message}); serve a full chain of a public CA"
        return Check(name, False, said)
    except OSError as error:
        return Check(name, False, f"no TLS connection: {error}")
    return Check(name, True, f"it verifies, until {until}")


def _public_name(url: SplitResult) -> Check:
    name, host = "public name", str(url.hostname)
    try:
        found = {str(each[4][0]) for each in socket.getaddrinfo(host, None)}
    except OSError:
        return Check(name, False, f"{host} is not known to DNS; make a record for it")
    hidden = sorted(address for address in found if not public(address))
    if hidden:
        said = f"{host} leads to {', '.join(hidden)}, which the internet cannot reach"
        return Check(name, False, f"{said}; give it a public address")
    return Check(name, True, f"{host} leads to {', '.join(sorted(found))}")


def _ready(client: Client) -> tuple[str, list[Check]]:
    """Why the service need not be asked again (it does not answer), and what its readiness says."""
    started = time.monotonic()
    try:
        answer = client.get("/readyz", with_key=False)
    except Refused as error:
        silent = "" if error.problem else "the service does not answer"
        return silent, [Check("ready", False, str(error))]
    seconds, to = time.monotonic() - started, answer.headers.get("Location")
    said = f"/readyz answers {answer.status_code} in {seconds:.2f} s"
    if answer.status_code == 200 and seconds >= QUICK:
        said += f"; it must take less than {QUICK:.0f} s"
    passed = answer.status_code == 200 and seconds < QUICK
    ready = Check("ready", passed, said)
    if to is None:
        return "", [ready, Check("no redirect", True, "/readyz is answered where it is asked")]
    why = f"it leads to {to}; give the URL that is answered itself"
    return "the answers come from elsewhere", [ready, Check("no redirect", False, why)]


def _links(client: Client) -> Check:
    given = _member(client.get("/openapi.json", with_key=False), "servers", 0, "url")
    if given == client.url:
        return Check("links", True, "the links that it gives begin with the URL")
    said = f"its links begin with {given}; set CONNECTOR_PUBLIC_URL={client.url} and restart it"
    return Check("links", False, said)


def _key(client: Client, url: SplitResult) -> Check:
    if url.scheme == "http" and url.hostname not in HERE:
        return Check("key", False, "it is not sent without https, where others could read it")
    owner = _member(client.get("/v1/me"), "owner")
    if owner is None:
        return Check("key", False, "/v1/me is answered by something else than the service")
    return Check("key", True, f"it is known, of the owner {owner}")


def _large_body(client: Client) -> Check:
    """Sends what our service refuses at once, and sees who refuses it."""
    name = "large body"
    try:
        client.call("POST", "/v1/subscriptions", json={"target": "x" * LARGE})
    except Refused as error:
        if error.problem.get("code"):
            return Check(name, True, f"{LARGE >> 20} MB pass to the service")
        said = "let the proxy pass 100 MB (nginx: client_max_body_size 100m)"
        return Check(name, False, f"{LARGE >> 20} MB do not pass ({error}); {said}")
    return Check(name, False, "something else than the service answered it")


def _asked(name: str, why_not: str, ask: Callable[[], Check]) -> Check:
    """The check, or why it was not made."""
    if why_not:
        return Check(name, None, why_not)
    try:
        return ask()
    except Refused as error:
        return Check(name, False, str(error))


def _member(answer: Any, *way: str | int) -> Any:
    """What stands at a place of a JSON answer; None if it is something else."""
    try:
        found = answer.json()
        for step in way:
            found = found[step]
    except (ValueError, LookupError, TypeError):
        return None
    return found
