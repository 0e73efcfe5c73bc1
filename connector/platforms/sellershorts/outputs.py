"""In what form does a buyer get a result? As a text or as files: the row alone decides it."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from connector.core.model import FILE, Operation
from connector.core.references import held
from connector.files import Files
from connector.platforms import documents

MB = 1_000_000
LARGEST_TEXT = 5 * MB  # bytes of a text that is shown as such
JSON = "application/json"

TEXTS: Mapping[str, str] = {JSON: "json", "text/csv": "csv", "text/plain": "text"}
"""Files that are shown as a text while they are small: by their type, in SellerShorts' words."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One file for a buyer. ``content`` is a reference to a stored file, or the bytes."""

    name: str
    type: str
    size: int
    content: Mapping[str, Any] | bytes

    @property
    def stored(self) -> bool:
        """Whether it lies in our store, and can be linked to."""
        return not isinstance(self.content, bytes)


@dataclass(frozen=True, slots=True)
class Output:
    """A result. ``kind`` is text, json or csv for what may be shown as a text (which is ``text``,
    or lies in the one paper), else file."""

    kind: str
    text: str | None = None
    papers: tuple[Paper, ...] = ()


def output(op: Operation) -> Output:
    """The result of an operation that succeeded. What stands beside files in it is a file too."""
    result: Any = op.facts.get("result")
    whole, files = documents.result_file(op), documents.files_of(op)
    if whole is not None and files in ([], [whole]):
        return Output(TEXTS.get(_base(whole), "file"), papers=(_paper(whole),))
    if files:
        more = _paper(whole) if whole else _as_paper(result)
        beside = () if result and held(result).keys() == result.keys() else (more,)
        return Output("file", papers=_named_apart((*beside, *map(_paper, files))))
    if isinstance(result, str):
        return Output("text", result)
    return Output("json", _text(result))


def written(files: Files, given: Output, most: int = LARGEST_TEXT) -> msgspec.Raw | None:
    """The result as a JSON string, of at most so many bytes. None for what is longer, is no text,
    or is not in UTF-8; raises FileNotFoundError."""
    if given.kind == "file":
        return None
    if given.text is not None:
        raw = json.dumps(given.text, ensure_ascii=False).encode("utf-8", "replace")
        return msgspec.Raw(raw) if len(raw) <= most else None
    (paper,) = given.papers
    if not isinstance(paper.content, Mapping) or paper.size > most:
        return None
    try:
        raw = b'"%b"' % b"".join(_escaped(files.chunks(paper.content[FILE])))
    except UnicodeDecodeError:
        return None
    return msgspec.Raw(raw) if len(raw) <= most else None


def _escaped(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Text piece by piece as it stands in JSON, so that it is never held in a wider form."""
    reader = codecs.getincrementaldecoder("utf-8-sig")()
    for chunk in chunks:
        yield msgspec.json.encode(reader.decode(chunk))[1:-1]
    reader.decode(b"", final=True)


def _base(reference: Mapping[str, Any]) -> str:
    return str(reference.get("type") or "").partition(";")[0].strip().lower()


def _paper(reference: Mapping[str, Any]) -> Paper:
    name = str(reference.get("name") or "result")
    return Paper(name, _base(reference) or "application/octet-stream",
                 int(reference.get("size") or 0), reference)  # fmt: skip


def _as_paper(result: Mapping[str, Any]) -> Paper:
    """What stands beside the files of a result: the result, with their names in their places."""
    told = documents.described(result, lambda file: {"name": file.get("name")})
    content = _text(told).encode("utf-8", "replace")
    return Paper("result.json", JSON, len(content), content)


def _named_apart(papers: tuple[Paper, ...]) -> tuple[Paper, ...]:
    """The same files, no two of which have one name."""
    apart: dict[str, Paper] = {}
    for each in papers:
        stem, dot, ending = each.name.rpartition(".")
        name, nth = each.name, 2
        while name.lower() in apart:
            name = f"{stem} ({nth}){dot}{ending}" if stem else f"{each.name} ({nth})"
            nth += 1
        apart[name.lower()] = replace(each, name=name)
    return tuple(apart.values())


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
