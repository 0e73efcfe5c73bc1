"""What do the flows of these tests order? One document a provider, and fields that need no more.

Bodies are as a flow sends them by the definition: a file is base64 text, a schema JSON text.
"""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

from tests.living import MODEL, ROOT

DOCUMENTS = ROOT / "samples" / "documents"
BILL = {
    "named_entities": {"invoice_number": {"type": "string"}, "total_amount": {"type": "number"}},
    "required": ["invoice_number", "total_amount"],
}


def paper(name: str = "invoice.pdf", mark: str = "") -> dict[str, Any]:
    """A file's content and its name; ``mark`` makes it another file."""
    content = (DOCUMENTS / name).read_bytes() + (f"\n% {mark}".encode() if mark else b"")
    return {"document": b64encode(content).decode(), "document_name": name}


def order(alias: str = "", **more: Any) -> dict[str, Any]:
    """The fields of Mindee's extraction; ``alias`` comes back with the result."""
    return {**paper(), "model_id": MODEL, **({"alias": alias} if alias else {}), **more}


def job(provider: str, mark: str = "") -> tuple[str, dict[str, Any]]:
    """A provider's main action: its path, and a body for it."""
    return {
        "mindee": ("/extraction", order(mark)),
        "pulse": ("/extract", paper(mark=mark)),
        "documind": ("/extract", {**paper(mark=mark), "schema": json.dumps(BILL)}),
    }[provider]


WRONG_MODEL = "99999999-9999-4999-8999-999999999999"
