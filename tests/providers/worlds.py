"""What do the tests of this folder stand on? A service before a Pulse or a DocuMind, in a hurry."""

from __future__ import annotations

import base64
import contextlib
import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import requests

from connector.core.language import Action, Pace
from tests.living import ROOT, Living, living
from tests.service.worlds import CLOSED, stay_here

DOCUMENTS = ROOT / "samples" / "documents"
HERE = {"CONNECTOR_ALLOWED_HOSTS": "127.0.0.1, localhost"}
PATIENCE = 15.0  # seconds


@dataclass(frozen=True)
class Ground:
    """A running service, and the one provider it knows."""

    system: Living
    provider: str

    def fresh(self) -> Ground:
        """The stand-in behaves as usual from now on and has seen nothing."""
        for what in ("faults", "switches", "log"):
            answer = requests.delete(f"{self.system.provider}/_simulator/{what}", timeout=10)
            assert answer.ok, answer.text
        return self

    def switch(self, **values: str) -> None:
        """The stand-in takes these ways where its documentation leaves it open."""
        url = f"{self.system.provider}/_simulator/switches"
        answer = requests.post(url, json=values, timeout=10)
        assert answer.ok, answer.text

    def order(
        self, action: str, file: Path | None = None, at: str = "/v1", query: str = "", **fields: Any
    ) -> requests.Response:
        """The answer to an order, sent as JSON; a file goes in base64."""
        body = dict(fields)
        if file is not None:
            content = base64.b64encode(file.read_bytes()).decode()
            body |= {"document": content, "document_name": file.name}
        path = f"{at}/{self.provider}/{action}?wait=0&{query}"
        return self.system.call("POST", path, json=body)

    def ordered(self, action: str, file: Path | None = None, **fields: Any) -> str:
        """The id of an operation that was taken."""
        answer = self.order(action, file, **fields)
        assert answer.status_code in (200, 202), answer.text
        return str(answer.json()["id"])

    def look(self, id: str) -> dict[str, Any]:
        """The operation's document."""
        found: dict[str, Any] = self.system.call("GET", f"/v1/operations/{id}").json()
        return found

    def until(self, id: str, holds: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        """The operation's document, once something holds."""
        ends = time.monotonic() + PATIENCE
        while not holds(found := self.look(id)):
            assert found["status"] not in CLOSED, found
            assert time.monotonic() < ends, found
            time.sleep(0.03)
        return found

    def ended(self, id: str) -> dict[str, Any]:
        """The operation's document, once it is closed."""
        return self.until(id, lambda op: op["status"] in CLOSED)

    def result(self, action: str, file: Path | None = None, **fields: Any) -> Any:
        """What an order brings."""
        op = self.ended(self.ordered(action, file, **fields))
        assert op["status"] == "succeeded", op
        return op["result"]

    def notes(self, id: str) -> list[str]:
        """What the operation's history says, oldest first."""
        lines = self.system.call("GET", f"/v1/operations/{id}/history").json()
        return [line["note"] for line in lines if line["note"]]

    def orders(self, kind: str | None = None) -> list[dict[str, Any]]:
        """What the stand-in was asked to do."""
        found = self.system.log()["orders"]
        return [each for each in found if kind in (None, each.get("kind"))]

    def requests(self, kind: str) -> list[dict[str, Any]]:
        """The requests that the stand-in answered or dropped."""
        return [each for each in self.system.log()["requests"] if each["kind"] == kind]


@contextlib.contextmanager
def brisk(
    folder: Path, provider: str, pace: float = 0.05, seconds: float = 0.1, **options: Any
) -> Iterator[Ground]:
    """A service that asks every ``pace`` seconds; ``options`` are the stand-in's."""
    with living(folder, HERE, seconds, provider=provider, stand_in=options) as system:
        stay_here(system)
        hurry(system.engine.parts.manifests, pace)
        yield Ground(system, provider)


def hurry(manifests: Any, seconds: float) -> None:
    """Gives every action one quick pace; the deadlines stay."""
    quick = {"initial": seconds, "first": seconds, "factor": 1.0, "ceiling": seconds}
    for name, manifest in manifests.items():
        actions = {each: hurried(action, quick) for each, action in manifest.actions.items()}
        manifests[name] = replace(manifest, actions=actions)


def hurried(action: Action, quick: Mapping[str, float]) -> Action:
    """The action, asked for at this pace only."""

    def faster(pace: Pace) -> Pace:
        return replace(pace, **quick, review=quick["first"])

    paces = {name: faster(each) for name, each in action.paces.items()}
    return replace(action, pace=faster(action.pace), paces=paces)


def copy(folder: Path, name: str = "smudged.pdf") -> Path:
    """A sample document that no provider has seen before: it ends in a comment of its own."""
    path = folder / f"{uuid.uuid4().hex}-{name}"
    path.write_bytes((DOCUMENTS / name).read_bytes() + b"\n% " + uuid.uuid4().hex.encode())
    return path


def form(**fields: Any) -> dict[str, str]:
    """Fields as a form has them: text, or JSON where it has parts."""
    return {name: v if isinstance(v, str) else json.dumps(v) for name, v in fields.items()}
