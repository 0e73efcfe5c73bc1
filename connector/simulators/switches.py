"""Which ways does a provider take where its documentation leaves it open? A table of switches."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Switch:
    """One open question: what it decides, a pattern of the answers, and the usual one."""

    says: str
    value: str
    default: str


class Switches:
    """The answers in force. ``known`` is the simulator's table; what is not given is as usual."""

    def __init__(self, known: Mapping[str, Switch], given: Mapping[str, str]) -> None:
        self._known = known
        self.replace(given)

    def replace(self, given: Mapping[str, str]) -> None:
        """Put these in force instead; ValueError with the table leaves everything as it was."""
        for name, value in given.items():
            if name not in self._known:
                raise ValueError(self._explain(f"there is no switch {name!r}"))
            if not re.fullmatch(self._known[name].value, value):
                raise ValueError(self._explain(f"{name} cannot be {value!r}"))
        usual = {name: switch.default for name, switch in self._known.items()}
        self._values = {**usual, **given}

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def document(self) -> dict[str, str]:
        """All that are in force, by name."""
        return dict(self._values)

    def _explain(self, why: str) -> str:
        lines = (
            f"  {name}={switch.value} (usually {switch.default}): {switch.says}"
            for name, switch in self._known.items()
        )
        return "\n".join([f"{why[0].upper()}{why[1:]}.", *lines])
