"""What kind of document is this? By the words that stand in it."""

from __future__ import annotations

OTHER = "other"
SIGNS = {
    "receipt": ("receipt", "subtotal", "tip:", "card ends", "cashier", "change due"),
    "invoice": ("invoice", "due date", "payment terms", "vat rate", "unit price"),
    "contract": ("agreement", "contract", "governing law", "parties", "lender", "effective date"),
    "purchase_order": ("purchase order", "ship to", "requested by"),
    "bank_statement": ("statement of account", "opening balance", "closing balance"),
    "resume": ("curriculum vitae", "work experience", "education"),
    "letter": ("dear ", "sincerely", "kind regards", "yours faithfully"),
}
TITLE = 3
"""A word in one of the first five lines counts this often: titles say what a document is."""


def kind_of(text: str) -> str:
    """A key of SIGNS, or ``other`` when no sign is found."""
    lines = [line for line in text.lower().split("\n") if line.strip()]
    body, title = "\n".join(lines), "\n".join(lines[:5])
    scores = {
        kind: sum((sign in body) + TITLE * (sign in title) for sign in signs)
        for kind, signs in SIGNS.items()
    }
    best = max(scores, key=lambda kind: scores[kind])
    return best if scores[best] else OTHER


def runs(pages: tuple[str, ...]) -> list[tuple[int, int, str]]:
    """Neighbouring pages of one kind as (first page, last page, kind), counted from 0.

    A page without signs goes on with the document before it.
    """
    found: list[tuple[int, int, str]] = []
    for index, page in enumerate(pages):
        kind = kind_of(page)
        if found and kind in (OTHER, found[-1][2]):
            found[-1] = (found[-1][0], index, found[-1][2])
        else:
            found.append((index, index, kind))
    return found
