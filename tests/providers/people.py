"""What do people do at DocuMind? They review; and programs extract without us."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

from tests.living import Living
from tests.providers.worlds import Ground

PAID = 478.2
BILL = {
    "named_entities": {
        "invoice_number": {"type": "string"},
        "total_amount": {"type": "number"},
    },
    "required": ["invoice_number", "total_amount"],
}
PARTIES = {
    "named_entities": {"supplier": {"type": "string"}, "total_amount": {"type": "number"}},
    "required": ["supplier", "total_amount"],
}
"""Two schemas for one document: what each brings can be told apart."""


def waiting(ground: Ground, id: str) -> dict[str, Any]:
    """The operation's document, once it waits for people and its extraction is known."""

    def known(op: dict[str, Any]) -> bool:
        jobs = {each["job"] for each in ground.orders("submit")}
        return op["status"] == "needs_review" and op["handle"] in jobs

    return ground.until(id, known)


def review(ground: Ground, extraction: str, **corrections: Any) -> None:
    """Ines reviews an extraction."""
    body = {"results": corrections, "reviewer": "ines"}
    url = f"{ground.system.provider}/_review/{extraction}"
    answer = requests.post(url, json=body, timeout=10)
    assert answer.ok, answer.text


def reviewed_by(name: str) -> str:
    """The id that DocuMind knows a person by."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, name))


def extract(system: Living, paper: Path, *schemas: Mapping[str, Any]) -> str:
    """Someone else uploads a document and has it read, once by each schema; the document's id."""
    base, headers = f"{system.provider}/api/v1", {"X-API-Key": "dm_of_someone"}
    with requests.Session() as session, paper.open("rb") as file:
        uploaded = session.post(f"{base}/upload", files={"files": file}, headers=headers)
        document = str(uploaded.json()[0])
        for schema in schemas:
            url = f"{base}/extract/{document}"
            answer = session.post(url, json={"schema": schema}, headers=headers)
            assert answer.ok, answer.text
    return document


def items(system: Living, **query: Any) -> list[dict[str, Any]]:
    """What DocuMind lists."""
    url = f"{system.provider}/api/v1/data/extractions"
    answer = requests.get(url, query, headers={"X-API-Key": "dm_of_someone"}, timeout=10)
    found: list[dict[str, Any]] = answer.json()["items"]
    return found
