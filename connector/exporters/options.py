"""What does a caller of an exporter decide, and how does an exporter say that it cannot?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from connector.manifest import Problem


@dataclass(frozen=True, slots=True)
class Options:
    """``public_url`` is where the platform reaches us. ``credentials`` says whose provider key is
    used: the operator's, or one that every maker gives with the connection. ``failed_jobs`` says
    whether a failed job fails the step or is an answer like any other. ``publisher`` is shown."""

    public_url: str
    credentials: Literal["operator", "maker"] = "operator"
    failed_jobs: Literal["fail", "answer"] = "fail"
    publisher: str = "Connector"


class CannotExport(Exception):
    """What cannot be expressed on the platform; ``problems`` holds all of it, with its places in
    the manifest (or the name of an option)."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(each) for each in problems))
        self.problems = problems
