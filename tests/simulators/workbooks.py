"""Workbooks of the tests: templates as Excel writes them, and what stands in one."""

from __future__ import annotations

import io
import re
import zipfile
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
COMPATIBLE = "http://schemas.openxmlformats.org/markup-compatibility/2006"
PART = "application/vnd.openxmlformats-officedocument.spreadsheetml."
XLSX = f"{PART}sheet"


def template(**headers: list[str]) -> bytes:
    """A workbook with a sheet of headers for every name: texts in a table of their own, widths of
    columns, and a declaration that its root names, as Excel has them."""
    texts = [text for row in headers.values() for text in row]
    at = iter(range(len(texts)))
    numbers = range(1, len(headers) + 1)
    parts = {
        "[Content_Types].xml": content_types(len(headers)),
        "_rels/.rels": relations({"rId1": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        + "".join(
            f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>'
            for n, name in enumerate(headers, 1)
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": relations(
            {f"rId{n}": ("worksheet", f"worksheets/sheet{n}.xml") for n in numbers}
            | {"rId99": ("sharedStrings", "/xl/sharedStrings.xml")}
        ),
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">'
        + "".join(f"<si><t>{escape(text)}</t></si>" for text in texts)
        + "</sst>",
    }
    for n, row in zip(numbers, headers.values(), strict=True):
        cells = "".join(
            f'<c r="{chr(65 + i)}2" t="s"><v>{next(at)}</v></c>' for i in range(len(row))
        )
        parts[f"xl/worksheets/sheet{n}.xml"] = (
            f'<worksheet xmlns="{MAIN}" xmlns:mc="{COMPATIBLE}" mc:Ignorable="x14ac" '
            'xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac">'
            '<cols><col min="1" max="9" width="31.5" customWidth="1"/></cols>'
            f'<sheetData><row r="1" x14ac:dyDescent="0.2"/><row r="2">{cells}</row>'
            '<row r="3"><c r="A3" t="str"><v>an example</v></c></row>'
            '<row r="900"><c r="A900" t="str"><v>at the end</v></c></row></sheetData></worksheet>'
        )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in parts.items():
            archive.writestr(path, f'<?xml version="1.0" encoding="UTF-8"?>\n{text}')
    return out.getvalue()


def content_types(sheets: int) -> str:
    named = {f"worksheets/sheet{n}.xml": "worksheet" for n in range(1, sheets + 1)}
    named |= {"workbook.xml": "sheet.main", "sharedStrings.xml": "sharedStrings"}
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="{rels}"/>'
        + "".join(
            f'<Override PartName="/xl/{path}" ContentType="{PART}{kind}+xml"/>'
            for path, kind in named.items()
        )
        + "</Types>"
    )


def relations(targets: dict[str, tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="{id}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for id, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{listed}</Relationships>'


def contents(workbook: bytes, sheet: int = 1) -> dict[str, str]:
    """What stands in a sheet, by the places of its cells; every part must be XML."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        assert archive.testzip() is None
        parts = {name: ElementTree.fromstring(archive.read(name)) for name in archive.namelist()}
    texts = ["".join(each.itertext()) for each in parts["xl/sharedStrings.xml"]]
    found = {}
    for cell in parts[f"xl/worksheets/sheet{sheet}.xml"].iter(f"{{{MAIN}}}c"):
        text = "".join(cell.itertext())
        found[str(cell.get("r"))] = texts[int(text)] if cell.get("t") == "s" else text
        assert cell.get("t") or re.fullmatch(r"-?[\d.]+", text)
    return found
