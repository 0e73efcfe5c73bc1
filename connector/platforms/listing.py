"""How does a caller leaf through operations? Newest first, a bare array, the next page in Link."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any

from flask import Response, jsonify, request

from connector.core.model import CLOSED, Operation, Status
from connector.errors import BadInput, FieldProblem
from connector.platforms import checks
from connector.platforms.documents import document
from connector.platforms.site import Site

USUAL, MOST = 50, 200


def operations(site: Site, owner: str) -> Response:
    """``?status=&provider=&action=&since=&limit=&cursor=`` as a page of operation documents."""
    asked = _filters()
    page = site.engine.find(owner, **asked)
    response = jsonify([document(op, site.addresses) for op in page])
    if len(page) == asked["limit"]:
        kept = {name: value for name, value in request.args.items() if name != "cursor"}
        following = site.addresses.at(
            "/v1/operations", **kept, cursor=_cursor(page[-1], asked["by"])
        )
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def _filters() -> dict[str, Any]:
    """The query as the store takes it; raises BadInput with every problem."""
    wrong: list[FieldProblem] = []
    statuses = _statuses(wrong)
    closed = bool(statuses) and set(statuses) <= CLOSED
    asked = {
        "statuses": statuses,
        "provider": request.args.get("provider"),
        "action": request.args.get("action"),
        "since": _since(wrong),
        "limit": _limit(wrong),
        "before": _before(wrong),
        "by": "finished_at" if closed else "created_at",
    }
    if wrong:
        raise BadInput(f"{wrong[0].pointer}: {wrong[0].detail}", fields=wrong)
    return asked


def _statuses(wrong: list[FieldProblem]) -> tuple[Status, ...]:
    words = [each for each in request.args.get("status", "").split(",") if each]
    known = [each.value for each in Status]
    if not set(words) <= set(known):
        wrong.append(FieldProblem("/status", f"Give one or more of: {', '.join(known)}."))
        return ()
    return tuple(Status(each) for each in words)


def _since(wrong: list[FieldProblem]) -> float | None:
    text = request.args.get("since", "")
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()
    except (ValueError, OverflowError):
        wrong.append(FieldProblem("/since", "Give a time as 2026-01-31T12:00:00Z."))
        return None


def _limit(wrong: list[FieldProblem]) -> int:
    text = request.args.get("limit", str(USUAL))
    found = list(checks.whole("/limit", text, 1, MOST))
    wrong += found
    return USUAL if found else int(text)


def _before(wrong: list[FieldProblem]) -> tuple[float, str] | None:
    text = request.args.get("cursor", "")
    if not text:
        return None
    try:
        moment, id = json.loads(urlsafe_b64decode(text.encode()))
        return float(moment), str(id)
    except (ValueError, TypeError, OverflowError, RecursionError):
        wrong.append(FieldProblem("/cursor", "Take the cursor from the Link of the page before."))
        return None


def _cursor(last: Operation, by: str) -> str:
    moment = last.finished_at if by == "finished_at" else last.created_at
    return urlsafe_b64encode(json.dumps([moment, last.id]).encode()).decode()
