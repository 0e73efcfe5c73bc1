"""How is a schema's output written as a workbook? The least an .xlsx may be: a zip of XML."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
PART = "application/vnd.openxmlformats-officedocument.spreadsheetml."

Rows = Sequence[Sequence[Any]]


def workbook(values: Mapping[str, Any]) -> bytes:
    """One sheet of names and values, and one for each list of objects."""
    sheets = sheets_of(values)
    numbers = range(1, len(sheets) + 1)
    files = {
        "[Content_Types].xml": content_types(numbers),
        "_rels/.rels": relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": contents(list(sheets)),
        "xl/_rels/workbook.xml.rels": relations(
            [("worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
        ),
    } | {f"xl/worksheets/sheet{n}.xml": sheet(sheets[name]) for n, name in enumerate(sheets, 1)}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in files.items():
            archive.writestr(path, HEAD + text)
    return out.getvalue()


def sheets_of(values: Mapping[str, Any]) -> dict[str, Rows]:
    """The rows of each sheet by its name (31 characters at most, Excel's rule)."""
    plain: list[list[Any]] = [["Field", "Value"]]
    lists: dict[str, Rows] = {}
    for name, value in flat(values):
        if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
            columns = list(value[0])
            rows = [[row.get(column) for column in columns] for row in value]
            lists[f"{len(lists) + 1} {name}"[:31]] = [columns, *rows]
        else:
            many = isinstance(value, list)
            plain.append([name, ", ".join(map(str, value)) if many else value])
    return {"Values": plain, **lists}


def flat(values: Mapping[str, Any], before: str = "") -> list[tuple[str, Any]]:
    """Nested names joined by dots."""
    found: list[tuple[str, Any]] = []
    for name, value in values.items():
        inner = isinstance(value, dict)
        found += flat(value, f"{before}{name}.") if inner else [(before + name, value)]
    return found


def sheet(rows: Rows) -> str:
    """A worksheet; texts stand in their cells, so that no table of strings is needed."""
    lines = "".join(
        f'<row r="{number}">{"".join(map(cell, row))}</row>' for number, row in enumerate(rows, 1)
    )
    return f'<worksheet xmlns="{MAIN}"><sheetData>{lines}</sheetData></worksheet>'


def cell(value: Any) -> str:
    """One cell."""
    if value is None:
        return "<c/>"
    if isinstance(value, bool):
        return f'<c t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(str(value))}</t></is></c>'


def contents(names: Sequence[str]) -> str:
    """The list of sheets."""
    listed = "".join(
        f'<sheet name={quoteattr(clean(name))} sheetId="{n}" r:id="rId{n}"/>'
        for n, name in enumerate(names, 1)
    )
    return f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>'


def clean(name: str) -> str:
    """A sheet's name without the characters that Excel forbids."""
    return "".join("_" if letter in r"[]:*?/\'" else letter for letter in name)


def relations(targets: Sequence[tuple[str, str]]) -> str:
    """A relationships part."""
    listed = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}">{listed}</Relationships>'


def content_types(numbers: Sequence[int]) -> str:
    """Which part is what."""
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{PART}worksheet+xml"/>'
        for n in numbers
    )
    return (
        f'<Types xmlns="{TYPES}"><Default Extension="rels" ContentType="{rels}"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{PART}sheet.main+xml"/>'
        f"{sheets}</Types>"
    )
