"""How is a job started? Three operations of each action: wait, do not wait, be called back."""

from __future__ import annotations

from typing import Any

from connector.core.language import Action, Manifest
from connector.exporters.power_automate import inputs
from connector.exporters.power_automate.dynamic import output_of
from connector.exporters.power_automate.job import job_schema, result_of
from connector.exporters.power_automate.names import pascal, sentence, summary
from connector.exporters.power_automate.parts import (
    CALLBACK_URL,
    IMPORTANT,
    PENDING,
    body,
    done,
    failures,
    on_failure,
    operation,
    ref,
    subscribed,
)
from connector.exporters.power_automate.schemas import to_swagger

Json = dict[str, Any]

SUBMIT, CALLBACK = " (submit only)", " (with callback)"
"""What tells the variants of an action from the waiting one."""


def paths(manifest: Manifest, failed_jobs: str) -> Json:
    """The path items of all actions."""
    made: Json = {}
    for action in manifest.actions.values():
        given = inputs.properties(manifest, action)
        made[f"/{action.name}"] = {"post": _waiting(action, given, failed_jobs)}
        made[f"/{action.name}/submit"] = {"post": _submitting(action, given)}
        made[f"/{action.name}/callback"] = _calling_back(action, given)
    return made


def definitions(manifest: Manifest, failed_jobs: str) -> Json:
    """The result of each action, and a job of it."""
    made: Json = {}
    for action in manifest.actions.values():
        name = pascal(action.name)
        kind, schema = result_of(action.output, failed_jobs)
        made[f"{name}Result"] = {**to_swagger(schema), **output_of(action, kind)}
        job = to_swagger(job_schema(action.output))
        made[f"{name}Job"] = {**job, **output_of(action, "job")}
    return made


def _waiting(action: Action, given: Json, failed_jobs: str) -> Json:
    good = done(ref(f"{pascal(action.name)}Result"), "The result of the job.")
    return operation(
        pascal(action.name),
        summary(action.title),
        _says(action, "Waits until the job has ended, and returns its result."),
        {**good, **PENDING, **failures(400, 401, 409, 413, 422)},
        [on_failure(failed_jobs), body(given, inputs.required(action))],
        IMPORTANT,
    )


def _submitting(action: Action, given: Json) -> Json:
    good = done(ref(f"{pascal(action.name)}Job"), "The job that was submitted.")
    return operation(
        f"Submit{pascal(action.name)}",
        summary(action.title + SUBMIT),
        _says(action, "Submits the job and returns at once; its result is fetched later."),
        {**good, **failures(400, 401, 409, 413, 422)},
        [body(given, inputs.required(action))],
    )


def _calling_back(action: Action, given: Json) -> Json:
    job = ref(f"{pascal(action.name)}Job")
    started = subscribed(job, "The job that was submitted; the flow is called back at its end.")
    required = [*inputs.required(action), "callback_url"]
    return {
        "x-ms-notification-content": {"description": "The job at its end.", "schema": job},
        "post": operation(
            f"{pascal(action.name)}WithCallback",
            summary(action.title + CALLBACK),
            _says(action, "The flow sleeps until it is told the end, without asking meanwhile."),
            {**started, **failures(400, 401, 409, 413, 422)},
            [body({**given, "callback_url": CALLBACK_URL}, required)],
        ),
    }


def _says(action: Action, how: str) -> str:
    return f"{sentence(action.description, action.title)} {how}"
