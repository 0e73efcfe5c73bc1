"""How is SellerShorts told of an end? With one callback while it stays below 4.5 MB; larger files
are announced and put where it says before, and the callback names them ("Callback", "Over 4.5 MB").
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from connector.core.model import Delivery, Failure, Operation, Request, Response, Status
from connector.engine.parts import Receiver, Talk, Unwelcome
from connector.platforms.sellershorts import words
from connector.platforms.sellershorts.answers import Unsendable, too_large, why
from connector.platforms.sellershorts.links import link
from connector.platforms.sellershorts.orders import NAME
from connector.platforms.sellershorts.outputs import Output, Paper, output, written
from connector.platforms.site import Site

LARGEST_REQUEST = 4_500_000  # bytes of a callback, all in all
LARGEST_PUT = 150 * 1024 * 1024  # bytes of a file that is put; SellerShorts says so again each time
MARGIN = 2_000  # bytes for names and types, for each file and for the rest
CALLING, PUTTING = 60.0, 300.0  # seconds for one request
UNKNOWN_TRIES = 4  # an order that SellerShorts does not know may be one that it has not written yet
NO_SECRET = Failure(
    "there is no secret for it; keep one with 'connector secrets set sellershorts'", sent=False
)
OURS = frozenset({"host", "content-length", "transfer-encoding", "connection"})
"""Headers that only we know, whatever we are asked to send."""

Json = dict[str, Any]
Step = Generator[Request, Response, Json]
"""A part of the talk; what it returns goes into the callback."""


class Broken(Exception):
    """An answer that we cannot go on with; the message is for the operation's history."""


def talk(site: Site, op: Operation, delivery: Delivery, receiver: Receiver) -> Talk:
    """The whole conversation. Without a secret it does not begin, and is tried again: somebody may
    keep one in the meantime."""
    secret = receiver.secret(NAME) or site.sale.secret
    if not secret:
        return NO_SECRET
    if op.forgotten_at is not None and op.status == Status.SUCCEEDED:
        return Failure("the result was deleted before it could be told", False, refused=True)
    headers = {"x-callback-secret": secret}
    try:
        said = yield from _told(site, op, receiver.target, headers)
        body = words.said(site.sale.names, words.CALLBACK, said)
        yield Request("POST", receiver.target, headers, body, answer="status", timeout=CALLING)
    except FileNotFoundError:
        return Failure("a file of the result is gone", sent=False, refused=True)
    except Broken as error:
        return Failure(str(error))
    except Unwelcome as error:
        return _ended(error, delivery)
    return None


def _ended(error: Unwelcome, delivery: Delivery) -> Failure:
    """400 is an unknown order or a body that it does not understand, 413 one that is too large:
    the same again changes nothing. 401 waits for another secret, 500 for better times."""
    over = error.status == 413 or (error.status == 400 and delivery.claims >= UNKNOWN_TRIES)
    if not over:
        raise error
    return Failure(f"the receiver answered {error.status}", refused=True)


def _told(site: Site, op: Operation, target: str, headers: Mapping[str, str]) -> Step:
    """What the callback says."""
    said: Json = {"ok": True, "order_id": op.key}
    failed: Json = {"ok": False, "order_id": op.key}
    if op.status != Status.SUCCEEDED:
        return {**failed, "error": why(op)}
    found = output(op)
    text = written(site.engine.parts.files, found, LARGEST_REQUEST - MARGIN)
    if text is not None:
        return {**said, "output_type": found.kind, "result_text": text}
    try:
        return {**said, **(yield from _files(site, op, found, target, headers))}
    except Unsendable as error:
        return {**failed, "error": str(error)}


def _files(
    site: Site, op: Operation, found: Output, target: str, headers: Mapping[str, str]
) -> Step:
    items: list[Json] = []
    inline = _fit(found.papers)
    for paper in found.papers:
        if inline or not paper.stored:
            items.append({"filename": paper.name, "mime_type": paper.type,
                          "file_base64": paper.content})  # fmt: skip
        elif paper.size <= LARGEST_PUT:
            items.append((yield from _put(op, paper, target, headers)))
        else:
            items.append(_linked(site, op, paper))
    if len(items) > 1:
        return {"output_type": "file", "files": items}
    return {"output_type": "url" if "result_url" in items[0] else "file", **items[0]}


def _fit(papers: Sequence[Paper]) -> bool:
    """Whether all of them, as base64, leave the callback small enough."""
    return sum((each.size + 2) // 3 * 4 + MARGIN for each in papers) + MARGIN <= LARGEST_REQUEST


def _linked(site: Site, op: Operation, paper: Paper) -> Json:
    url = link(site, op, paper)
    if url is None:
        raise too_large(op)
    return {"filename": paper.name, "mime_type": paper.type, "result_url": url}


def _put(op: Operation, paper: Paper, target: str, headers: Mapping[str, str]) -> Step:
    """Announces a file, puts it, and returns what the callback says of it."""
    announced: Json = {
        "order_id": op.key,
        "filename": paper.name,
        "mime_type": paper.type,
        "file_size": paper.size,
    }
    answer = yield Request("POST", prepare_at(target), headers, announced, timeout=CALLING)
    place = _place(answer.body, paper)
    wanted = {
        str(name): str(value)
        for name, value in place["requires_headers"].items()
        if str(name).lower() not in OURS
    }
    yield Request(
        "PUT", place["upload_url"], wanted, paper.content, "bytes", "status", timeout=PUTTING
    )
    return {
        "filename": place["filename"],
        "mime_type": paper.type,
        "object_key": place["object_key"],
    }


def prepare_at(target: str) -> str:
    """Where a file is announced: below the address of the callback."""
    parts = urlsplit(target)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/prepare"))


def _place(said: Any, paper: Paper) -> Json:
    """Where the file is to be put, by the answer to its announcement. SellerShorts may give it
    another name. Raises Broken."""
    known = said if isinstance(said, dict) else {}
    url, key = known.get("upload_url"), known.get("object_key")
    if not (isinstance(url, str) and url and isinstance(key, str) and key):
        raise Broken("the answer to prepare lacks upload_url or object_key")
    most = known.get("max_bytes")
    if isinstance(most, int) and paper.size > most:
        raise Broken(f"prepare takes at most {most} bytes, and the file has {paper.size}")
    headers = known.get("requires_headers")
    return {
        "upload_url": url,
        "object_key": key,
        "filename": str(known.get("filename") or paper.name),
        "requires_headers": headers if isinstance(headers, dict) else {},
    }
