"""SellerShorts: an action as an "AI Tool" that buyers order.

It is the one platform that asks us: it posts an order to the job webhook, then asks for its status
every 15 minutes, or is called back (sellershorts.com/seller-docs, "Polling", "Callback").
"""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, Response, jsonify, request

from connector.core.model import Delivery, Operation, Subscription
from connector.engine.parts import Conversation
from connector.errors import NotFound
from connector.platforms import access, ordering, problems
from connector.platforms.sellershorts import answers, orders, telling
from connector.platforms.sellershorts.orders import KEY_HEADER, NAME
from connector.platforms.site import Site

__all__ = ["NAME", "make_blueprint", "make_callback"]

BASE = f"/{NAME}"


def make_blueprint(site: Site) -> Blueprint:
    """All of ``/sellershorts``."""
    bp = Blueprint(NAME, __name__, url_prefix=BASE)

    @bp.post("/<provider>/<action>")
    def take_order(provider: str, action: str) -> Response:
        sale = orders.read(site, provider, action)
        ordering.place(site, sale.order)
        return jsonify(answers.taken(site, sale.order.key, sale.ignored))

    @bp.get("/<provider>/<action>/orders/<order_id>")
    def get_order(provider: str, action: str, order_id: str) -> Response:
        op = site.engine.ordered(access.owner(site, KEY_HEADER), NAME, order_id)
        if (op.provider, op.action) != (provider, action):
            raise NotFound("There is no such order.")
        return answers.answer(site, op)

    @bp.after_app_request  # also when no route of ours was found
    def not_ok(response: Response) -> Response:
        ours = request.path.startswith(f"{BASE}/")
        if ours and response.mimetype == problems.MEDIA:
            said: Any = response.get_json()
            response.set_data(jsonify({"ok": False, **said}).get_data())
        return response

    return bp


def make_callback(
    site: Site, op: Operation, subscription: Subscription, delivery: Delivery
) -> Conversation:
    """A conversation: SellerShorts wants a header of its own, and large files put elsewhere."""
    return partial(telling.talk, site, op, delivery)
