"""What do Pulse's tests stand on? A Pulse whose clock is in the test's hand."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from connector.simulators import SIMULATORS, Options

DOCUMENTS = Path(__file__).parents[2] / "samples" / "documents"
KEY = {"x-api-key": "pulse_test"}
START = 1_774_000_000.25
PNG = b"\x89PNG\r\n\x1a\n and pixels"


class Bench:
    """A simulator, asked without a network; ``now`` is its clock, ``slept`` what it waited."""

    def __init__(self, switches: dict[str, str] | None = None, **options: Any) -> None:
        self.now, self.slept = START, 0.0
        given = Options(
            clock=lambda: self.now, sleep=self._sleep, switches=switches or {}, **options
        )
        self.app = SIMULATORS["pulse"](given)
        self.client: FlaskClient = self.app.test_client()

    def _sleep(self, seconds: float) -> None:
        self.slept += seconds

    def extract(
        self, file: str | bytes | None = "invoice.pdf", path: str = "/extract", **fields: Any
    ) -> TestResponse:
        """Order as multipart, as the SDK does. ``file`` names a sample or is the bytes."""
        form = dict(fields)
        if isinstance(file, str):
            form["file"] = (io.BytesIO((DOCUMENTS / file).read_bytes()), file)
        elif file is not None:
            form["file"] = (io.BytesIO(file), "given.pdf")
        return self.client.post(path, data=form, headers=KEY, content_type="multipart/form-data")

    def order(self, file: str | bytes | None = "invoice.pdf", **fields: Any) -> str:
        """An accepted asynchronous extraction: the id of its job."""
        answer = self.extract(file, **{"async": "true", **fields})
        assert answer.status_code in (200, 202), answer.json
        return str(answer.json["job_id"])  # type: ignore[index]

    def post(self, path: str, **body: Any) -> TestResponse:
        """JSON with the key."""
        return self.client.post(path, json=body, headers=KEY)

    def get(self, url: str) -> TestResponse:
        """Ask with the key."""
        return self.client.get(url, headers=KEY)

    def job(self, id: str) -> dict[str, Any]:
        """``GET /job/{id}``, which must be a 200."""
        answer = self.get(f"/job/{id}")
        assert answer.status_code == 200, answer.json
        return answer.json  # type: ignore[return-value]

    def result(self, file: str | bytes | None = "invoice.pdf", **fields: Any) -> dict[str, Any]:
        """The result of an asynchronous extraction at its end."""
        id = self.order(file, **fields)
        self.now += 10
        job = self.job(id)
        assert job["status"] == "completed", job
        return job["result"]  # type: ignore[no-any-return]

    def extraction(self, file: str = "invoice.pdf", **fields: Any) -> str:
        """The id of a stored extraction."""
        return str(self.result(file, **fields)["extraction_id"])

    def log(self) -> dict[str, Any]:
        """What the simulator saw."""
        return self.client.get("/_simulator/log").json  # type: ignore[return-value]


def code(answer: TestResponse, status: int) -> str:
    """The code of an error that has Pulse's shape and this status."""
    assert answer.status_code == status, answer.json
    assert set(answer.json) == {"error"}  # type: ignore[arg-type]
    error = answer.json["error"]  # type: ignore[index]
    assert set(error) == {"code", "message", "details"}
    assert error["message"]
    return str(error["code"])
