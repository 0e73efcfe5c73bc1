"""Which input of the action is what a buyer filled in? Names as they are, files wherever and in
whatever shape they come, and what nobody knows left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from connector.core.ask import file_fields
from connector.core.language import Action
from connector.errors import FieldProblem
from connector.platforms.sellershorts import words
from connector.platforms.unflatten import BETWEEN

Raw = msgspec.Raw
Members = dict[str, Raw]
"""Members of a JSON object that nobody has decoded yet: one of them may be a large file."""

LONGEST_TEXT = 8192  # bytes of what may be a URL or a name; base64 is longer


@dataclass(frozen=True, slots=True)
class Item:
    """One file: at a ``url``, or its ``content`` (base64, raw)."""

    url: str | None = None
    content: Raw | None = None
    filename: str | None = None
    mime_type: str | None = None
    field: str | None = None

    def members(self, name: str) -> Members:
        """The file as the field ``name`` of an input."""
        named = {f"{name}_name": encoded(self.filename)} if self.filename else {}
        if self.url is not None:
            return {**named, f"{name}_url": encoded(self.url)}
        content = self.content or Raw(b"null")
        if self.mime_type:  # the one form of a file in JSON that tells its type
            kind = bytes(encoded(self.mime_type))
            content = Raw(b'{"$content-type":%b,"$content":%b}' % (kind, bytes(content)))
        return {**named, name: content}


def taken(
    names: Mapping[str, str], action: Action, filled: Members, files: Sequence[Raw]
) -> tuple[Members, list[str], list[FieldProblem]]:
    """The members of the input, the names that say nothing to the action, and what is wrong with
    ``files``, the list that may come beside the form."""
    known = {name: raw for name, raw in filled.items() if _is_known(name, action)}
    ignored = [name for name in filled if name not in known]
    given, left = _with_files(names, file_fields(action.fields), known, files)
    wrong = []
    if left:
        most = len(file_fields(action.fields))
        detail = f"The action takes {most or 'no'} file(s), and {left} more came."
        wrong.append(FieldProblem("/input_files", detail))
    return given, ignored, wrong


def members_of(raw: Raw) -> Members | None:
    """The members of a JSON object; None for anything else. Raw: nothing inside is checked."""
    try:
        return msgspec.json.decode(raw, type=Members)
    except (ValueError, RecursionError):
        return None


def items_of(raw: Raw) -> list[Raw] | None:
    """The items of a JSON array; None for anything else."""
    try:
        return msgspec.json.decode(raw, type=list[Raw])
    except (ValueError, RecursionError):
        return None


def text_of(raw: Raw | None) -> str | None:
    """A text that is short enough to be a URL or a name; None for anything else."""
    if raw is None or memoryview(raw).nbytes > LONGEST_TEXT:
        return None
    try:
        return msgspec.json.decode(raw, type=str)
    except ValueError:
        return None


def encoded(text: str) -> Raw:
    """A text as JSON."""
    return Raw(msgspec.json.encode(text))


def is_nothing(raw: Raw | None) -> bool:
    """Whether a value says that there is none: SellerShorts writes null for an empty input."""
    return raw is None or (memoryview(raw).nbytes <= 4 and bytes(raw) in (b"null", b'""'))


def _is_known(name: str, action: Action) -> bool:
    """Whether a name is a field of the action, stands beside its file, or leads into a field."""
    fields = action.fields["properties"]
    beside = {f"{each}_{end}" for each in file_fields(action.fields) for end in ("url", "name")}
    return name in fields or name in beside or name.split(BETWEEN)[0] in fields


def _with_files(
    names: Mapping[str, str], fields: Sequence[str], known: Members, files: Iterable[Raw]
) -> tuple[Members, int]:
    """The input with its files, and how many of them had no field to go to.

    A file that the form names (by its URL or its name) and the list holds too is one file. Others
    of the list go to the field that they name, else to the first that is free.
    """
    given = dict(known)
    rest = [_item(names, each) for each in files if not is_nothing(each)]
    for name in fields:
        raw, url = given.pop(name, None), text_of(given.get(f"{name}_url"))
        said = text_of(raw) or url
        same = next((each for each in rest if said and said in (each.url, each.filename)), None)
        if same is not None:
            rest.remove(same)
            given |= same.members(name)
        elif raw is not None and not is_nothing(raw):
            given |= _alone(names, name, raw)
    for each in sorted(rest, key=lambda item: item.field not in fields):
        free = [name for name in fields if _is_free(name, given)]
        if not free:
            return given, len(rest)
        given |= each.members(each.field if each.field in free else free[0])
        rest = [one for one in rest if one is not each]
    return given, 0


def _is_free(name: str, given: Members) -> bool:
    return all(is_nothing(given.get(each)) for each in (name, f"{name}_url"))


def _alone(names: Mapping[str, str], name: str, raw: Raw) -> Members:
    """A file field as the form has it: text as it is; an object, or a list of just one, as the
    file that it tells of."""
    if memoryview(raw)[:1].tobytes() == b'"':
        return {name: raw}
    listed = items_of(raw)
    return _item(names, listed[0] if listed and len(listed) == 1 else raw).members(name)


def _item(names: Mapping[str, str], raw: Raw) -> Item:
    """One file of the list, whose shape nobody documents: its URL or base64 as text, or an object
    that has one of them. What tells of none stands for itself, and cannot be read."""
    text = text_of(raw)
    if text is not None and "://" in text:
        return Item(url=text)
    members = members_of(raw)
    if members is None:
        return Item(content=raw)
    found = {
        name: next(
            (
                members[each]
                for each in words.heard(names, words.ITEM, name)
                if not is_nothing(members.get(each))
            ),
            None,
        )
        for name in ("url", "content", "filename", "mime_type", "field")
    }
    url, content = text_of(found["url"]), found["content"]
    return Item(
        url=url,
        content=content if url is not None or content is not None else raw,
        filename=text_of(found["filename"]),
        mime_type=text_of(found["mime_type"]),
        field=text_of(found["field"]),
    )
