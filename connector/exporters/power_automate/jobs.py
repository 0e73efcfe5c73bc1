"""What can be done with a job that exists? Wait, look, fetch, cancel; and two hidden operations."""

from __future__ import annotations

from typing import Any

from connector.core.language import Manifest
from connector.exporters.power_automate.dynamic import output_by
from connector.exporters.power_automate.job import job_schema, result_of
from connector.exporters.power_automate.parts import (
    CALLBACK_URL,
    INTERNAL,
    JOB_ID,
    PENDING,
    TOKEN,
    body,
    done,
    failures,
    on_failure,
    operation,
    path_id,
    query,
    ref,
    subscribed,
    which_action,
)
from connector.exporters.power_automate.schemas import to_swagger

Json = dict[str, Any]

ANYTHING: Json = {"type": "object"}
"""The result of an action that nobody named."""


def paths(manifest: Manifest, failed_jobs: str) -> Json:
    """The path items for jobs of any action."""
    action = {
        **query("action", "Action", "What kind of job it is; it gives the outputs their names."),
        **which_action(manifest),
    }
    job = to_swagger(job_schema()) | output_by("action", "job")
    kind, schema = result_of(ANYTHING, failed_jobs)
    result = to_swagger(schema)
    return {
        "/operations/{id}": {"get": _status(action, job)},
        "/operations/{id}/result": {"get": _poll(result, failed_jobs)},
        "/operations/{id}/cancel": {"post": _cancel()},
        "/operations/{id}/callback": _callback(action, job),
        "/results/{id}": {"get": _result(action, result | output_by("action", kind), failed_jobs)},
        "/subscriptions/{id}": {"delete": _unsubscribe()},
    }


def _status(action: Json, job: Json) -> Json:
    return operation(
        "GetStatus",
        "Get the status of a job",
        "Returns a job as it is now, with its result once it has succeeded.",
        {**done(job, "The job."), **failures(401, 404)},
        [JOB_ID, action],
    )


def _result(action: Json, result: Json, failed_jobs: str) -> Json:
    return operation(
        "GetResult",
        "Get the result of a job",
        "Waits until a job that was submitted has ended, and returns its result.",
        {**done(result, "The result."), **PENDING, **failures(401, 404, 409, 410, 422)},
        [JOB_ID, action, on_failure(failed_jobs)],
    )


def _poll(result: Json, failed_jobs: str) -> Json:
    return operation(
        "PollResult",
        "Poll the result of a job",
        "Where the actions that wait look again until a job has ended.",
        {**done(result, "The result."), **PENDING, **failures(401, 404, 409, 410, 422)},
        [JOB_ID, TOKEN, on_failure(failed_jobs)],
        INTERNAL,
    )


def _cancel() -> Json:
    return operation(
        "CancelJob",
        "Cancel a job",
        "Cancels a job that is still open; one that has ended stays as it is.",
        {**done(ref("Job"), "The job."), **failures(401, 404)},
        [JOB_ID],
    )


def _callback(action: Json, job: Json) -> Json:
    return {
        "x-ms-notification-content": {"description": "The job at its end.", "schema": job},
        "post": operation(
            "WaitForJob",
            "Wait for a job",
            "The flow sleeps until a job that was submitted has ended, without asking meanwhile.",
            {
                **subscribed(ref("Job"), "The job; the flow is called back at its end."),
                **failures(400, 401, 404, 422),
            },
            [JOB_ID, action, body({"callback_url": CALLBACK_URL}, ["callback_url"])],
        ),
    }


def _unsubscribe() -> Json:
    return operation(
        "Unsubscribe",
        "Unsubscribe from jobs",
        "Ends a subscription; the platform does so when a flow no longer waits.",
        {"204": {"description": "The subscription has ended."}, **failures(401)},
        [path_id("Subscription ID", "The ID of the subscription."), TOKEN],
        INTERNAL,
    )
