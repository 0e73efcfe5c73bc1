"""The connector gateway between a flow and the service: a proxy that knows one exported package.

It takes what the definition declares below its prefix and nothing else, puts the service's own
address in front, adds the connection's key and what the policies set, and says at which address
it was called. It can be made to turn requests away, and to lose answers.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import re
import socket
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.power_automate.flow_engine import Connection

ORIGIN = "https://unit.azure-apim.net"
METHODS = ("get", "post", "put", "patch", "delete")
HOP = {"connection", "keep-alive", "transfer-encoding", "te", "upgrade", "host", "content-length"}
PARAMETER = re.compile(r"@connectionParameters\('(\w+)'(?:,\s*'([^']*)')?\)")
POLICY = "x-ms-apimTemplateParameter."


@dataclass(frozen=True)
class Declared:
    """One operation of the definition."""

    method: str
    path: str
    id: str
    operation: Mapping[str, Any]
    item: Mapping[str, Any]

    def fits(self, method: str, path: str) -> bool:
        """Whether a request is for this operation; a parameter is one segment, not empty."""
        literal = (re.escape(part) for part in re.split(r"\{[^}]*\}", self.path))
        return method == self.method and bool(re.fullmatch("[^/]+".join(literal), path))


@dataclass(frozen=True)
class Package:
    """An exported package as the platform reads it."""

    definition: Mapping[str, Any]
    properties: Mapping[str, Any]

    @property
    def base(self) -> str:
        """The service's own address that the definition's paths follow."""
        assert self.definition["schemes"] == ["https"]
        return f"https://{self.definition['host']}{self.definition['basePath'].rstrip('/')}"

    def operations(self) -> list[Declared]:
        """What the definition declares, paths without parameters first."""
        found = [
            Declared(method.upper(), path, item[method].get("operationId", ""), item[method], item)
            for path, item in self.definition["paths"].items()
            for method in METHODS
            if method in item
        ]
        return sorted(found, key=lambda each: each.path.count("{"))

    def declared(self, method: str, path: str) -> Declared | None:
        """The operation that a request below the prefix is for."""
        return next((each for each in self.operations() if each.fits(method, path)), None)

    def named(self, id: str) -> Declared:
        """An operation by its id."""
        return next(each for each in self.operations() if each.id == id)

    def resolved(self, schema: Any) -> Any:
        """A schema with its references put in."""
        if isinstance(schema, list):
            return [self.resolved(each) for each in schema]
        if not isinstance(schema, dict):
            return schema
        if "$ref" in schema:
            found: Any = self.definition
            for part in schema["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            return self.resolved(found)
        return {name: self.resolved(each) for name, each in schema.items()}

    def output(self, id: str, status: str = "200") -> Any:
        """The schema of an operation's answer."""
        return self.resolved(self.named(id).operation["responses"][status].get("schema", {}))

    def input(self, id: str) -> Any:
        """The schema of an operation's body."""
        known = self.resolved(self.named(id).operation["parameters"])
        return next(each["schema"] for each in known if each["in"] == "body")

    def hidden(self, id: str) -> dict[str, str]:
        """What the platform puts into an operation's query by itself: internal, with a default."""
        known = self.resolved(self.named(id).operation.get("parameters", []))
        return {
            each["name"]: each["default"]
            for each in known
            if each["in"] == "query" and each.get("x-ms-visibility") == "internal"
        }

    def set_headers(self, operation: str, parameters: Mapping[str, str]) -> dict[str, str]:
        """The headers that the policies put on a request."""
        found = {}
        for policy in self.properties["properties"].get("policyTemplateInstances", ()):
            said = policy["parameters"]
            only = said.get("x-ms-apimTemplate-operationName") or [operation]
            section = said.get("x-ms-apimTemplate-policySection", "Request")
            if policy["templateId"] == "setheader" and section == "Request" and operation in only:
                name, value = said[f"{POLICY}name"], said[f"{POLICY}value"]
                found[name] = PARAMETER.sub(lambda m: parameters.get(m[1], m[2] or ""), value)
        return found

    def key_header(self) -> tuple[str, str]:
        """The connection's key: the parameter's name, and the header that it goes into."""
        ((name, how),) = self.definition["securityDefinitions"].items()
        assert (how["type"], how["in"]) == ("apiKey", "header")
        return name, how["name"]


@dataclass
class Gateway:
    """One connection to one connector.

    ``world`` knows where the definition's host is found; ``parameters`` are the connection's
    values. ``lose`` is the share of calls whose answer gets lost after the service gave it,
    ``refuse`` the share answered 503 or 429 before the service hears of them. ``prefix_header``
    off leaves only X-MS-APIM-Referrer.
    """

    package: Package
    world: Connection
    parameters: Mapping[str, str]
    name: str = "connector-x/conn-1"
    prefix_header: bool = True
    referrer: bool = True
    lose: float = 0.0
    refuse: float = 0.0
    dice: random.Random = field(default_factory=lambda: random.Random(7))
    place: str = ""
    did: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def prefix(self) -> str:
        """The advertised address that the definition's paths follow."""
        return f"{ORIGIN}/apim/{self.name}"

    def connection(self, hosts: Mapping[str, str] | None = None) -> Connection:
        """What a flow uses; ``hosts`` says where other addresses are found."""
        return Connection(self.prefix, {ORIGIN: self.place, **(hosts or {})})

    def passed(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, list[tuple[str, str]], bytes] | None:
        """The answer to a call; None when it is lost."""
        below = f"/apim/{self.name}"
        path, _, query = target.partition("?")
        operation = self.package.declared(method, path.removeprefix(below))
        if not path.startswith(f"{below}/") or operation is None:
            self._note("undeclared")
            return problem(404, "Resource not found")
        if self._falls(self.refuse):
            status = self.dice.choice((503, 429))
            self._note(f"refused {status}")
            return problem(status, "Try again")
        inside = self.package.base + path.removeprefix(below) + (f"?{query}" if query else "")
        said = {**strip(headers), **self._added(operation.id, ORIGIN + target)}
        answer = ask(self.world.found_at(inside), method, said, body)
        self._note(f"{method} {operation.path} {answer[0]}")
        if self._falls(self.lose):
            self._note("lost")
            return None
        return answer

    def _added(self, operation: str, url: str) -> dict[str, str]:
        parameter, header = self.package.key_header()
        said = {header: self.parameters[parameter], "X-MS-APIM-Callback": ORIGIN}
        if self.referrer:
            said["X-MS-APIM-Referrer"] = url
        if self.referrer and self.prefix_header:
            said["X-MS-APIM-Referrer-Prefix"] = self.prefix
        return {**said, **self.package.set_headers(operation, self.parameters)}

    def _falls(self, share: float) -> bool:
        with self.lock:
            return self.dice.random() < share

    def _note(self, what: str) -> None:
        with self.lock:
            self.did[what] += 1


def ask(
    url: str, method: str, headers: Mapping[str, str], body: bytes
) -> tuple[int, list[tuple[str, str]], bytes]:
    """One exchange with the service."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    with contextlib.closing(http.client.HTTPConnection(parts.netloc, timeout=120)) as line:
        line.request(method, target, body or None, dict(headers))
        heard = line.getresponse()
        content = heard.read()
        kept = [(name, value) for name, value in heard.getheaders() if name.lower() not in HOP]
        return heard.status, kept, content


def strip(headers: Mapping[str, str]) -> dict[str, str]:
    """A request's headers without those that concern one line only."""
    return {name: value for name, value in headers.items() if name.lower() not in HOP}


def problem(status: int, message: str) -> tuple[int, list[tuple[str, str]], bytes]:
    """The gateway's own refusal."""
    body = json.dumps({"statusCode": status, "message": message}).encode()
    return status, [("Content-Type", "application/json")], body


@contextlib.contextmanager
def gateway(
    package: Package, world: Connection, parameters: Mapping[str, str], **options: Any
) -> Iterator[Gateway]:
    """A gateway on a socket of its own; ``world`` knows where the definition's host is."""
    made = Gateway(package, world, parameters, **options)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(made))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    made.place = f"http://127.0.0.1:{server.server_port}"
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def handler(made: Gateway) -> type[BaseHTTPRequestHandler]:
    """The class that the server wants."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            with contextlib.suppress(ConnectionError, TimeoutError):
                super().handle_one_request()
                return
            self.close_connection = True

        def serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = made.passed(self.command, self.path, dict(self.headers), body)
            if answer is None:
                self.close_connection = True
                with contextlib.suppress(OSError):
                    self.connection.shutdown(socket.SHUT_RDWR)
                return
            status, headers, content = answer
            self.send_response_only(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = serve

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    return Handler
