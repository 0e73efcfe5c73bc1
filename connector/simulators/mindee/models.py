"""Which models does the simulated organisation have, and how are they searched?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PER_PAGE = 50
SLUGS = ("extraction", "classification", "crop", "split", "ocr")


@dataclass(frozen=True, slots=True)
class Model:
    """One model; ``product`` is one of SLUGS, ``webhooks`` are ``{"id", "name", "url"}``."""

    id: str
    name: str
    product: str
    webhooks: tuple[Mapping[str, str], ...] = field(default=())

    def document(self) -> dict[str, Any]:
        """As ``GET /v2/search/models`` lists it."""
        hooks = [dict(hook) for hook in self.webhooks]
        return {"id": self.id, "name": self.name, "model_type": self.product, "webhooks": hooks}


LEDGER = {
    "id": "5b0a1f6e-4c1d-4d0e-9a55-0d3a7c2f8e11",
    "name": "Ledger",
    "url": "https://ledger.example/hooks/mindee",
}
ARCHIVE = {
    "id": "c2f4be7a-91d3-4f6b-8c07-6a2d1e9b5f42",
    "name": "Archive",
    "url": "https://archive.example/hooks/mindee",
}
MODELS = (
    Model("8f6f3c1e-2b7a-4d55-9a0e-1c4b7d2e6f01", "Invoice", "extraction", (LEDGER, ARCHIVE)),
    Model("2d9b7a54-6e13-4c8f-b1d7-5f0a3e8c9b02", "Receipt", "extraction", (LEDGER,)),
    Model("a41c8e07-95f2-4b36-8d1a-7e6c0b3f2d03", "Any document", "extraction"),
    Model("6c0e5d92-3a48-4f71-a6b9-8d2f1c7e4a04", "Document classifier", "classification"),
    Model("f7b21d3a-8c56-4e09-9f42-0a5e6d1b8c05", "Document cropper", "crop"),
    Model("13e8a6f5-d07c-4a92-b5e3-9c4d2f6a1b06", "Page splitter", "split", (ARCHIVE,)),
    Model("9ad47c60-1f3e-4b85-8e27-4b6f5c0d3a07", "Text reader", "ocr"),
)
BY_ID = {model.id: model for model in MODELS}


def search(name: str, product: str, page: int, per_page: int) -> dict[str, Any]:
    """One page (from 1) of the models whose name contains ``name``; empty strings match all."""
    chosen = [
        model
        for model in MODELS
        if name.lower() in model.name.lower() and product in ("", model.product)
    ]
    start = (page - 1) * per_page
    return {
        "models": [model.document() for model in chosen[start : start + per_page]],
        "pagination": {
            "per_page": per_page,
            "page": page,
            "total_items": len(chosen),
            "total_pages": math.ceil(len(chosen) / per_page),
            "total_items_unfiltered": len(MODELS) if name or product else None,
        },
    }
