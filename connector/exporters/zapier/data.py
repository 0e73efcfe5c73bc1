"""Of what does the app speak? ``provider.json``, in Zapier's own words. Pure.

It holds triggers, searches and creates without their functions, which the app's code adds, and
what that code must know of the provider.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from connector.core.language import Action, Manifest
from connector.core.shape import deciding
from connector.exporters.options import Options
from connector.exporters.zapier import job, texts
from connector.exporters.zapier.fields import to_fields
from connector.exporters.zapier.inputs import ADVANCED, GROUPS, files, inputs, narrowing

Json = dict[str, Any]

CANCEL, FIND = "cancel_job", "find_job"
HOOK, POLLING = "job_finished", "job_finished_polling"
OPEN_JOBS = "open_jobs"


def data(manifest: Manifest, options: Options) -> Json:
    """All of ``provider.json``."""
    return {
        "name": manifest.name,
        "title": manifest.title,
        "failedJobs": options.failed_jobs,
        "authentication": {"fields": _connection(manifest, options)},
        "actions": {each.name: _known(each) for each in manifest.actions.values()},
        "choices": {name: _narrowing(manifest, name) for name in manifest.choices},
        "triggers": dict(_triggers(manifest, options)),
        "searches": {FIND: _find(manifest, options)},
        "creates": dict(_creates(manifest, options)),
    }


def _connection(manifest: Manifest, options: Options) -> list[Json]:
    """What a connection is made of."""
    ask = f"Ask whoever runs [the service]({options.public_url}) for one"
    made: list[Json] = [
        {
            "key": "base_url", "label": "Service URL", "type": "string", "required": True,
            "default": options.public_url, "isNoSecret": True,
            "helpText": "Where the service is found; it begins with https://.",
        },
        {
            "key": "api_key", "label": "Service Key", "type": "password", "required": True,
            "helpText": f"Your key for the service. {ask}: `connector keys add` makes it.",
        },
    ]  # fmt: skip
    if options.credentials == "maker":
        said = f"Your own key for {manifest.title}; your jobs run with it."
        made.append({
            "key": "provider_key", "label": f"{manifest.title} Key", "type": "password",
            "required": True, "helpText": said,
        })  # fmt: skip
    return made


def _known(action: Action) -> Json:
    """What the code must know of an action: the names under which it sends files, the inputs on
    which its output depends, and the output's fields where nothing more is known."""
    return {
        "title": action.title,
        "files": files(action),
        "shaping": list(deciding(action.shape)),
        "fields": to_fields(action.output),
    }


def _narrowing(manifest: Manifest, name: str) -> list[str]:
    """The inputs of any action that narrow this list down."""
    choice = manifest.choices[name]
    known = [each for action in manifest.actions.values() for each in narrowing(action, choice)]
    return list(dict.fromkeys(known))


def _creates(manifest: Manifest, options: Options) -> Iterable[tuple[str, Json]]:
    for action in manifest.actions.values():
        given = {"inputFields": inputs(manifest, action), "inputFieldGroups": list(GROUPS)}
        about = (manifest, action, options.public_url)
        fields = [] if action.shape else to_fields(action.output)
        done = {"outputFields": [*job.FIELDS, *fields], "sample": job.sample(*about)}
        submitted = {"outputFields": list(job.FIELDS), "sample": job.open_sample(*about)}
        yield _step(action.name, texts.waiting(action), {**given, **done})
        name = f"{action.name}_submit"
        yield _step(name, texts.submitting(action), {**given, **submitted})
    first = next(iter(manifest.actions.values()))
    canceled = job.canceled_sample(manifest, first, options.public_url)
    operation = {
        "inputFields": [_job_id(required=True, dynamic=f"{OPEN_JOBS}.id.name")],
        "outputFields": list(job.FIELDS),
        "sample": canceled,
    }
    yield _step(CANCEL, texts.canceling(manifest), operation)


def _find(manifest: Manifest, options: Options) -> Json:
    said = "Your own reference, as you gave it when the job was submitted; the newest such job."
    reference = {
        "key": "client_ref", "label": "Client Reference", "type": "string", "helpText": said,
    }  # fmt: skip
    operation = {"inputFields": [_job_id(), reference], **_jobs(manifest, options)}
    return _step(FIND, texts.finding(manifest), operation)[1]


def _triggers(manifest: Manifest, options: Options) -> Iterable[tuple[str, Json]]:
    shown = {"inputFields": _filters(manifest), **_jobs(manifest, options)}
    yield _step(HOOK, texts.finished(manifest), {"type": "hook", **shown})
    yield _step(POLLING, texts.finished_polling(manifest), {"type": "polling", **shown})
    yield _step(OPEN_JOBS, texts.choosing_jobs(), {"type": "polling"})
    for name, choice in manifest.choices.items():
        yield _step(f"choices_{name}", texts.choosing(name, choice), {"type": "polling"})


def _jobs(manifest: Manifest, options: Options) -> Json:
    """Outputs of what may be a job of any action."""
    first = next(iter(manifest.actions.values()))
    sample = job.sample(manifest, first, options.public_url)
    return {"outputFields": list(job.FIELDS), "sample": sample}


def _filters(manifest: Manifest) -> list[Json]:
    """Which jobs a trigger is about."""
    ended = {"succeeded": "Succeeded", "failed": "Failed", "canceled": "Canceled"}
    actions = {each.name: each.title for each in manifest.actions.values()}
    return [
        _filter("status", "Status", "How the job ended; any end when left out.", ended),
        _filter("action", "Action", "What kind of job it is; any kind when left out.", actions),
    ]


def _filter(key: str, label: str, said: str, named: dict[str, str]) -> Json:
    choices = [{"value": each, "sample": each, "label": name} for each, name in named.items()]
    return {"key": key, "label": label, "type": "string", "helpText": said, "choices": choices}


def _job_id(**more: Any) -> Json:
    said = "The ID of the job, as the step that submitted it returned it."
    return {"key": "job_id", "label": "Job ID", "type": "string", "helpText": said, **more}


def _step(key: str, display: dict[str, object], operation: Json) -> tuple[str, Json]:
    """A trigger, search or create; a group that no input is in is left out."""
    grouped = any(each.get("group") == ADVANCED for each in operation.get("inputFields", ()))
    kept = {k: v for k, v in operation.items() if k != "inputFieldGroups" or grouped}
    return key, {"key": key, "noun": texts.NOUN, "display": display, "operation": kept}
