"""What is said in a demonstration, and what do people do in it?"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.text import Text

from connector.cli.show import flat, out, table
from connector.client import Client, Refused
from connector.simulators import DEMOS, Demo


class Steps:
    """Says what happens, with the seconds since the start."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def say(self, sentence: str, style: str = "") -> None:
        """One line."""
        passed = f"{time.monotonic() - self._started:6.2f} s  "
        out.print(Text.assemble((passed, "dim"), (sentence, style)), soft_wrap=True)

    def print(self, result: Any) -> None:
        """The result; where people corrected it, side by side with what was read."""
        if not (isinstance(result, dict) and result.get("is_reviewed")):
            table(("field", "value"), flat(result))
            return
        was, now = dict(flat(result["original_results"])), dict(flat(result["results"]))
        rows = ((name, was.get(name), now.get(name)) for name in {**was, **now})
        table(("field", "as it was read", "as it was reviewed"), rows)


@dataclass
class Scene:
    """Where a demonstration plays: a client of the service, and its key; the document at ``path``;
    the addresses of the provider's stand-in and the platform's (empty where there is none)."""

    client: Client
    key: str
    provider: str
    path: Path
    origin: str
    market: str
    steps: Steps
    reviewed: set[str] = field(default_factory=set, init=False)

    @property
    def show(self) -> Demo:
        """What is sent, and what is shown of it."""
        return DEMOS[self.provider]

    def picked(self) -> dict[str, str]:
        """Required fields that have a picker: its first choice, as a person would pick one."""
        said = self.client.get(f"/v1/providers/{self.provider}").json()
        named = (each for each in said["actions"] if each["name"] == self.show.action)
        fields = next(named)["fields"]
        picked = {}
        for name in fields.get("required", ()):
            choices = fields["properties"][name].get("x-choices")
            if choices:
                path = f"/v1/providers/{self.provider}/choices/{choices}"
                found = self.client.get(path).json()
                self.steps.say(f"{name}: picked {found[0]['name']} of {len(found)}")
                picked[name] = found[0]["id"]
        return picked

    def fields(self) -> dict[str, Any]:
        """What goes with the document."""
        return {**self.show.fields, **self.picked()}

    def review(self, id: str) -> None:
        """Plays the person whom an extraction waits for: reviews what the operation waits for,
        once, as soon as the stand-in lists it."""
        op = self.client.get(f"/v1/operations/{id}").json()
        corrections: Mapping[str, Any] = self.show.corrections
        if id in self.reviewed or op["status"] != "needs_review":
            return
        body = {"results": corrections, "reviewer": "the demonstration"}
        try:
            self.client.call("POST", f"{self.origin}/_review/{op['handle']}", json=body)
        except Refused:
            return  # it is not there to be reviewed yet
        self.reviewed.add(id)
        typed = ", ".join(f"{name} = {value}" for name, value in corrections.items())
        self.steps.say(f"a person reviews the document and corrects {typed}", "bold")
