"""What starts a flow? A job that ends: told at once, or found by asking from time to time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from connector.core.language import Manifest
from connector.core.model import Status
from connector.exporters.power_automate.dynamic import output_by
from connector.exporters.power_automate.job import job_schema
from connector.exporters.power_automate.names import display
from connector.exporters.power_automate.parts import (
    CALLBACK_URL,
    INTERNAL,
    PENDING,
    body,
    done,
    enumerated,
    failures,
    operation,
    query,
    subscribed,
    which_action,
)
from connector.exporters.power_automate.schemas import to_swagger

Json = dict[str, Any]

FINISHED = (Status.SUCCEEDED, Status.FAILED, Status.CANCELED)
TOLD = (*FINISHED, Status.NEEDS_REVIEW)
STATUS = ("Status", "Only jobs with this status; every job that has ended when left out.")
ACTION = ("Action", "Only jobs of this action, whose outputs then have names; any when left out.")
NO_NEWS = {"202": {**PENDING["202"], "description": "Nothing new; look again at Location."}}
SUBSCRIPTION: Json = {
    "type": "object",
    "properties": {
        "id": {
            "type": "string",
            "x-ms-summary": "Subscription ID",
            "description": "Identifies the subscription.",
        }
    },
}
HINT = "To see it work now, submit a job with any action of this connection and let it end."


def paths(manifest: Manifest) -> Json:
    """The path items of both triggers."""
    return {"/hooks/finished": _hook(manifest), "/finished": {"get": _poll(manifest)}}


def _hook(manifest: Manifest) -> Json:
    job = to_swagger(job_schema()) | output_by("body/action", "job")
    properties = {
        "status": _property(STATUS, _statuses(TOLD)),
        "action": _property(ACTION, which_action(manifest)),
        "callback_url": CALLBACK_URL,
    }
    return {
        "x-ms-notification-content": {"description": "The job that ended.", "schema": job},
        "post": operation(
            "WhenJobFinishes",
            "When a job finishes",
            "This operation triggers as soon as a job has ended, or as Status says.",
            {**subscribed(SUBSCRIPTION, "The flow will be told."), **failures(400, 401, 422)},
            [body(properties, ["callback_url"])],
            x_ms_trigger="single",
            x_ms_trigger_hint=HINT,
        ),
    }


def _poll(manifest: Manifest) -> Json:
    jobs = {"type": "array", "items": to_swagger(job_schema()), **output_by("action", "jobs")}
    state = query("state", "State", "Up to where jobs were seen; it comes with Location.")
    return operation(
        "WhenJobsFinish",
        "When jobs finish (by polling)",
        "This operation triggers when jobs have ended since it was checked last.",
        {**done(jobs, "The jobs that ended, newest first."), **NO_NEWS, **failures(401, 422)},
        [
            {**state, "x-ms-visibility": INTERNAL},
            {**query("status", *STATUS), **_statuses(FINISHED)},
            {**query("action", *ACTION), **which_action(manifest)},
        ],
        x_ms_trigger="batch",
        x_ms_trigger_metadata={"kind": "query", "mode": "polling"},
        x_ms_trigger_hint=HINT,
    )


def _statuses(which: Sequence[Status]) -> Json:
    return enumerated({each.value: display(each.value) for each in which})


def _property(texts: tuple[str, str], values: Json) -> Json:
    return {"type": "string", "x-ms-summary": texts[0], "description": texts[1], **values}
