"""How is a document cut into chunks? Four strategies; nothing is lost and nothing is added."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from connector.simulators.pulse.blocks import TITLE, Block
from connector.simulators.pulse.writing import markdown

SIZE = 4000
"""Characters of a chunk when nobody says; Pulse takes 100 to 10 000 and names no default."""
BREAKS = ("\n\n", "\n", " ")

Groups = list[list[Block]]


def chunk(kinds: Sequence[str], blocks: Sequence[Block], size: int) -> dict[str, list[str]]:
    """The chunks by strategy, none longer than ``size``."""
    return {kind: CHUNKERS[kind](blocks, size) for kind in kinds}


def by_page(blocks: Sequence[Block], size: int) -> list[str]:
    """One chunk for each page."""
    return fitted(grouped(blocks, lambda before, b: before[-1].page != b.page), size)


def by_header(blocks: Sequence[Block], size: int) -> list[str]:
    """One chunk for each title and what follows it."""
    return fitted(
        grouped(blocks, lambda before, b: b.kind == TITLE and before[-1].kind != TITLE), size
    )


def by_meaning(blocks: Sequence[Block], size: int) -> list[str]:
    """Whole blocks kept together while they fit; a section begins anew."""

    def parts(before: list[Block], block: Block) -> bool:
        full = len(markdown([*before, block])) > size
        return full or (block.kind == TITLE and before[-1].kind != TITLE)

    return fitted(grouped(blocks, parts), size)


def by_size(blocks: Sequence[Block], size: int) -> list[str]:
    """The text cut at the last break that fits."""
    return list(pieces(markdown(blocks), size))


def grouped(blocks: Sequence[Block], parts: Callable[[list[Block], Block], bool]) -> Groups:
    """Neighbours together, until ``parts`` says that a new group begins."""
    groups: Groups = []
    for block in blocks:
        if groups and not parts(groups[-1], block):
            groups[-1].append(block)
        else:
            groups.append([block])
    return groups


def fitted(groups: Groups, size: int) -> list[str]:
    """The groups as text, those that are too long cut."""
    return [piece for group in groups for piece in pieces(markdown(group), size)]


def pieces(text: str, size: int) -> Iterator[str]:
    """Cut at a paragraph, else a line, else a word, else anywhere."""
    while len(text) > size:
        places = (text.rfind(mark, 1, size + 1) for mark in BREAKS)
        at = next((place for place in places if place > 0), size)
        yield text[:at].rstrip()
        text = text[at:].lstrip()
    if text:
        yield text


CHUNKERS: dict[str, Callable[[Sequence[Block], int], list[str]]] = {
    "semantic": by_meaning,
    "header": by_header,
    "page": by_page,
    "recursive": by_size,
}
