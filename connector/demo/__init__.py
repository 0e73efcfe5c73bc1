"""What does it look like? One real document through a stand-in provider and a real service.

Both run as processes of their own and are spoken to over real sockets, the way a platform does it:
each module of a platform shows its own.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from connector.client import Refused
from connector.demo import flow, sale
from connector.demo.processes import local, service, stand_in
from connector.demo.steps import Scene, Steps
from connector.places import shared
from connector.simulators import DEMOS

PLATFORMS: Mapping[str, Callable[[Scene], Any]] = {
    "power-automate": flow.show,
    "sellershorts": sale.show,
}
"""How each platform has its job done: in a scene that is set, to the result."""

USUAL = next(iter(PLATFORMS))


def run_demo(provider: str, document: str | None, platform: str = USUAL) -> int:
    """The whole way, each step with its time; returns the exit status."""
    show, steps = DEMOS[provider], Steps()
    path = Path(document) if document else shared("samples") / "documents" / show.document
    try:
        with _scene(provider, path, platform, steps) as scene:
            result = PLATFORMS[platform](scene)
    except Refused as refused:
        steps.say(f"it failed: {refused}", "red")
        return 1
    steps.print({name: result.get(name) for name in show.shows} if show.shows else result)
    steps.say("done")
    return 0


@contextmanager
def _scene(provider: str, path: Path, platform: str, steps: Steps) -> Iterator[Scene]:
    """A stand-in of the provider, one of the platform if it asks us, and a service."""
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="connector-")))
        origin = local()
        running.enter_context(stand_in(provider, origin))
        steps.say(f"a stand-in for {provider} answers at {origin}")
        market = sale.open_market(running, steps) if platform == sale.NAME else ""
        settings = sale.settings(market)
        client, key = running.enter_context(service(folder, provider, origin, settings))
        steps.say(f"the service answers at {client.url}, with its own database")
        yield Scene(client, key, provider, path, origin, market, steps)
