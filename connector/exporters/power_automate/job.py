"""What does a flow see of a job? The operation document as a JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connector.core.model import Status
from connector.core.outputs import MARK, as_object, is_binary

Schema = Mapping[str, Any]


def job_schema(output: Schema | None = None) -> dict[str, Any]:
    """The operation document, with the output of the action if one is meant."""
    known = {} if output is None or is_binary(output) else as_object(output)  # a file: a link only
    result = {**ANY_RESULT, **{k: v for k, v in known.items() if k not in TEXTS}}
    result["type"] = _or_null(result["type"])
    return {"type": "object", "properties": {**PROPERTIES, "result": result}}


def _or_null(kind: Any) -> list[Any]:
    """A type, or nothing: a job has no result before its end, or when it failed."""
    kinds = kind if isinstance(kind, list) else [kind]
    return [*kinds, *([] if "null" in kinds else ["null"])]


def result_schema(output: Schema) -> dict[str, Any]:
    """A result as a step returns it: an object, small files in it with their content."""
    return _with_content(as_object(output))


def answer_schema(output: Schema) -> dict[str, Any]:
    """The same, or (where a failed job is an answer too) what says of a job that it failed; so
    nothing of it is sure to be there."""
    result = {key: value for key, value in result_schema(output).items() if key != "required"}
    return {**result, "properties": {**FAILED_JOB, **result.get("properties", {})}}


def result_of(output: Schema, failed_jobs: str) -> tuple[str, Schema]:
    """What a waiting step returns, as a kind of output and as its schema."""
    if failed_jobs == "answer":
        return "answer", answer_schema(output)
    return "result", result_schema(output)


def _with_content(output: Schema) -> dict[str, Any]:
    """The output, in which what is told of a file goes on with the file itself."""
    members = output.get("properties")
    if not isinstance(members, Mapping):
        return dict(output)
    return {**output, "properties": {name: _grown(each) for name, each in members.items()}}


def _grown(member: Any) -> Any:
    if not isinstance(member, Mapping):
        return member
    if MARK in member:
        return {**member, "properties": {**member["properties"], "content": CONTENT}}
    return {**member, "items": _grown(member["items"])} if "items" in member else member


TEXTS = ("title", "description")

CONTENT: Schema = {
    "type": "string",
    "format": "byte",
    "title": "File content",
    "description": "The file, while all files together have at most 5 MB; else fetch its link.",
}

ANY_RESULT: Schema = {
    "type": "object",
    "title": "Result",
    "description": "What the job returned, once it has succeeded; large results are at the link.",
}


def _text(title: str, description: str, **more: Any) -> Schema:
    return {"type": "string", "title": title, "description": description, **more}


def _maybe(title: str, description: str, **more: Any) -> Schema:
    return {"type": ["string", "null"], "title": title, "description": description, **more}


ERROR: Schema = {
    "type": ["object", "null"],
    "title": "Error",
    "description": "Why the job failed.",
    "properties": {
        "code": _text("Error code", "A word for the reason, for conditions."),
        "message": _text("Error message", "The reason in words, for people."),
    },
}

STATUS = _text(
    "Status",
    "How far the job is; succeeded, failed and canceled are the end.",
    enum=[each.value for each in Status],
)

PROGRESS: Schema = {
    "type": ["object", "null"],
    "title": "Progress",
    "description": "How much of the work is done, where the provider says so.",
    "properties": {
        "done": {"type": "number", "title": "Done", "description": "How much is done."},
        "total": {"type": "number", "title": "Total", "description": "How much there is in all."},
        "text": _text("Progress text", "How far it is, in words."),
    },
}

LINKS: Schema = {
    "type": "object",
    "title": "Links",
    "description": "Addresses of the job and of what belongs to it.",
    "properties": {
        "self": _text("Job link", "The job itself.", format="uri"),
        "result": _text("Result link", "The result.", format="uri"),
        "cancel": _text("Cancel link", "Where the job is canceled.", format="uri"),
        "file": _text("File link", "The result as a file, where it is one.", format="uri"),
    },
}

PROPERTIES: Mapping[str, Schema] = {
    "id": _text("Job ID", "Identifies the job; wait for it or ask for its result with this."),
    "status": STATUS,
    "provider": _text("Provider", "Who does the work."),
    "action": _text("Action", "What kind of job it is."),
    "progress": PROGRESS,
    "note": _maybe("Note", "What happened last, for people."),
    "handle": {"title": "Provider job ID", "description": "The provider's own ID for the job."},
    "error": ERROR,
    "preliminary": {"title": "Preliminary", "description": "What is known before the end."},
    "result": ANY_RESULT,
    "created_at": _text("Created at", "When the job was submitted.", format="date-time"),
    "updated_at": _text("Updated at", "When it changed last.", format="date-time"),
    "finished_at": _maybe("Finished at", "When it ended.", format="date-time"),
    "client_ref": _maybe("Client reference", "Your own reference, as you gave it."),
    "links": LINKS,
}

FAILED_JOB: Mapping[str, Schema] = {
    "id": _text("Job ID", "Identifies the job."),
    "status": {**STATUS, "description": "Failed or canceled; nothing when the job succeeded."},
    "error": {**ERROR, "description": "Why the job failed; nothing when it succeeded."},
}
