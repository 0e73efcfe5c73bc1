"""How does an order of SellerShorts become one of ours? It comes in the payload that is usual, or
in one that the seller made: then the webhook's own address says where things stand.

In the query ``at.order_id``, ``at.inputs``, ``at.callback_url`` and ``at.input_files`` hold the
JMESPath of each; the name of one of the action's fields holds its value for every buyer, and
``timeout`` and ``pace`` hold theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
from flask import request

from connector.core.language import Action
from connector.core.look import compiled, look
from connector.engine import Order
from connector.errors import FieldProblem
from connector.platforms import access, checks
from connector.platforms.reading import decoded, members, read_members
from connector.platforms.sellershorts import inputs, words
from connector.platforms.sellershorts.inputs import Members, Raw
from connector.platforms.site import Site
from connector.platforms.targets import CALLBACK_URL, Targets

NAME = "sellershorts"
CALLBACKS = Targets("SellerShorts", "CONNECTOR_SELLERSHORTS_HOSTS", lambda site: site.sale)
KEY_HEADER = "X-Auth-Token"  # beside those that all platforms know
AT = "at."
PARTS = tuple(each.name for each in words.TABLE if each.group == words.ORDER)
LONGEST_ID = 255


@dataclass(frozen=True, slots=True)
class Sale:
    """An order, and the names in it that say nothing to its action."""

    order: Order
    ignored: list[str]


def read(site: Site, provider: str, action: str) -> Sale:
    """What this request orders; raises WrongKey, NotFound, BadInput with every problem."""
    who = access.owner(site, KEY_HEADER)
    wanted = site.engine.parts.action(provider, action)
    checks.require(_wrong_places())
    payload = _payload(site)
    order_id, target = _text(payload.get("order_id")), _text(payload.get("callback_url"))
    given, ignored = _input(site, wanted, payload, order_id, target)
    found = read_members(site.engine, who, wanted, given)
    order = Order(
        owner=who,
        platform=NAME,
        provider=provider,
        action=action,
        input=found.input,
        files=tuple(found.files),
        key=order_id,
        client_ref=order_id,
        timeout=request.args.get("timeout"),
        pace=request.args.get("pace"),
        callback_url=target,
        provider_key=access.provider_key(),
        wait=0.0,  # SellerShorts waits for our answer, not for the provider's
    )
    return Sale(order, ignored)


def _input(
    site: Site, action: Action, payload: Members, order_id: str | None, target: str | None
) -> tuple[Members, list[str]]:
    """The members of the action's input, and the names that say nothing to it. Raises BadInput
    with all that is wrong with the payload."""
    filled, files = _filled(payload.get("inputs")), _files(payload.get("input_files"))
    every = {**(filled or {}), **_fixed(action)}
    given, ignored, left_over = inputs.taken(site.sale.names, action, every, files or [])
    checks.require(
        [
            *order_id_problems(order_id),
            *_callback_problems(site, payload.get("callback_url"), target),
            *_none("/inputs", filled, "Give an object: what the buyer filled in, by name."),
            *_none("/input_files", files, "Give a list of files."),
            *left_over,
        ]
    )
    return given, ignored


def order_id_problems(said: str | None) -> Iterator[FieldProblem]:
    """What is wrong with an order's id: it becomes our idempotency key, and a part of the address
    at which its status is asked for."""
    if not said or len(said) > LONGEST_ID or not said.isprintable():
        yield FieldProblem("/order_id", f"Give text of 1 to {LONGEST_ID} printable characters.")
    elif "/" in said or said in (".", ".."):
        yield FieldProblem("/order_id", "Give an id that can stand in a URL, without a slash.")


def _payload(site: Site) -> Members:
    """What came, under our names: what the query leads to, else what has one of its names."""
    came = members()
    places = {name: request.args[AT + name] for name in PARTS if AT + name in request.args}
    whole = {name: decoded(raw) for name, raw in came.items()} if places else {}
    found: Members = {}
    for name in PARTS:
        if name in places:
            found[name] = Raw(msgspec.json.encode(look(places[name], whole)))
            continue
        theirs = words.heard(site.sale.names, words.ORDER, name)
        said = next((came[each] for each in theirs if each in came), None)
        found |= {} if said is None else {name: said}
    return {name: raw for name, raw in found.items() if not inputs.is_nothing(raw)}


def _wrong_places() -> Iterator[FieldProblem]:
    """What is wrong with the query's own expressions."""
    for name, expression in request.args.items():
        if not name.startswith(AT):
            continue
        if name.removeprefix(AT) not in PARTS:
            known = ", ".join(AT + each for each in PARTS)
            yield FieldProblem(f"/{name}", f"There is no such place; there is: {known}.")
            continue
        try:
            compiled(expression)
        except ValueError as error:
            yield FieldProblem(f"/{name}", f"{error}.")


def _fixed(action: Action) -> Members:
    """What the seller set for all buyers, by the query; whatever else stands there is not ours."""
    fields = action.fields["properties"]
    several = {name: request.args.getlist(name) for name in request.args if name in fields}
    return {
        name: Raw(msgspec.json.encode(values if len(values) > 1 else values[0]))
        for name, values in several.items()
    }


def _filled(raw: Raw | None) -> Members | None:
    """The buyer's inputs; an object may be written as text. None for what is no object."""
    if raw is None:
        return {}
    found = inputs.members_of(raw)
    if found is None and isinstance(text := decoded(raw), str):
        found = inputs.members_of(Raw(text.encode("utf-8", "replace")))
    return found


def _files(raw: Raw | None) -> list[Raw] | None:
    return [] if raw is None else inputs.items_of(raw)


def _text(raw: Raw | None) -> str | None:
    """A text, or a whole number as text; None for anything else."""
    said = None if raw is None else decoded(raw)
    if isinstance(said, int) and not isinstance(said, bool):
        return str(said)
    return said if isinstance(said, str) else None


def _callback_problems(site: Site, raw: Raw | None, target: str | None) -> Iterator[FieldProblem]:
    """Why we may never call there. It is a secret: no problem repeats it."""
    if raw is None:
        return
    wrong = "Give an https URL as text." if target is None else CALLBACKS.objection(site, target)
    if wrong:
        yield FieldProblem(CALLBACK_URL, wrong)


def _none(pointer: str, found: Any, detail: str) -> Iterator[FieldProblem]:
    if found is None:
        yield FieldProblem(pointer, detail)
