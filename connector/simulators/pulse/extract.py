"""What does an extraction ask for, and what is its result?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from connector.simulators.documents import Document
from connector.simulators.pulse.blocks import FIGURE, Block, read_blocks
from connector.simulators.pulse.boxes import bounding_boxes, footnotes, word_boxes
from connector.simulators.pulse.chunks import CHUNKERS, SIZE, chunk
from connector.simulators.pulse.form import Form
from connector.simulators.pulse.house import Extraction, House, Paper, Task, made_id
from connector.simulators.pulse.jobs import Job
from connector.simulators.pulse.pages import choose, read_pages
from connector.simulators.pulse.problems import Refusal, unknown
from connector.simulators.pulse.schemas import Source, check_schema, fill
from connector.simulators.pulse.writing import html, markdown, xml

MODELS = {"default": 1, "pulse-ultra-2": 10}
"""Model -> credits a page costs."""
PLATFORM = "https://platform.runpulse.com/dashboard/extractions/"
CAPTION = "An image that fills the page; this simulator does not read pixels."
OLD = {
    "chunking": "extensions.chunking",
    "chunk_size": "extensions.chunking.chunk_size",
    "return_html": "extensions.alt_outputs.return_html",
    "show_images": "figure_processing.show_images",
    "figure_description": "figure_processing.description",
    "extract_figure": "figure_processing",
    "structured_output": "the /schema endpoint",
    "schema": "the /schema endpoint",
    "schema_prompt": "the /schema endpoint",
    "custom_prompt": "figure_processing or extensions",
    "thinking": "nothing",
}
"""Deprecated parameter, still taken -> what to use instead."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What an extraction was asked to do and to add. ``chunks`` and ``html`` come in the old
    place too when they were asked for in the old way."""

    pages: tuple[tuple[int, int], ...]
    credits: int
    stored: bool
    chunks: tuple[str, ...]
    chunk_size: int
    footnotes: bool
    words: bool
    html: bool
    xml: bool
    description: bool
    images: bool
    schema: dict[str, Any] | None
    old: tuple[str, ...]


def extract_task(form: Form, house: House) -> Task:
    """``POST /extract``; wrong options and files are refused at once."""
    wishes = read_wishes(form)
    paper = house.take(form, keep=wishes.images)
    seen = {"filename": paper.name, "sha256": paper.sha256, "file_url": paper.url}
    return Task(
        paper.name, paper.key, lambda job: result(job, paper, wishes, house, form.origin), seen
    )


def read_wishes(form: Form) -> Wishes:
    """All options, the deprecated ones included."""
    if form.given("extraction_config_id"):
        raise unknown("Extraction configuration", form.need("extraction_config_id"))
    model = form.text("model") or "default"
    if model not in MODELS:
        raise Refusal("REQ_003", f"model must be one of {', '.join(MODELS)}", parameter="model")
    extensions, figures = form.inside("extensions"), form.inside("figure_processing")
    chunking, alt = extensions.inside("chunking"), extensions.inside("alt_outputs")
    kinds = (*chunking.texts("chunk_types"), *form.texts("chunking"))
    if wrong := [kind for kind in kinds if kind not in CHUNKERS]:
        raise Refusal("REQ_003", f"There is no chunk type {wrong[0]}", allowed=list(CHUNKERS))
    sizes = [part.number("chunk_size", 100, 10_000, "REQ_005") for part in (chunking, form)]
    return Wishes(
        pages=read_pages(form.text("pages")),
        credits=MODELS[model],
        stored=form.inside("storage").flag("enabled", default=True),
        chunks=tuple(dict.fromkeys(kinds)),
        chunk_size=sizes[0] or sizes[1] or SIZE,
        footnotes=extensions.flag("footnote_references"),
        words=alt.flag("wlbb"),
        html=alt.flag("return_html") or form.flag("return_html"),
        xml=alt.flag("return_xml"),
        description=figures.flag("description") or form.flag("figure_description"),
        images=figures.flag("show_images") or form.flag("show_images"),
        schema=old_schema(form),
        old=tuple(name for name in OLD if form.given(name)),
    )


def old_schema(form: Form) -> dict[str, Any] | None:
    """The schema of the deprecated ``structured_output`` or ``schema``."""
    schema = form.inside("structured_output").object("schema") or form.object("schema")
    return check_schema(schema) if schema else None


def result(job: Job, paper: Paper, wishes: Wishes, house: House, origin: str) -> dict[str, Any]:
    """The whole result; it puts the extraction where later steps find it."""
    document = house.document(paper.key)
    pages = tuple(choose(wishes.pages, len(document.pages)))
    blocks = read_blocks(document, pages)
    captions = {b.id: CAPTION for b in blocks if b.kind == FIGURE and wishes.description}
    urls = {
        b.id: f"{origin}/results/{job.id}/images/{b.id}.{document.mime_type.partition('/')[2]}"
        for b in blocks
        if b.kind == FIGURE and wishes.images
    }
    body: dict[str, Any] = {
        "markdown": markdown(blocks, captions),
        "page_count": len(pages),
        "bounding_boxes": bounding_boxes(blocks, captions, urls),
    }
    if wishes.stored:
        id = made_id(job.id, "extraction")
        house.extractions[id] = Extraction(id, paper.key, paper.name, pages)
        body |= {"extraction_id": id, "extraction_url": PLATFORM + id}
    if extensions := added(wishes, document, blocks, pages):
        body["extensions"] = extensions
    if warnings := [*filter(None, [document.note]), *deprecations(wishes)]:
        body["warnings"] = warnings
    return body | old_members(wishes, document, blocks, pages) | charged(job, wishes, house, pages)


def charged(job: Job, wishes: Wishes, house: House, pages: tuple[int, ...]) -> dict[str, Any]:
    """What it cost."""
    return house.charge(job.id, wishes.credits * len(pages), len(pages))


def added(
    wishes: Wishes, document: Document, blocks: tuple[Block, ...], pages: tuple[int, ...]
) -> dict[str, Any]:
    """``extensions``: a key for each that was asked for."""
    found: dict[str, Any] = {}
    if wishes.chunks:
        found["chunking"] = chunk(wishes.chunks, blocks, wishes.chunk_size)
    if wishes.footnotes:
        found["footnoteReferences"] = footnotes(blocks)
    alt: dict[str, Any] = {}
    if wishes.words:
        alt["wlbb"] = word_boxes(document, pages)
    if wishes.html:
        alt["html"] = html(blocks)
    if wishes.xml:
        alt["xml"] = xml(blocks)
    return found | ({"altOutputs": alt} if alt else {})


def deprecations(wishes: Wishes) -> list[str]:
    """A warning for each deprecated parameter."""
    return [f"Parameter '{name}' is deprecated; use {OLD[name]} instead." for name in wishes.old]


def old_members(
    wishes: Wishes, document: Document, blocks: tuple[Block, ...], pages: tuple[int, ...]
) -> dict[str, Any]:
    """The deprecated members, for those who asked in the deprecated way."""
    found: dict[str, Any] = {}
    if "chunking" in wishes.old:
        found["chunks"] = chunk(wishes.chunks, blocks, wishes.chunk_size)
    if "return_html" in wishes.old and wishes.html:
        found["html"] = html(blocks)
    if wishes.schema:
        source = Source(document, pages, blocks)
        found |= {
            "structured_output": fill(wishes.schema, [source]),
            "input_schema": wishes.schema,
        }
    return found
