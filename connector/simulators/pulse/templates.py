"""How does an Excel template stand in for a schema? Its headers are the fields, and a table of the
document with such columns fills them row by row; without one, the document makes a single row."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from connector.simulators.fields import snake
from connector.simulators.pulse import xlsx
from connector.simulators.pulse.problems import Refusal
from connector.simulators.pulse.schemas import Source, fill

Schema = dict[str, Any]


def read_template(given: str) -> bytes:
    """The workbook that came as base64; Refusal for anything else."""
    try:
        return base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError):
        raise Refusal("REQ_003", "excel_template must be base64") from None


def schema_of(template: bytes) -> Schema:
    """The schema that a template's headers make: a list of rows for each sheet."""
    rows = {
        key_of(sheet): {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {name: {"type": "string"} for name in sheet.columns.values()},
            },
        }
        for sheet in xlsx.sheets(template)
    }
    return {"type": "object", "properties": rows}


def fill_rows(schema: Schema, sources: Sequence[Source]) -> dict[str, Any]:
    """``{"values", "citations"}`` of such a schema."""
    output = fill(schema, sources)
    for name, rows in schema["properties"].items():
        if not output["values"][name]:
            one = fill(rows["items"], sources)
            if any(value is not None for value in one["values"].values()):
                output["values"][name] = [one["values"]]
                output["citations"][name] = [one["citations"]]
    return output


def fill_template(template: bytes, values: dict[str, Any]) -> bytes:
    """A copy of the template with the rows that were read."""
    named = {sheet.name: values.get(key_of(sheet)) or () for sheet in xlsx.sheets(template)}
    return xlsx.filled(template, named)


def key_of(sheet: xlsx.Sheet) -> str:
    """What a sheet's rows are called among the values."""
    return snake(sheet.name) or "rows"
