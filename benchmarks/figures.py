"""What was measured, and is it good enough? Values and arithmetic only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured: rounds of each figure, and seconds of each round."""

    rounds: int
    seconds: float
    quick: bool


FULL = Scale(rounds=5, seconds=2.0, quick=False)
QUICK = Scale(rounds=1, seconds=0.5, quick=True)


@dataclass(frozen=True, slots=True)
class Figure:
    """One line: ours and the yardstick in ``unit``. The ratio of them must reach ``floor``,
    or stay below it where ``most`` is said."""

    what: str
    yardstick_is: str
    ours: float
    yardstick: float
    unit: str
    floor: float
    most: bool = False

    @property
    def ratio(self) -> float:
        """Ours by the yardstick."""
        return self.ours / self.yardstick if self.yardstick else float("inf")

    @property
    def met(self) -> bool:
        """Whether it is good enough."""
        return self.ratio <= self.floor if self.most else self.ratio >= self.floor


@dataclass(frozen=True, slots=True)
class Topic:
    """One benchmark: its name on the command line, its title, and how it is run."""

    name: str
    title: str
    run: Callable[[Scale], Sequence[Figure]]
