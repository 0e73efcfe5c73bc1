"""What did a caller send? JSON, a form or multipart, made into one input with its files."""

from __future__ import annotations

import binascii
import re
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import msgspec
from flask import request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from connector.core.ask import file_fields
from connector.core.language import Action
from connector.core.model import StoredFile
from connector.engine import Engine
from connector.errors import BadInput, CallerError
from connector.platforms.lenient import as_schema_says, loosened, object_from_text
from connector.platforms.unflatten import unflatten
from connector.platforms.uploads import stored as stored_files

RESERVED = ("callback_url", "client_ref", "timeout", "pace", "wait")
PIECE = 256 * 1024
DEEPEST = 64  # levels of nesting; what handles an input recurses into it
UNREADABLE = "unreadable"  # stands where a file could not be read; the check then says so
LONE = Annotated[list[dict[str, msgspec.Raw]], msgspec.Meta(min_length=1, max_length=1)]
DATA_URL = re.compile(rb"^data:([\w.+/-]*)[^,]*;base64,")


@dataclass
class Given:
    """What came: the input with files as references, the files, and the reserved words.

    ``by_text`` is for a platform on which people fill in names and texts. There a name may be a
    path (``unflatten``), a text counts as what its field takes, what is empty was not given, an
    array of one object is that object, and a file may be the only file part, whatever its name,
    or the text of its URL.
    """

    input: dict[str, Any] = field(default_factory=dict)
    files: list[StoredFile] = field(default_factory=list)
    words: dict[str, Any] = field(default_factory=dict)
    by_text: bool = False


def read(engine: Engine, owner: str, action: Action, by_text: bool = False) -> Given:
    """The request's body and query as an input; raises BadInput with every unreadable field."""
    words = {name: request.args[name] for name in RESERVED if name in request.args}
    given = Given(words=words, by_text=by_text)
    if request.mimetype in ("multipart/form-data", "application/x-www-form-urlencoded"):
        _read_form(engine, owner, action, given)
    else:
        _take(engine, owner, action, given, members(lone_array=by_text))
    given.words |= {name: given.input.pop(name) for name in RESERVED if name in given.input}
    return _settled(given, action)


def read_members(engine: Engine, owner: str, action: Action, raw: dict[str, msgspec.Raw]) -> Given:
    """An input ``by_text`` whose members stood somewhere in a body; a word of ours is then a
    field like any other. Raises BadInput as ``read`` does."""
    given = Given(by_text=True)
    _take(engine, owner, action, given, raw)
    return _settled(given, action)


def read_object() -> dict[str, Any]:
    """The body of a request that takes JSON only; raises CallerError."""
    return {name: decoded(member) for name, member in members().items()}


def _settled(given: Given, action: Action) -> Given:
    if _too_deep(given.input):
        raise CallerError(f"The input is nested deeper than {DEEPEST} levels.", "bad_json")
    if given.by_text:
        given.input = _shaped(given.input, action.fields["properties"])
    return given


def _shaped(texts: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Names and texts as the input that they mean."""
    told = {name: value for name, value in texts.items() if value not in (None, "")}
    nested = unflatten(told, known)
    return {name: loosened(value, known.get(name, {})) for name, value in nested.items()}


def _take(
    engine: Engine, owner: str, action: Action, given: Given, raw: dict[str, msgspec.Raw]
) -> None:
    """Members stay raw until they are needed, so that base64 is never held as text and bytes."""
    nothing = (b"null", b'""') if given.by_text else (b"null",)
    for name in file_fields(action.fields):
        if name in raw and bytes(raw[name]) not in nothing:
            content = raw.pop(name)
            try:
                document, kind = _document(content)
            except ValueError:
                _keep_no_file(given, name, decoded(content))
                continue
            del content
            named = _text(raw.pop(f"{name}_name", None))
            _keep(engine, owner, given, name, document, named, kind)
    known = action.fields["properties"]
    for name, member in raw.items():
        given.input[name] = object_from_text(decoded(member), known.get(name, {}))


def members(lone_array: bool = False) -> dict[str, msgspec.Raw]:
    """The members of a JSON body, raw; raises CallerError."""
    body = request.get_data(cache=False) if _is_json() else b""
    if request.content_length is None and len(body) == request.max_content_length:
        raise RequestEntityTooLarge  # without a length, more than the limit just ends at it
    if not body:
        return {}
    try:
        if not lone_array or not body.lstrip().startswith(b"["):
            return msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        return msgspec.json.decode(body, type=LONE)[0]
    except msgspec.ValidationError as error:
        beside = ", or an array of just one" if lone_array else ""
        raise BadInput(f"The body must be a JSON object{beside}.", "not_an_object") from error
    except (msgspec.DecodeError, RecursionError) as error:
        where = str(error) if isinstance(error, msgspec.DecodeError) else "nested too deep"
        raise CallerError(f"The body is not JSON: {where}.", "bad_json") from error


def _is_json() -> bool:
    """Whether there is JSON to read, or (False) nothing; raises UnsupportedMediaType."""
    media = request.mimetype
    if media == "application/json" or media.endswith("+json"):
        return True
    if media or request.content_length:
        raise UnsupportedMediaType
    return False


def decoded(member: msgspec.Raw) -> Any:
    """A member's value; well-formed JSON may still hold bytes or numbers that nobody can read."""
    try:
        return msgspec.json.decode(member)
    except (ValueError, RecursionError) as error:
        raise CallerError("The body holds a value that cannot be read.", "bad_json") from error


def _document(content: msgspec.Raw) -> tuple[bytes, str | None]:
    """The bytes of a file member, and the type that it names if it does.

    Plain base64; a data URL; or what Power Automate makes of a file's content,
    ``{"$content-type": ..., "$content": base64}``. Raises ValueError.
    """
    try:
        return msgspec.json.decode(content, type=bytes), None
    except msgspec.ValidationError:
        pass
    value = decoded(content)
    if isinstance(value, dict) and isinstance(value.get("$content"), str):
        kind = value.get("$content-type")
        return _loose(value["$content"].encode()), kind if isinstance(kind, str) else None
    if not isinstance(value, str):
        raise ValueError("not base64")
    text = value.encode()
    named = DATA_URL.match(text)
    return _loose(text[named.end() :] if named else text), (
        named.group(1).decode() or None if named else None
    )


def _loose(text: bytes) -> bytes:
    """Base64 with line breaks, in either alphabet, with or without padding."""
    plain = b"".join(text.split()).translate(bytes.maketrans(b"-_", b"+/"))
    try:
        return b64decode(plain + b"=" * (-len(plain) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error


def _read_form(engine: Engine, owner: str, action: Action, given: Given) -> None:
    properties = action.fields["properties"]
    names = set(file_fields(action.fields))
    for name, values in request.form.lists():
        if name in names and values[0]:
            _keep_text(engine, owner, given, name, values[0])
        elif name not in names:
            given.input[name] = as_schema_says(values, properties.get(name, {}))
    now = engine.parts.clock()
    for name, part in _parts(names, given):
        upload: Any = part.stream
        named = _safe(request.form.get(f"{name}_name")) or _safe(part.filename)
        stored = upload.stored(owner, named or f"{name}.bin", part.mimetype, now)
        given.files.append(stored)
        given.input[name] = stored.reference()
    for name in names & set(given.input):
        given.input.pop(f"{name}_name", None)


def _parts(names: set[str], given: Given) -> list[tuple[str, FileStorage]]:
    """The file parts by the fields that they are for."""
    parts = list(request.files.items())
    if given.by_text and len(names) == 1 and len(list(request.files.items(multi=True))) == 1:
        return [(next(iter(names)), parts[0][1])]
    return parts


def _keep_text(engine: Engine, owner: str, given: Given, name: str, text: str) -> None:
    """A file that came as base64 text in a form field."""
    try:
        document = _loose(text.encode())
    except ValueError:
        _keep_no_file(given, name, text)
        return
    _keep(engine, owner, given, name, document, request.form.get(f"{name}_name"), None)


def _keep_no_file(given: Given, name: str, value: Any) -> None:
    """What is no base64. A file of another step is its URL, wherever a maker maps it to."""
    if given.by_text and isinstance(value, str) and value.startswith(("https://", "http://")):
        given.input[f"{name}_url"] = value
    else:
        given.input[name] = UNREADABLE


def _keep(
    engine: Engine,
    owner: str,
    given: Given,
    name: str,
    document: bytes,
    named: str | None,
    kind: str | None,
) -> None:
    """Stores a file that came as base64; it goes with the request unless an order takes it."""
    stored = engine.keep_file(owner, _pieces(document), _file_name(named, document), kind)
    stored_files()[stored.id] = None
    given.files.append(stored)
    given.input[name] = stored.reference()


def _pieces(document: bytes) -> Iterator[bytes]:
    view = memoryview(document)
    for start in range(0, len(view), PIECE):
        yield bytes(view[start : start + PIECE])


ENDINGS: Mapping[bytes, str] = {
    b"%PDF": "pdf",
    b"\x89PNG": "png",
    b"\xff\xd8\xff": "jpg",
    b"II*\x00": "tiff",
    b"MM\x00*": "tiff",
    b"PK\x03\x04": "docx",
}


def _file_name(named: str | None, document: bytes) -> str:
    """The name given, or one whose ending fits the content."""
    ending = next((end for magic, end in ENDINGS.items() if document.startswith(magic)), "bin")
    return _safe(named) or f"document.{ending}"


def _safe(name: str | None) -> str:
    """A file's name without folders and control characters, at most 200 characters."""
    last = (name or "").replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(char for char in last if char.isprintable())[-200:].strip(". ")


def _text(member: msgspec.Raw | None) -> str | None:
    value = decoded(member) if member is not None else None
    return value if isinstance(value, str) else None


def _too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for each in level for inner in _within(each)]
        if not level:
            return False
    return True


def _within(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
