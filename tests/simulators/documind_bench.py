"""What do the tests of DocuMind stand on? A DocuMind whose clock is in the test's hand."""

from __future__ import annotations

import io
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from connector.simulators import SIMULATORS, Options
from tests.simulators.bench import DOCUMENTS, START

KEY = {"X-API-Key": "dm_test"}
BASE = "/api/v1"
SCHEMA = {
    "type": "object",
    "named_entities": {
        "invoice_number": {"type": "string"},
        "invoice_date": {"type": "string", "format": "date"},
        "total_amount": {"type": "number", "description": "What is to be paid"},
        "reverse_charge": {"type": "boolean"},
    },
    "required": ["invoice_number", "total_amount"],
}


class Bench:
    """A simulator, asked without a network; ``now`` is its clock, and waiting moves it."""

    def __init__(self, **options: Any) -> None:
        self.now = START
        given = {"seconds": 0.0, "clock": lambda: self.now, "sleep": self.sleep, **options}
        self.app = SIMULATORS["documind"](Options(**given))
        self.client: FlaskClient = self.app.test_client()

    def sleep(self, seconds: float) -> None:
        """Time passes."""
        self.now += seconds

    def send(self, *files: str | tuple[str, bytes]) -> TestResponse:
        """Upload sample documents by name, or bytes under a name."""
        named = [
            (file, (DOCUMENTS / file).read_bytes()) if isinstance(file, str) else file
            for file in files
        ]
        form = {"files": [(io.BytesIO(content), name) for name, content in named]}
        return self.client.post(f"{BASE}/upload", data=form, headers=KEY)

    def upload(self, file: str | tuple[str, bytes] = "invoice.pdf") -> str:
        """Upload one; its document id."""
        return self.send(file).json[0]  # type: ignore[index,no-any-return]

    def extract(self, document: str, schema: Any = SCHEMA, **fields: Any) -> TestResponse:
        """Order an extraction."""
        body = {"schema": schema, **fields}
        return self.client.post(f"{BASE}/extract/{document}", json=body, headers=KEY)

    def ask(self, wanted: dict[str, Any], file: Any = "invoice.pdf", **fields: Any) -> Any:
        """Upload, extract these entities; the answer's JSON."""
        return self.extract(self.upload(file), {"named_entities": wanted}, **fields).json

    def get(self, path: str) -> TestResponse:
        """Ask with the key."""
        return self.client.get(BASE + path, headers=KEY)

    def items(self, query: str = "") -> list[dict[str, Any]]:
        """What the list answers."""
        return self.get(f"/data/extractions?{query}").json["items"]  # type: ignore[index,no-any-return]

    def waiting(self, file: str = "smudged.pdf") -> dict[str, Any]:
        """An extraction that needs a person: its item."""
        self.extract(self.upload(file))
        return self.items("limit=1")[0]

    def log(self) -> dict[str, Any]:
        """What the simulator saw."""
        return self.client.get("/_simulator/log").json  # type: ignore[return-value]
