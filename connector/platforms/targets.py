"""Where may a platform be called? Only at its own hosts, unless the operator says otherwise.
Whoever knows such a URL can go on with what waits there, so no problem repeats it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from connector.errors import FieldProblem
from connector.platforms import checks
from connector.platforms.hosts import unlisted
from connector.platforms.site import Site

CALLBACK_URL = "/callback_url"


class Rules(Protocol):
    """What the operator decided; hosts as in ``FlowRules``."""

    @property
    def callback_hosts(self) -> tuple[str, ...]: ...

    @property
    def allowed_hosts(self) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True)
class Targets:
    """The URLs at which one platform, by its name, may be called; ``setting`` lists its hosts."""

    platform: str
    setting: str
    rules: Callable[[Site], Rules]

    def require(self, site: Site, said: Any) -> str:
        """The callback URL; raises BadInput unless it is one that we may call."""
        checks.require(self.problems(site, said))
        return str(said)

    def problems(
        self, site: Site, said: Any, pointer: str = CALLBACK_URL
    ) -> Iterator[FieldProblem]:
        """What is wrong with a URL to call, at this pointer."""
        text = isinstance(said, str) and bool(said)
        wrong = self.objection(site, said) if text else "Give the https URL to call."
        if wrong:
            yield FieldProblem(pointer, wrong)

    def objection(self, site: Site, url: str) -> str | None:
        """Why we may not call this URL, as a sentence without it; None when we may."""
        wrong = site.engine.parts.objection(url)
        if wrong:
            return wrong
        rules = self.rules(site)
        host = unlisted(url, rules.callback_hosts, rules.allowed_hosts)
        return host and f"Use a URL of {self.platform}: {self.setting} does not list {host}."
