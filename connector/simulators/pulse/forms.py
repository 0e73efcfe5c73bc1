"""What do the form endpoints find in a PDF? Labelled places; nothing is written into the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from connector.simulators.documents import Document
from connector.simulators.fields import LABEL
from connector.simulators.layout import Cell, Polygon, cells
from connector.simulators.pulse.form import Form
from connector.simulators.pulse.house import House, Paper, Task, made_id
from connector.simulators.pulse.jobs import Job
from connector.simulators.pulse.pages import choose, read_pages
from connector.simulators.pulse.problems import Refusal, unknown

TICKS = {"[ ]": False, "☐": False, "[x]": True, "[X]": True, "☒": True, "☑": True}
ROOM = 0.3
"""Part of the page's width that is left to write in after a label without a value."""
COSTS = {"detect": 1, "fill": 3, "clear": 3}
COUNTS = {"fill": "fields_filled", "clear": "fields_cleared"}
NOTE = "This simulator returns the document as it was given: no field was changed."


def form_task(deed: str) -> Callable[[Form, House], Task]:
    """``POST /form/detect``, ``fill`` or ``clear``."""

    def task(form: Form, house: House) -> Task:
        paper = read_paper(form, house)
        ranges = read_pages(form.text("page_range") or form.text("pages"))
        if deed == "fill":
            form.need("instructions")
        fields = form.items("form_fields")
        seen = {"filename": paper.name, "sha256": paper.sha256, "file_url": paper.url}

        def work(job: Job) -> dict[str, Any]:
            document = pdf(house, paper)
            pages = choose(ranges, len(document.pages))
            found = fields or [cell for n in pages for cell in form_cells(document, n)]
            return result(job, deed, paper, len(document.pages), found, house, form.origin)

        return Task(paper.name, paper.key, work, seen)

    return task


def read_paper(form: Form, house: House) -> Paper:
    """The PDF: given now, or known from an earlier call by its ``form_id``."""
    if not form.given("form_id"):
        return house.take(form, keep=True)
    if form.file or form.given("file_url"):
        raise Refusal("REQ_003", "Give one of file, file_url and form_id")
    id = form.need("form_id")
    if id not in house.forms:
        raise unknown("Form", id)
    return house.forms[id]


def pdf(house: House, paper: Paper) -> Document:
    """The document, which must be a PDF."""
    document = house.document(paper.key)
    if document.mime_type != "application/pdf":
        raise Refusal("FILE_001", "Forms must be PDF files")
    return document


def result(
    job: Job,
    deed: str,
    paper: Paper,
    count: int,
    fields: list[Any],
    house: House,
    origin: str,
) -> dict[str, Any]:
    """A FormResult; fill and clear say honestly that they changed nothing."""
    id = made_id(job.id, "form")
    house.forms[id] = paper
    body: dict[str, Any] = {
        "form_id": id,
        "page_count": count,
        "pdf_url": f"{origin}/results/{job.id}/pdf",
        "form_fields": fields,
    }
    if deed in COUNTS:
        body |= {COUNTS[deed]: 0, "warnings": [NOTE]}
    return body | house.charge(job.id, COSTS[deed] * count, count)


def form_cells(document: Document, number: int) -> Iterator[dict[str, Any]]:
    """The place beside each label of a page, with what stands in it."""
    for line in cells(document.pages[number - 1]):
        for cell, after in pairwise([*line, None]):
            assert cell is not None
            said = LABEL.fullmatch(cell.text)
            if not said:
                continue
            text, place = filled(cell, said["value"], after)
            yield form_cell(number, said["label"], text, place)


def filled(cell: Cell, value: str | None, after: Cell | None) -> tuple[str, Polygon]:
    """What stands beside a label, and where."""
    if value:
        return value, cell.polygon
    if after and not LABEL.fullmatch(after.text):
        return after.text, after.polygon
    (_, top), (right, _), (_, bottom), _ = cell.polygon
    end = min(1.0, right + ROOM)
    return "", [[right, top], [end, top], [end, bottom], [right, bottom]]


def form_cell(number: int, label: str, text: str, place: Polygon) -> dict[str, Any]:
    """A FormCell; its box is the top left and the bottom right corner."""
    tick = TICKS.get(text)
    cell: dict[str, Any] = {
        "page_number": number,
        "bounding_box": [*place[0], *place[2]],
        "text": text,
        "type": "checkbox" if tick is not None else "text",
    }
    if "signature" in label.lower():
        cell["type"] = "signature"
    if tick is not None:
        center = [sum(corner[axis] for corner in place) / 4 for axis in (0, 1)]
        cell["checkbox_details"] = [{"center_coord": center, "selected": tick, "text": label}]
    return cell
