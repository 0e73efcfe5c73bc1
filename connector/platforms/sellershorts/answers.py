"""What is answered to "how is my order?" What the row says, and nothing else: SellerShorts waits
eight seconds at most, and asks again in a quarter of an hour ("Polling").

Files of up to 5 MB in all stand in the answer, larger ones are linked to. Where we have no https
address there are no links, and files stand in the answer as far as SellerShorts takes them.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from flask import Response

from connector.core.model import CLOSED, FILE, Operation, Status
from connector.errors import Gone
from connector.http.encode import JSON, Source, as_json
from connector.platforms import results
from connector.platforms.problems import short
from connector.platforms.sellershorts import words
from connector.platforms.sellershorts.links import link
from connector.platforms.sellershorts.outputs import MB, Paper, output, written
from connector.platforms.site import Site

SMALL = 5 * MB  # bytes of files; above that SellerShorts recommends result_url
LARGEST_BASE64 = 50 * MB  # characters that it takes of them
LARGEST_INLINE = LARGEST_BASE64 // 4 * 3

Json = dict[str, Any]

log = logging.getLogger(__name__)


class Unsendable(Exception):
    """A result that is too large for every way there is; the message is for the buyer."""


def answer(site: Site, op: Operation) -> Response:
    """200, whatever became of the order; raises Gone when its result was deleted since."""
    return _response(site, words.said(site.sale.names, words.POLL, _told(site, op)))


def taken(site: Site, order_id: str | None, ignored: Sequence[str]) -> Json:
    """What is answered to an order, also to one that comes again. ``ignored`` are the buyer's
    inputs that say nothing to the action."""
    said = {"ok": True, "order_id": order_id, "status": words.PROCESSING}
    return {**words.said(site.sale.names, words.POLL, said), "ignored": list(ignored)}


def why(op: Operation) -> str:
    """Why an order failed, in a sentence for its buyer."""
    if op.status == Status.CANCELED:
        return "The order was canceled."
    error = op.facts.get("error") or {}
    return short(str(error.get("message") or "The order failed."))


def too_large(op: Operation) -> Unsendable:
    """What a buyer reads of a result that cannot be handed over; the log says what can be done."""
    log.error(
        "the result of operation %s is too large for SellerShorts: with an https address in "
        "CONNECTOR_PUBLIC_URL it could be linked to",
        op.id,
    )
    return Unsendable("The result is too large to be handed over here; ask the seller for it.")


def _told(site: Site, op: Operation) -> Json:
    said = {"ok": True, "order_id": op.key, "status": words.STATUSES[op.status]}
    if op.status not in CLOSED:
        return {**said, **_progress(op)}
    failed = {**said, "ok": False, "status": words.FAILED}
    if op.status != Status.SUCCEEDED:
        return {**failed, "error": why(op)}
    results.gone(op)
    try:
        return {**said, **_result(site, op)}
    except Unsendable as error:
        return {**failed, "error": str(error)}


def _progress(op: Operation) -> Json:
    """Percent where it is known, and a sentence."""
    said = op.facts.get("progress")
    known = said if isinstance(said, Mapping) else {}
    text = known.get("text")
    message = short(str(text)) if text else words.MEANWHILE[op.status]
    return {"progress": percent(known.get("done"), known.get("total")), "message": message}


def percent(done: Any, total: Any) -> int | None:
    """How far it is, from 0 to 100; None where nobody knows."""
    numbers = all(isinstance(each, int | float) and not isinstance(each, bool)
                  for each in (done, total))  # fmt: skip
    if not numbers or not total > 0:
        return None
    return int(max(0.0, min(1.0, done / total)) * 100)


def _result(site: Site, op: Operation) -> Json:
    found = output(op)
    try:
        text = written(site.engine.parts.files, found)
    except FileNotFoundError:
        raise _gone() from None
    if text is not None:
        return {"output_type": found.kind, "result_text": text}
    items = _items(site, op, found.papers)
    if len(items) > 1:
        return {"output_type": "file", "files": items}
    return {"output_type": "url" if "result_url" in items[0] else "file", **items[0]}


def _items(site: Site, op: Operation, papers: Sequence[Paper]) -> list[Json]:
    """Each file itself while all of them are small, else its link. Raises Unsendable."""
    left, items = SMALL, list[Json]()
    links = [link(site, op, each) for each in papers]
    if not any(links):
        left = LARGEST_INLINE
    for paper, url in zip(papers, links, strict=True):
        named = {"filename": paper.name, "mime_type": paper.type}
        if paper.size <= left:
            left -= paper.size
            items.append({**named, "file_base64": paper.content})
        elif url is not None:
            items.append({**named, "result_url": url})
        else:
            raise too_large(op)
    return items


def _response(site: Site, body: Json) -> Response:
    """The answer as JSON, files in it as base64, which is made while it is sent."""
    with ExitStack() as opened:

        def reach(reference: Mapping[str, Any]) -> Source:
            try:
                return Source(opened.enter_context(site.engine.parts.files.open(reference[FILE])))
            except FileNotFoundError:
                raise _gone() from None

        written_body = as_json(body, reach)
        response = Response(written_body.content, mimetype=JSON)
        response.headers["Content-Length"] = str(written_body.size)
        response.call_on_close(opened.pop_all().close)
    return response


def _gone() -> Gone:
    return Gone("The result was deleted; results are kept for a limited time.", "result_deleted")
