"""Which misbehaviour is due now? Specs are parsed and counted here; ``wire`` carries them out.

A spec reads ``KIND:WORD[=VALUE][*TIMES][~SECONDSs]``: ``submit:drop-after*1``,
``check_status:503~60s``, ``check_status:429=2``, ``any:delay=0.5``. Without TIMES and SECONDS it
holds until it is replaced; SECONDS count from the first request it strikes.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

KINDS = (
    *("upload", "submit", "check_status", "get_result", "cancel", "models"),
    *("prepare", "callback", "any"),
)
SECONDS = r"\d+(\.\d+)?"
STATUS = re.compile(r"[45]\d\d")
SPEC = re.compile(
    r"(?P<kind>\w+):(?P<word>[\w-]+)(=(?P<value>[^*~]+))?"
    rf"(\*(?P<times>[1-9]\d*))?(~(?P<seconds>{SECONDS})s)?"
)


@dataclass(frozen=True, slots=True)
class Word:
    """What a fault word does, and which VALUE it takes: a pattern, and what is used without one."""

    says: str
    value: str | None = None
    default: str = ""
    kinds: tuple[str, ...] = KINDS


ANSWERS = Word(
    "answer this 4xx or 5xx; =SECONDS or =date:SECONDS adds Retry-After", rf"(date:)?{SECONDS}"
)
JOBS = ("submit", "check_status")
WORDS = {
    "delay": Word("wait =SECONDS first, then go on", SECONDS, "1"),
    "drop": Word("close the connection without reading or doing anything"),
    "drop-after": Word("do it, then close the connection instead of answering"),
    "drop-mid": Word("do it, then close the connection in the middle of the body"),
    "malformed": Word("do it, then answer the first half of the JSON as if it were all"),
    "empty": Word("do it, then answer an empty body"),
    "html": Word("answer 502 with a page of HTML, as a proxy does"),
    "drip": Word("do it, then answer one byte every =SECONDS", SECONDS, "0.05"),
    "endless": Word("answer 200 and white space for ever, every =SECONDS", SECONDS, "0.05"),
    "gone": Word("answer =404 or =410", "404|410", "404"),
    "fail": Word(
        "on submit: the job ends failed; on check_status: this answer says so", kinds=JOBS
    ),
    "stuck": Word(
        "on submit: the job never ends; on check_status: this answer says so", kinds=JOBS
    ),
    "unknown": Word(
        "on submit: the job ends with =WORD as its status; on check_status: this answer has it",
        r"\w+",
        "Waiting",
        JOBS,
    ),
}
JOB_WORDS = frozenset({"fail", "stuck", "unknown"})
"""Carried out by the provider, not by the wire."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One parsed spec. ``word`` is a row of WORDS or a three-digit status."""

    spec: str
    kind: str
    word: str
    value: str
    times: int | None
    seconds: float | None


def parse(spec: str) -> Fault:
    """Read one spec; ValueError with the whole vocabulary when it cannot be read."""
    found = SPEC.fullmatch(spec.strip())
    if not found:
        raise ValueError(explain(spec, "it does not read KIND:WORD[=VALUE][*TIMES][~SECONDSs]"))
    kind, name, value = found["kind"], found["word"], found["value"]
    if kind not in KINDS:
        raise ValueError(explain(spec, f"there is no kind {kind!r}"))
    word = ANSWERS if STATUS.fullmatch(name) else WORDS.get(name)
    if word is None:
        raise ValueError(explain(spec, f"there is no word {name!r}"))
    if kind not in word.kinds:
        raise ValueError(explain(spec, f"{name} goes with {', '.join(word.kinds)} only"))
    if value is not None and not (word.value and re.fullmatch(word.value, value)):
        raise ValueError(explain(spec, f"{name} cannot take the value {value!r}"))
    return Fault(
        spec=spec.strip(),
        kind=kind,
        word=name,
        value=word.default if value is None else value,
        times=int(found["times"]) if found["times"] else None,
        seconds=float(found["seconds"]) if found["seconds"] else None,
    )


def explain(spec: str, why: str) -> str:
    """The message for a bad spec: what is wrong and which words there are."""
    words = [("404, 503, ...", ANSWERS), *WORDS.items()]
    return "\n".join(
        [
            f"{spec!r} is not a fault: {why}.",
            "A fault is KIND:WORD[=VALUE][*TIMES][~SECONDSs], for example check_status:503~60s.",
            f"Kinds: {', '.join(KINDS)}.",
            *(f"  {name}: {word.says}" for name, word in words),
        ]
    )


@dataclass(slots=True)
class Live:
    """A fault with what is left of it."""

    fault: Fault
    left: int | None
    until: float | None = None

    def over(self, now: float) -> bool:
        """Nothing is left of it."""
        return self.left == 0 or (self.until is not None and now >= self.until)

    def strike(self, now: float) -> Fault:
        """Use it once."""
        if self.left is not None:
            self.left -= 1
        if self.fault.seconds is not None and self.until is None:
            self.until = now + self.fault.seconds
        return self.fault


class Faults:
    """The faults in force, safe to ask from many threads."""

    def __init__(self, specs: Iterable[str], clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._live: list[Live] = []
        self.replace(specs)

    def replace(self, specs: Iterable[str]) -> None:
        """Put these specs in force instead; ValueError leaves everything as it was."""
        live = [Live(fault, fault.times) for fault in map(parse, specs)]
        with self._lock:
            self._live = live

    def specs(self) -> list[str]:
        """The specs still in force."""
        with self._lock:
            return [live.fault.spec for live in self._live]

    def take(self, kind: str) -> list[Fault]:
        """Use up what strikes a request of this kind: delays, and at most one other."""
        if not self._live:
            return []
        with self._lock:
            now = self._clock()
            self._live = [live for live in self._live if not live.over(now)]
            due = [live for live in self._live if live.fault.kind in (kind, "any")]
            delays = [live for live in due if live.fault.word == "delay"]
            others = [live for live in due if live.fault.word != "delay"]
            return [live.strike(now) for live in (*delays, *others[:1])]
