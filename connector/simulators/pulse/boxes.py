"""Where does each block stand? ``bounding_boxes`` and the other lists of places.

A box is eight numbers, the corners from the top left clockwise as parts of the page (0 to 1).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from connector.simulators.documents import Document
from connector.simulators.layout import Polygon, words
from connector.simulators.pulse.blocks import FIGURE, TABLE, TEXT, Block
from connector.simulators.pulse.writing import html, html_of

SURE = 1.0
"""The confidence of text that was printed as text: nothing was recognised."""
MARK = re.compile(r"(?P<symbol>[*†‡§]|\[\d{1,2}\])\s?\S")


def bounding_boxes(
    blocks: Sequence[Block], captions: Mapping[str, str], urls: Mapping[str, str]
) -> dict[str, Any]:
    """The blocks by kind, only the kinds there are."""
    boxes: dict[str, Any] = {}
    for block in blocks:
        if block.kind == TABLE:
            entry = table_entry(block)
        elif block.kind == FIGURE:
            entry = figure_entry(block, captions.get(block.id), urls.get(block.id))
        else:
            entry = text_entry(block)
        boxes.setdefault(block.kind, []).append(entry)
    return {**boxes, "markdown_with_ids": html(blocks, ids=True)}


def text_entry(block: Block) -> dict[str, Any]:
    """A title, a paragraph or a footer."""
    return {
        "id": block.id,
        "content": block.text,
        "original_content": block.text,
        "bounding_box": flat(block.polygon),
        "page_number": block.page,
        "average_word_confidence": SURE,
    }


def table_entry(block: Block) -> dict[str, Any]:
    """A table with its cells; rows and columns count from 0, the header is row 0."""
    box = flat(block.polygon)
    return {
        "table_info": {
            "id": block.id,
            "dimensions": [len(block.rows), len(block.rows[0])],
            "is_chart": False,
            "location": {"page_number": block.page, "bounding_box": box},
        },
        "cell_data": [
            {"row": row, "col": col, "text": cell.text, "bounding_box": flat(cell.polygon)}
            for row, line in enumerate(block.rows)
            for col, cell in enumerate(line)
        ],
        "content": html_of(block),
        "bounding_box": box,
        "page_number": block.page,
    }


def figure_entry(block: Block, caption: str | None, url: str | None) -> dict[str, Any]:
    """A figure, with what was asked for."""
    entry: dict[str, Any] = {
        "id": block.id,
        "visual_type": "image",
        "page_number": block.page,
        "bounding_box": flat(block.polygon),
    }
    return (
        entry | ({"description": caption} if caption else {}) | ({"image_url": url} if url else {})
    )


def word_boxes(document: Document, pages: Sequence[int]) -> dict[str, Any]:
    """``wlbb``: every word of a PDF; Pulse does this for PDFs only."""
    if document.mime_type != "application/pdf":
        return {"words": [], "error": "Word-level bounding boxes are available for PDFs only"}
    found = [(page, word) for page in pages for word in words(document.pages[page - 1])]
    return {
        "words": [
            {
                "id": f"w-{index}",
                "text": word.text,
                "page_number": page,
                "bounding_box": flat(word.polygon),
                "average_word_confidence": SURE,
            }
            for index, (page, word) in enumerate(found, 1)
        ]
    }


def footnotes(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """Paragraphs that begin with a mark, and the paragraphs that have the mark elsewhere."""
    texts = [block for block in blocks if block.kind == TEXT]
    found = []
    for note in texts:
        if mark := MARK.match(note.text):
            symbol = mark["symbol"]
            pointing = [b.id for b in texts if b is not note and symbol in b.text[1:]]
            found.append(
                {"symbol": symbol, "footnoteTextId": note.id, "referenceTextIds": pointing}
            )
    return found


def flat(polygon: Polygon) -> list[float]:
    """Corners as one list of numbers."""
    return [part for corner in polygon for part in corner]
