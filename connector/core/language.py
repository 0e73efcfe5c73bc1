"""The values a manifest is made of, once it is read. They hold no behaviour.

Durations are seconds. Expressions are JMESPath; templates hold ``{...}`` placeholders.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connector.core.model import Status


@dataclass(frozen=True, slots=True)
class Rule:
    """Where to look (JMESPath over http, headers, body, item), how to compare, what follows."""

    at: str
    test: str
    value: Any
    then: Status | None = None
    next: str | None = None
    picks: Mapping[str, str] = field(default_factory=dict)
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """Which element of a list in the answer is ours: ``match`` compares members with templates."""

    within: str
    match: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Call:
    """One question an action may ask its provider. ``follow`` names a fact with an absolute URL."""

    name: str
    method: str = "GET"
    path: str | None = None
    follow: str | None = None
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    encoding: str = "json"
    answer: str = "json"
    item: Item | None = None
    credentials: str = "own"
    repeatable: bool = True
    unheard: str | None = None
    timeout: float = 30.0
    rules: tuple[Rule, ...] = ()
    picks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often to ask and when to stop, all in seconds (``factor`` and ``tries`` are counts).

    ``initial`` comes before the first check, ``first`` before the second, growing by ``factor``
    up to ``ceiling``; ``review`` is the least of them while people work. ``tries`` bounds answers
    in a row that say nothing (401, 403, 404) and claims that end in our own crash.
    """

    initial: float = 2.0
    first: float = 2.0
    factor: float = 1.5
    ceiling: float = 60.0
    review: float = 300.0
    deadline: float = 86400.0
    deadlines: Mapping[str, float] = field(default_factory=dict)
    tries: int = 20


@dataclass(frozen=True, slots=True)
class FieldList:
    """A caller's own list of fields: ``items`` leads to it, the others to what one item says."""

    items: str
    name: str
    title: str
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """At ``at``, a dotted place of the output, stand fields that the input decides.

    ``schema`` names the input that holds their JSON Schema, in which ``properties`` may have
    another name, or their ``list``. ``like`` names the inputs that two jobs have in common when
    the result of one shows the shape of the other's.
    """

    at: str
    schema: str | None = None
    properties: str = "properties"
    list: FieldList | None = None
    like: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """One kind of job a provider does. ``fields`` and ``output`` are JSON Schemas, the latter as
    callers see it (``outputs.delivered``); ``shape`` says which part of the output depends on the
    input; ``paces`` are further paces that a caller may choose by name."""

    provider: str
    name: str
    title: str
    description: str
    base_url: str
    hosts: tuple[str, ...]
    start: str
    calls: Mapping[str, Call]
    pace: Pace
    paces: Mapping[str, Pace]
    errors: Mapping[str, str]
    fields: Mapping[str, Any]
    output: Mapping[str, Any]
    sample: Any
    examples: Mapping[str, Any]
    shape: Shape | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``rate`` of the named calls in any ``seconds``."""

    calls: tuple[str, ...]
    rate: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Choice:
    """A list of values for a picker, read from the provider: ``items`` of ``id`` and ``title``.
    ``fields`` is the JSON Schema of what narrows the list down."""

    call: Call
    items: str
    id: str
    title: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Manifest:
    """One provider. ``auth`` is ``{"kind": ...}`` as the manifest says it; ``color`` is #rrggbb."""

    name: str
    title: str
    description: str
    base_url: str
    hosts: tuple[str, ...]
    auth: Mapping[str, Any]
    limits: tuple[Limit, ...]
    actions: Mapping[str, Action]
    choices: Mapping[str, Choice]
    color: str | None = None
