"""Is what a seller says what the documentation asks for, and what does a buyer get of it? Pure.

The same names count in the answer to a poll and in a callback; where the documentation is silent
nothing is refused.
"""

from __future__ import annotations

import binascii
import hashlib
import json
from base64 import b64decode
from collections.abc import Collection, Iterator, Mapping
from typing import Any

LARGEST_BASE64 = 50_000_000
TEXTS = ("text", "json", "csv")
STATUSES = ("processing", "completed", "failed")

Said = Mapping[str, Any]


def wrong_poll(said: Any, objects: Collection[str]) -> list[str]:
    """What is wrong with an answer to a poll; ``objects`` are the keys of what was uploaded."""
    if not isinstance(said, Mapping):
        return ["the answer is no object"]
    if said.get("status") not in STATUSES:
        return [f"status is none of {', '.join(STATUSES)}"]
    return list(_result(said, objects)) if said["status"] == "completed" else []


def wrong_callback(said: Any, objects: Collection[str]) -> list[str]:
    """What is wrong with the body of a callback."""
    if not isinstance(said, Mapping) or not isinstance(said.get("ok"), bool):
        return ["ok is no truth"]
    return list(_result(said, objects)) if said["ok"] else []


def received(said: Said) -> dict[str, Any]:
    """What the buyer has: ``{"type", "text", "url", "files": [{"filename", "mime_type", "size",
    "sha256", "object_key", "url"}]}``, without what is not there."""
    files = said.get("files") or (
        [said] if said.get("file_base64") or said.get("object_key") else []
    )
    found = {
        "type": said.get("output_type"),
        "text": said.get("result_text"),
        "url": said.get("result_url"),
        "files": [_file(each) for each in files],
    }
    return {name: value for name, value in found.items() if value not in (None, [])}


def _file(said: Said) -> dict[str, Any]:
    content = said.get("file_base64")
    known = {
        "filename": said.get("filename"),
        "mime_type": said.get("mime_type"),
        "object_key": said.get("object_key"),
        "url": said.get("result_url"),
    }
    if content is not None:
        data = b64decode(content)
        known |= {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    return {name: value for name, value in known.items() if value is not None}


def _result(said: Said, objects: Collection[str]) -> Iterator[str]:
    kind = said.get("output_type")
    if kind in TEXTS:
        text = said.get("result_text")
        if not isinstance(text, str):
            yield "result_text is no text"
        elif kind == "json" and not _is_json(text):
            yield "result_text is no JSON"
    elif kind == "url":
        yield from _url(said.get("result_url"))
    elif kind == "file":
        files = said.get("files")
        for each in files if isinstance(files, list) and files else [said]:
            yield from _one_file(each, objects)
    else:
        yield "output_type is none of text, json, csv, url, file"


def _one_file(said: Any, objects: Collection[str]) -> Iterator[str]:
    if not isinstance(said, Mapping):
        yield "a file is no object"
        return
    for name in ("filename", "mime_type"):
        if not isinstance(said.get(name), str) or not said[name]:
            yield f"a file has no {name}"
    content, key, url = said.get("file_base64"), said.get("object_key"), said.get("result_url")
    if url is not None:
        yield from _url(url)
    elif key is not None:
        if key not in objects:
            yield "object_key is not known"
    elif not isinstance(content, str) or not _is_base64(content):
        yield "file_base64 is no base64"
    elif len(content) > LARGEST_BASE64:
        yield f"file_base64 is longer than {LARGEST_BASE64}"


def _url(said: Any) -> Iterator[str]:
    if not isinstance(said, str) or not said.startswith("https://"):
        yield "result_url does not begin with https://"


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _is_base64(text: str) -> bool:
    try:
        return bool(b64decode(text, validate=True)) or text == ""
    except (binascii.Error, ValueError):
        return False
