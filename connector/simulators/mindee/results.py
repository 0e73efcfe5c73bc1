"""What is the result of a job? One shape for each product, as Mindee's fixtures have it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from connector.simulators.documents import Document
from connector.simulators.fields import Fields, Found, find_fields
from connector.simulators.kinds import kind_of, runs
from connector.simulators.layout import around, words
from connector.simulators.mindee.jobs import Job
from connector.simulators.mindee.orders import EXTRACTION, Wishes
from connector.simulators.mindee.schema import fill

NOTE = "simulator_note"
"""The field that says, instead of any other, why nothing was read."""


def inference(job: Job, document: Document) -> dict[str, Any]:
    """The body of ``GET result_url``. The inference has the job's id: old SDKs build on that."""
    order = job.order
    body = {
        "id": job.id,
        "job": {"id": job.id},
        "model": {"id": order.model_id},
        "file": {
            "name": order.filename,
            "alias": order.alias,
            "page_count": len(document.pages),
            "mime_type": document.mime_type,
        },
        "result": RESULTS[order.product](document, order.wishes),
    }
    if order.product == EXTRACTION:  # the other products leave it out
        body["active_options"] = active(order.wishes)
    return {"inference": body}


def active(wishes: Wishes) -> dict[str, Any]:
    """What was switched on."""
    return {
        "raw_text": wishes.raw_text,
        "polygon": wishes.polygon,
        "confidence": wishes.confidence,
        "rag": wishes.rag,
        "multipage_context": False,
        "text_context": bool(wishes.text_context),
        "data_schema": {"replace": wishes.schema is not None},
    }


def extraction(document: Document, wishes: Wishes) -> dict[str, Any]:
    """Fields by name, and what was asked for beside them."""
    fields = find_fields(document.pages)
    pages = [{"content": page.strip()} for page in document.pages]
    return {
        "fields": {
            name: written(found, wishes) for name, found in chosen(document, fields, wishes).items()
        },
        "raw_text": {"pages": pages} if wishes.raw_text else None,
        "rag": {"retrieved_document_id": None} if wishes.rag else None,
    }


def chosen(document: Document, fields: Fields, wishes: Wishes) -> dict[str, Any]:
    """The fields to write: those of the schema, else all that were found."""
    if wishes.schema is not None:
        return fill(fields, wishes.schema, "\n".join(document.pages))
    if document.note:
        return {NOTE: Found(document.note, document.note, 0, [])}
    return {**fields.values, **fields.tables}


def written(found: Any, wishes: Wishes) -> dict[str, Any]:
    """A field as Mindee writes it: a value, a list of items, or an object of fields."""
    if isinstance(found, list):
        return {"items": [written(one, wishes) for one in found]}
    if isinstance(found, dict):
        return {"fields": {name: written(one, wishes) for name, one in found.items()}}
    if found is None:
        return {"value": None, "confidence": None, "locations": []}
    placed = wishes.polygon and found.polygon
    return {
        "value": found.value,
        "confidence": confidence(found) if wishes.confidence else None,
        "locations": [{"polygon": found.polygon, "page": found.page}] if placed else [],
    }


def confidence(found: Found) -> str:
    """A word, not a number: text is taken as it stands, anything else was interpreted."""
    return "Certain" if isinstance(found.value, str) and found.value == found.text else "High"


def classification(document: Document, _: Wishes) -> dict[str, Any]:
    """What kind of document this is."""
    return {"classification": {"document_type": kind_of("\n".join(document.pages))}}


def crop(document: Document, _: Wishes) -> dict[str, Any]:
    """One object on each page: all that is printed on it."""
    return {
        "crops": [
            {"object_type": kind_of(page), "location": {"polygon": around(page), "page": index}}
            for index, page in enumerate(document.pages)
        ]
    }


def split(document: Document, _: Wishes) -> dict[str, Any]:
    """Runs of pages that belong together; both ends counted from 0 and included."""
    return {
        "splits": [
            {"page_range": [first, last], "document_type": kind}
            for first, last, kind in runs(document.pages)
        ]
    }


def ocr(document: Document, _: Wishes) -> dict[str, Any]:
    """Every word and where it stands. The SDKs want the page's ``content`` too."""
    return {
        "pages": [
            {
                "words": [{"content": w.text, "polygon": w.polygon} for w in words(page)],
                "content": page.strip(),
            }
            for page in document.pages
        ]
    }


RESULTS: dict[str, Callable[[Document, Wishes], dict[str, Any]]] = {
    "extraction": extraction,
    "classification": classification,
    "crop": crop,
    "split": split,
    "ocr": ocr,
}
