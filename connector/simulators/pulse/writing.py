"""How are blocks written down? As Markdown, as Markdown with ids, as HTML, as XML."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from connector.simulators.pulse.blocks import FIGURE, FOOTER, TABLE, TITLE, Block

TAGS = {FOOTER: "footer", FIGURE: "figure", TABLE: "table"}
BB = {TITLE: "title", FOOTER: "footer", FIGURE: "image", TABLE: "table"}

Captions = dict[str, str]
"""Block id -> what stands for a figure."""


def markdown(blocks: Iterable[Block], captions: Captions | None = None) -> str:
    """Clean Markdown: titles, paragraphs, pipe tables, figures with their captions."""
    return "\n\n".join(part for b in blocks if (part := markdown_of(b, captions or {})))


def markdown_of(block: Block, captions: Captions) -> str:
    """One block."""
    if block.kind == TITLE:
        return f"{'#' * block.level} {block.text}"
    if block.kind == FIGURE:
        return f"![{captions.get(block.id, '')}]({block.id})"
    if block.kind != TABLE:
        return block.text
    header, *rows = [[cell.text.replace("|", r"\|") for cell in row] for row in block.rows]
    ruled = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in ruled)


def html(blocks: Iterable[Block], ids: bool = False) -> str:
    """A fragment of HTML; with ``ids``, each element names its bounding box (``data-bb-...``)."""
    return "\n".join(html_of(block, ids) for block in blocks)


def html_of(block: Block, ids: bool = False) -> str:
    """One block."""
    tag = f"h{block.level}" if block.kind == TITLE else TAGS.get(block.kind, "p")
    mark = f' data-bb-{BB.get(block.kind, "text")}-id="{block.id}"' if ids else ""
    return f"<{tag}{mark}>{inside(block)}</{tag}>"


def rows_of(block: Block) -> str:
    """The rows of a table, header first."""
    written = []
    for index, row in enumerate(block.rows):
        tag = "td" if index else "th"
        written.append("".join(f"<{tag}>{escape(cell.text)}</{tag}>" for cell in row))
    return "".join(f"<tr>{row}</tr>" for row in written)


def xml(blocks: Iterable[Block]) -> str:
    """A document of elements named by kind."""
    written = "".join(
        f'<{b.kind.lower()} id="{b.id}" page="{b.page}">{inside(b)}</{b.kind.lower()}>'
        for b in blocks
    )
    return f"<document>{written}</document>"


def inside(block: Block) -> str:
    """What an element of HTML or XML holds."""
    return rows_of(block) if block.kind == TABLE else escape(block.text)
