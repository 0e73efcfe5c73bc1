"""What do the tests of this folder live in? A service before all three stand-ins, behind a front
that has another name and path than its socket, and the four ways in which a flow may reach it."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from connector.core.model import CLOSED, Operation, Status
from connector.simulators import SIMULATORS, Options
from tests.living import BASE_PATHS, Living, living
from tests.power_automate.flow_engine import Connection, Ended, Run
from tests.power_automate.gateway import Gateway, Package, gateway
from tests.power_automate.orders import order
from tests.power_automate.packages import files, read
from tests.providers.worlds import hurry
from tests.service.worlds import LOOPBACK, Clock, stay_here
from tests.serving import serving

PUBLIC = "https://connector.example/adapter"
"""Where the world finds the service; the front drops the path."""

PROVIDERS = ("mindee", "pulse", "documind")
PROVIDER_KEY = "md_of_the_connection"
PACE = 0.05
OPEN = tuple(set(Status) - CLOSED)
WAYS = ("gateway", "referrer", "mapped", "public")
"""Location on the gateway by the header of the prefix, or by the referrer only; on the public
address and followed through the gateway, as for a connector whose host it is, or followed as it
is, with the token instead of the key."""


@dataclass(frozen=True)
class World:
    """The service, the origins of its stand-ins by provider, and the clock of a still one."""

    system: Living
    stand_ins: Mapping[str, str]
    clock: Clock

    @property
    def hosts(self) -> dict[str, str]:
        """Where the public address is found."""
        return {PUBLIC: self.system.url}

    def package(self, provider: str, **options: Any) -> Package:
        """The connector's package, as it is exported."""
        return read(files(self.system.engine.parts.manifest(provider), PUBLIC, **options))

    def direct(self, provider: str) -> Connection:
        """Without a gateway: the key goes with the action's call, and only there."""
        base = f"{PUBLIC}/power-automate/{provider}"
        return Connection(base, self.hosts, self.system.key)

    @contextlib.contextmanager
    def gateway(
        self, provider: str, package: Package | None = None, **options: Any
    ) -> Iterator[Gateway]:
        """A gateway with this provider's package, or another, and a connection to it."""
        package = package or self.package(provider)
        key, _ = package.key_header()
        world = Connection(PUBLIC, self.hosts)
        values = {"provider_key": PROVIDER_KEY, key: self.system.key}
        with gateway(package, world, values, **options) as made:
            yield made

    @contextlib.contextmanager
    def way(self, name: str, provider: str = "mindee") -> Iterator[Connection]:
        """One of WAYS to this provider's connector."""
        if name == "public":
            yield self.direct(provider)
            return
        referring: dict[str, Any] = {
            "referrer": name != "mapped",
            "prefix_header": name == "gateway",
        }
        with self.gateway(provider, **referring) as made:
            mapped = {f"{PUBLIC}/power-automate/{provider}": f"{made.place}/apim/{made.name}"}
            yield made.connection({**self.hosts, **(mapped if name == "mapped" else {})})

    def fresh(self) -> World:
        """The stand-ins behave as usual from now on and have seen nothing; no job is open."""
        store = self.system.engine.parts.store
        for op in self.find(*OPEN):
            store.ask_cancel(op.id, self.system.engine.parts.clock())
        until(lambda: not self.find(*OPEN))
        for origin in self.stand_ins.values():
            for what in ("faults", "switches", "log"):
                assert requests.delete(f"{origin}/_simulator/{what}", timeout=10).ok
        return self

    def find(self, *statuses: Status) -> Sequence[Operation]:
        """The newest operations of these statuses."""
        return self.system.engine.find("tests", statuses=statuses, limit=1000)

    def log(self, provider: str = "mindee") -> Any:
        """What a stand-in saw."""
        return requests.get(f"{self.stand_ins[provider]}/_simulator/log", timeout=10).json()

    def orders(self, provider: str = "mindee") -> list[dict[str, Any]]:
        """What a stand-in was asked to do."""
        found: list[dict[str, Any]] = self.log(provider)["orders"]
        return found

    def misbehave(self, *specs: str, provider: str = "mindee") -> None:
        """Makes a stand-in go wrong from now on; nothing ends that."""
        url = f"{self.stand_ins[provider]}/_simulator/faults"
        answer = requests.post(url, json={"fail": list(specs)}, timeout=10)
        assert answer.ok, answer.text

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """One call with the key at the service itself; below PUBLIC also as an absolute URL."""
        return self.system.call(method, self.direct("x").found_at(path), **options)

    def asked(self, method: str, path: str, **options: Any) -> requests.Response:
        """The same without the key."""
        url = self.direct("x").found_at(path)
        url = url if url.startswith("http") else self.system.url + url
        return requests.request(method, url, allow_redirects=False, timeout=30, **options)

    def pass_time(self, seconds: float) -> None:
        """So many seconds later, everything that was due by then is done: in a still world."""
        self.clock.now += seconds
        while self.system.engine.tick():
            pass


@contextlib.contextmanager
def world(
    folder: Path,
    settings: Mapping[str, str] | None = None,
    seconds: float = 0.1,
    still: bool = False,
    pace: float = PACE,
    **parts: Any,
) -> Iterator[World]:
    """A world whose jobs take ``seconds``; in a ``still`` one the test moves the clock."""
    clock = Clock()
    parts = {**parts, **({"clock": clock} if still else {})}
    with contextlib.ExitStack() as stack:
        stand_ins = {
            each: stack.enter_context(serving(SIMULATORS[each](Options(seconds=seconds))))
            for each in PROVIDERS[1:]
        }
        environment = {
            **LOOPBACK,
            **{f"{p.upper()}_BASE_URL": o + BASE_PATHS.get(p, "") for p, o in stand_ins.items()},
            **{f"{p.upper()}_API_KEY": f"{p}_of_the_tests" for p in stand_ins},
            "CONNECTOR_WAIT_SECONDS": "0" if still else "0.5",
            **(settings or {}),
        }
        system = stack.enter_context(
            living(folder, environment, seconds, worker=not still, **parts)
        )
        system.site.addresses._public_url = PUBLIC
        stay_here(system)
        if not still:
            hurry(system.engine.parts.manifests, pace)
        yield World(system, {"mindee": system.provider, **stand_ins}, clock)


def declared_path(package: Package, operation: str, **filled: str) -> str:
    """The path of an operation below the prefix, filled in."""
    return package.named(operation).path.format(**filled)


def until(true: Callable[[], Any], seconds: float = 15.0) -> Any:
    """What ``true`` gives, once it gives something."""
    ends = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.03)
    return found


def succeeded(run: Run, how: Ended) -> Any:
    """The output of a step that truly succeeded."""
    told = [(each.method, each.url, each.status, each.content[:300]) for each in run.answers]
    assert (how.status, how.http) == ("Succeeded", 200), json.dumps(told[-3:], default=str)
    return how.output


def submitted(still: World, path: str = "/extraction/submit", **more: Any) -> str:
    """The id of a new job."""
    run = Run(still.direct("mindee"))
    answer = run.operation("POST", path, order(**more))
    assert answer.status in (200, 201), answer
    return str(answer.json()["id"])


def finish(still: World) -> None:
    """What was ordered comes to its end."""
    for _ in range(3):
        still.pass_time(4)
