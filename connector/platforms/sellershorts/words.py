"""Which name stands for what, in what SellerShorts sends and in what it gets? The one table of it.

Its documentation (seller-docs, "Payload templates", "Polling", "Callback") has lost its code
samples: what it does not name is a guess, in which the answer to a poll takes its names from the
callback. ``CONNECTOR_SELLERSHORTS_NAMES`` puts another name in the place of any of them. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from connector.core.model import Status

ORDER, ITEM, POLL, CALLBACK = "order", "item", "poll", "callback"


@dataclass(frozen=True, slots=True)
class Word:
    """One name: where it stands, our word for it, what usually stands there, and whether
    SellerShorts documents it there. Several usual names are separated by blanks: whichever of
    them comes is taken."""

    group: str
    name: str
    usual: str
    sure: bool
    says: str

    @property
    def full(self) -> str:
        """The name by which the setting knows it."""
        return f"{self.group}.{self.name}"


TABLE: tuple[Word, ...] = (
    Word(ORDER, "order_id", "order_id", True, "Which order it is."),
    Word(ORDER, "inputs", "inputs", True, "What the buyer filled in, by name."),
    Word(ORDER, "callback_url", "callback_url", True, "Where the end is told."),
    Word(ORDER, "input_files", "input_files", True, "The buyer's files, in a list."),
    Word(ITEM, "url", "url file_url href", False, "Where one of them is."),
    Word(ITEM, "content", "file_base64 base64 content", False, "One of them itself, as base64."),
    Word(ITEM, "filename", "filename file_name name", False, "How it is called."),
    Word(ITEM, "mime_type", "mime_type content_type type", False, "What kind of file it is."),
    Word(ITEM, "field", "field key input", False, "Which input it is for."),
    Word(POLL, "ok", "ok", False, "False when the order failed."),
    Word(POLL, "order_id", "order_id", False, "Which order it is."),
    Word(POLL, "status", "status", True, "processing, completed or failed."),
    Word(POLL, "progress", "progress", False, "How far it is, in percent."),
    Word(POLL, "message", "message", False, "What happens just now."),
    Word(POLL, "error", "error", False, "Why it failed, in one sentence."),
    Word(POLL, "output_type", "output_type", False, "text, json, csv, url or file."),
    Word(POLL, "result_text", "result_text", False, "The text; JSON is a text too."),
    Word(POLL, "result_url", "result_url", True, "Where the file is, by https."),
    Word(POLL, "file_base64", "file_base64", False, "The file itself."),
    Word(POLL, "filename", "filename", False, "How it is called."),
    Word(POLL, "mime_type", "mime_type", False, "What kind of file it is."),
    Word(POLL, "files", "files", False, "Several files."),
    Word(CALLBACK, "ok", "ok", True, "False when the order failed."),
    Word(CALLBACK, "order_id", "order_id", True, "Which order it is."),
    Word(CALLBACK, "error", "error", False, "Why it failed, in one sentence."),
    Word(CALLBACK, "output_type", "output_type", True, "text, json, csv, url or file."),
    Word(CALLBACK, "result_text", "result_text", True, "The text; JSON is a text too."),
    Word(CALLBACK, "result_url", "result_url", True, "Where the file is, by https."),
    Word(CALLBACK, "file_base64", "file_base64", True, "The file itself."),
    Word(CALLBACK, "object_key", "object_key", True, "Where the file was put before."),
    Word(CALLBACK, "filename", "filename", True, "How it is called."),
    Word(CALLBACK, "mime_type", "mime_type", True, "What kind of file it is."),
    Word(CALLBACK, "files", "files", True, "Several files."),
)

USUAL: Mapping[str, str] = {each.full: each.usual for each in TABLE}

PROCESSING, COMPLETED, FAILED = "processing", "completed", "failed"

STATUSES: Mapping[Status, str] = {
    Status.PENDING: PROCESSING,
    Status.RUNNING: PROCESSING,
    Status.NEEDS_REVIEW: PROCESSING,
    Status.SUCCEEDED: COMPLETED,
    Status.FAILED: FAILED,
    Status.CANCELED: FAILED,
}

MEANWHILE: Mapping[Status, str] = {
    Status.PENDING: "The order is taken; work begins soon.",
    Status.RUNNING: "The order is being worked on.",
    Status.NEEDS_REVIEW: "A person is checking the result.",
}
"""What a buyer reads while nobody says anything better."""


def read(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Names by our full ones; a word without a group stands for all that are called so. Raises
    ValueError for a word that there is not."""
    names: dict[str, str] = {}
    for word, theirs in pairs:
        found = [each.full for each in TABLE if word in (each.full, each.name)]
        if not found:
            known = ", ".join(each.full for each in TABLE)
            raise ValueError(f"there is no {word!r}; there is: {known}")
        names |= dict.fromkeys(found, theirs)
    return names


def heard(names: Mapping[str, str], group: str, name: str) -> list[str]:
    """The names by which a thing may come."""
    return _theirs(names, group, name).split()


def said(names: Mapping[str, str], group: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """What we say under our own names, under theirs. What is None is not said, nor what has an
    empty name."""
    told = {
        _theirs(names, group, name): _inner(names, group, value)
        for name, value in body.items()
        if value is not None
    }
    return {name: value for name, value in told.items() if name}


def _inner(names: Mapping[str, str], group: str, value: Any) -> Any:
    """Several files are said one by one."""
    return [said(names, group, each) for each in value] if isinstance(value, list) else value


def _theirs(names: Mapping[str, str], group: str, name: str) -> str:
    full = f"{group}.{name}"
    return names.get(full, USUAL[full])
