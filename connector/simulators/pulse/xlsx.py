"""Which columns does an Excel template have, and how is a copy of it filled? As Pulse's template
mode does: rows go below the first row of headers, everything else stays as it is.

The copy is made in the text of its sheets: written anew by an XML library, they would lose the
declarations of namespaces that Excel insists on.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from posixpath import join, normpath
from typing import Any, NamedTuple
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from connector.simulators.pulse.problems import Refusal

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LARGEST = 100_000_000
"""Bytes of a template, unpacked."""

ROW = re.compile(r"<(?P<ns>(?:\w+:)?)row\b[^>]*?(?:/>|>.*?</(?P=ns)row>)", re.DOTALL)
UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML cannot hold."""

PLAIN = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,10})?")
"""Texts that stay the same when they are written as a number."""

UNREADABLE = (zipfile.BadZipFile, zlib.error, RuntimeError, LookupError, ValueError,
              ElementTree.ParseError)  # fmt: skip
"""What comes of a file that is no workbook, or is encrypted."""

Xml = ElementTree.Element


class Sheet(NamedTuple):
    """A sheet with headers: its name, its file, the row that they stand in (counted among the
    rows that are there, from 0), its number, and their texts by column letters."""

    name: str
    path: str
    nth: int
    number: int
    columns: dict[str, str]


def sheets(template: bytes) -> list[Sheet]:
    """The sheets that have headers; Refusal for what is no workbook or has none."""
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as archive:
            if sum(each.file_size for each in archive.infolist()) > LARGEST:
                raise Refusal("FILE_002", max_size=LARGEST)
            shared = list(shared_texts(archive))
            named = list(listed(archive))
            found = [headed(archive, name, path, shared) for name, path in named]
    except UNREADABLE:
        raise Refusal("FILE_003", "excel_template is no .xlsx workbook") from None
    if not any(found):
        raise Refusal("SCHEMA_001", "excel_template has no column headers")
    return [sheet for sheet in found if sheet]


def filled(template: bytes, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> bytes:
    """A copy with these rows, by sheet name and header, below the headers."""
    known = {sheet.path: sheet for sheet in sheets(template)}
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(template)) as archive,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for part in archive.infolist():
            content, sheet = archive.read(part), known.get(part.filename)
            if sheet is not None:
                text = content.decode("utf-8-sig")
                content = with_rows(text, sheet, rows.get(sheet.name, ())).encode()
            copy.writestr(part.filename, content)
    return out.getvalue()


def listed(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """The name and the file of every sheet, in their order."""
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {each.get("Id"): str(each.get("Target")) for each in relations}
    for each in tagged(ElementTree.fromstring(archive.read("xl/workbook.xml")), "sheet"):
        id = next((value for key, value in each.items() if key.endswith("}id")), None)
        yield str(each.get("name")), normpath(join("/xl", targets[id]))[1:]


def shared_texts(archive: zipfile.ZipFile) -> Iterator[str]:
    """The table of texts that cells point into; it need not be there."""
    if "xl/sharedStrings.xml" in archive.namelist():
        table = ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
        yield from (text_in(each) for each in tagged(table, "si"))


def headed(archive: zipfile.ZipFile, name: str, path: str, shared: Sequence[str]) -> Sheet | None:
    """A sheet by the first of its rows that has texts."""
    rows = tagged(ElementTree.fromstring(archive.read(path).decode("utf-8-sig")), "row")
    for nth, row in enumerate(rows):
        number = int(row.get("r") or nth + 1)
        texts = {
            re.sub(r"\d", "", str(cell.get("r") or letters(at))): text_of(cell, shared).strip()
            for at, cell in enumerate(tagged(row, "c"))
        }
        if any(texts.values()):
            return Sheet(name, path, nth, number, {k: text for k, text in texts.items() if text})
    return None


def text_of(cell: Xml, shared: Sequence[str]) -> str:
    """What stands in a cell as text; nothing for a number."""
    kind, value = cell.get("t"), next(tagged(cell, "v"), None)
    if kind == "s" and value is not None:
        return shared[int(value.text or 0)]
    return text_in(cell) if kind in ("inlineStr", "str") else ""


def text_in(element: Xml) -> str:
    """All text below an element."""
    return "".join(each.text or "" for name in ("t", "v") for each in tagged(element, name))


def tagged(element: Xml, name: str) -> Iterator[Xml]:
    """Every element of that name, in any namespace."""
    return (each for each in element.iter() if each.tag.rpartition("}")[2] == name)


def with_rows(text: str, sheet: Sheet, rows: Sequence[Mapping[str, Any]]) -> str:
    """A sheet's text with rows below its headers, in the place of those that stood there."""
    there = list(ROW.finditer(text))
    head = there[sheet.nth]
    last = sheet.number + len(rows)
    after = [
        each[0]
        for nth, each in enumerate(there[sheet.nth + 1 :], sheet.number + 1)
        if number_of(each[0], nth) > last
    ]
    prefix = head["ns"]
    new = [row(prefix, nth, sheet.columns, each) for nth, each in enumerate(rows, sheet.number + 1)]
    return text[: head.end()] + "".join([*new, *after]) + text[there[-1].end() :]


def number_of(row: str, nth: int) -> int:
    """The number that a row says it has, else the one by its place."""
    said = re.match(r'<[^>]*?\sr="(\d+)"', row)
    return int(said[1]) if said else nth


def row(prefix: str, number: int, columns: Mapping[str, str], values: Mapping[str, Any]) -> str:
    """One row."""
    cells = "".join(cell(prefix, f"{at}{number}", values.get(name)) for at, name in columns.items())
    return f'<{prefix}row r="{number}">{cells}</{prefix}row>'


def cell(prefix: str, place: str, value: Any) -> str:
    """One cell; texts stand in it, so that the table of texts stays as it is."""
    if value is None:
        return ""
    if PLAIN.fullmatch(str(value)):
        return f'<{prefix}c r="{place}"><{prefix}v>{value}</{prefix}v></{prefix}c>'
    text = f'<{prefix}t xml:space="preserve">{escape(UNFIT.sub("", str(value)))}</{prefix}t>'
    return f'<{prefix}c r="{place}" t="inlineStr"><{prefix}is>{text}</{prefix}is></{prefix}c>'


def letters(nth: int) -> str:
    """The name of a column counted from 0: A, Z, AA."""
    above, at = divmod(nth, 26)
    return (letters(above - 1) if above else "") + chr(ord("A") + at)
