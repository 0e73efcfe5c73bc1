"""Who looks at what the machine was not sure of? The person's pages, under ``/_review``.

``GET /_review`` lists what waits, ``GET /_review/{extraction}`` shows one beside its document,
``POST`` there approves it; a document's id stands for its newest extraction that waits. A form is
answered with a page, anything else with the item as the API lists it: JSON
``{"results": {...}, "reviewer": "..."}``, both optional, or no body at all.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from connector.simulators.documind.corrections import corrected, shown
from connector.simulators.documind.extractions import COMPLETED, Extraction, Extractions
from connector.simulators.documind.problems import Refused
from connector.simulators.documind.showing import entries, pages, rows, when
from connector.simulators.switches import Switches

POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"
REVIEWER = "reviewer"
PREFIX = "field."
"""Before the names of a form's fields, so that no field of a schema is taken for another."""


def review_pages(
    extractions: Extractions, switches: Switches, clock: Callable[[], float]
) -> Blueprint:
    """The routes."""
    bp = Blueprint("review", __name__, url_prefix="/_review", template_folder="templates")
    desk = Desk(extractions, switches, clock)
    bp.add_url_rule("", "list", desk.list)
    bp.add_url_rule("/<id>", "show", desk.show)
    bp.add_url_rule("/<id>", "approve", desk.approve, methods=["POST"])
    bp.after_request(keep_in)
    return bp


def keep_in(answer: Response) -> Response:
    """Nothing but the page itself: a document's words can never become a script's."""
    answer.headers["Content-Security-Policy"] = POLICY
    return answer


class Desk:
    """Where a person sits."""

    def __init__(
        self, extractions: Extractions, switches: Switches, clock: Callable[[], float]
    ) -> None:
        self.extractions, self.switches, self.clock = extractions, switches, clock

    def list(self) -> ResponseReturnValue:
        """What waits, oldest first, and what was done last."""
        now = self.clock()
        found = self.extractions.at(now)
        done = sorted((each for each in found if each.is_reviewed), key=lambda e: -e.updated_at)
        waiting = entries([each for each in found if each.waits()], now)
        return render_template("list.html", waiting=waiting, done=entries(done[:10], now))

    def show(self, id: str) -> ResponseReturnValue:
        """One extraction beside its document."""
        return self._page(self._find(id))

    def approve(self, id: str) -> ResponseReturnValue:
        """The results as they are, or corrected, are a person's from now on."""
        extraction = self._find(id)
        by_form, results = bool(request.form), extraction.results or {}
        given, reviewer = read_form(request.form) if by_form else read_json(request)
        reviewed, wrong = corrected(results, extraction.entities, changes(results, given))
        if wrong:
            if by_form:
                return self._page(extraction, given, wrong), 422
            raise Refused(422, "; ".join(f"{name}: {said}" for name, said in wrong.items()))
        try:
            done = self._close(extraction.id, reviewed, reviewer)
        except Refused as refused:
            if by_form:
                return self._page(
                    self._find(id), {}, {"": str(refused.body["detail"])}
                ), refused.status
            raise
        return redirect("/_review", 303) if by_form else jsonify(done.item())

    def _find(self, id: str) -> Extraction:
        """The extraction, or the newest of a document that waits."""
        now = self.clock()
        waiting = [e for e in self.extractions.at(now, document_id=id.lower()) if e.waits()]
        extraction = self.extractions.find(id, now) or next(reversed(waiting), None)
        if extraction is None:
            raise Refused(404, "Extraction not found")
        return extraction

    def _close(self, id: str, reviewed: Mapping[str, Any], reviewer: str) -> Extraction:
        now, clears = self.clock(), self.switches["after_review"] == "clears"

        def close(each: Extraction) -> Extraction:
            if each.is_reviewed:
                raise Refused(409, "Extraction has already been reviewed")
            if each.status != COMPLETED:
                raise Refused(409, f"Extraction is {each.status}, there is nothing to review")
            return replace(
                each,
                is_reviewed=True,
                reviewed_at=now,
                reviewed_by=user_id(reviewer),
                reviewer=reviewer,
                reviewed_results=reviewed,
                needs_review=each.needs_review and not clears,
            )

        return self.extractions.change(id, now, close)

    def _page(
        self,
        extraction: Extraction,
        given: Mapping[str, Any] | None = None,
        wrong: Mapping[str, str] | None = None,
    ) -> str:
        return render_template(
            "one.html",
            extraction=extraction,
            rows=rows(extraction, given or {}, wrong or {}),
            pages=pages(extraction),
            wrong=(wrong or {}).get(""),
            when=when,
            prefix=PREFIX,
            can_review=extraction.status == COMPLETED and not extraction.is_reviewed,
        )


def read_form(form: Mapping[str, str]) -> tuple[dict[str, Any], str]:
    """The fields of the page's form and who sent it."""
    given = {
        name.removeprefix(PREFIX): text.replace("\r\n", "\n")  # browsers send line ends so
        for name, text in form.items()
        if name.startswith(PREFIX)
    }
    if strangers := {name for name in form if not name.startswith(PREFIX)} - {"reviewer"}:
        raise Refused(422, f"This is not the form of the page: {', '.join(sorted(strangers))}")
    return given, form.get("reviewer", "").strip() or REVIEWER


def changes(results: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What differs from the form as it was sent out: the rest stays just as it is."""
    return {
        name: value
        for name, value in given.items()
        if value != shown(results.get(name)) or name not in results
    }


def read_json(request: Any) -> tuple[dict[str, Any], str]:
    """``results`` and ``reviewer`` of a JSON body; nothing is an approval as it is."""
    if not request.get_data():
        return {}, REVIEWER
    body = request.get_json(silent=True, force=True)
    if not isinstance(body, dict) or body.keys() - {"results", "reviewer"}:
        raise Refused(422, 'send {"results": {...}, "reviewer": "..."}, or nothing at all')
    given, reviewer = body.get("results") or {}, body.get("reviewer") or REVIEWER
    if not isinstance(given, dict) or not isinstance(reviewer, str):
        raise Refused(422, "results must be an object, reviewer a string")
    return given, reviewer


def user_id(reviewer: str) -> str:
    """DocuMind: ``reviewed_by`` is the UUID of a user; a name always gives the same one."""
    try:
        return str(uuid.UUID(reviewer))
    except ValueError:
        return str(uuid.uuid5(uuid.NAMESPACE_OID, reviewer))
