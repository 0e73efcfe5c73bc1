"""What do the tests of the simulators stand on? A Mindee whose clock is in the test's hand."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from connector.simulators import SIMULATORS, Options
from connector.simulators.mindee import MODELS

DOCUMENTS = Path(__file__).parents[2] / "samples" / "documents"
MODEL = {model.product: model.id for model in reversed(MODELS)}
KEY = {"Authorization": "md_test"}
START = 1_774_000_000.25


class Bench:
    """A simulator, asked without a network; ``now`` is its clock."""

    def __init__(self, **options: Any) -> None:
        self.now = START
        self.app = SIMULATORS["mindee"](Options(clock=lambda: self.now, **options))
        self.client: FlaskClient = self.app.test_client()

    def submit(
        self,
        file: str | bytes | None = "invoice.pdf",
        product: str = "extraction",
        path: str | None = None,
        **fields: Any,
    ) -> TestResponse:
        """Order as multipart. ``file`` names a sample document or is the bytes themselves."""
        form: dict[str, Any] = {"model_id": MODEL[product], **fields}
        if isinstance(file, str):
            form["file"] = (io.BytesIO((DOCUMENTS / file).read_bytes()), file)
        elif file is not None:
            form["file"] = (io.BytesIO(file), "given.pdf")
        target = path or f"/v2/products/{product}/enqueue"
        return self.client.post(target, data=form, headers=KEY, content_type="multipart/form-data")

    def get(self, url: str, **headers: str) -> TestResponse:
        """Ask with the key."""
        return self.client.get(url, headers={**KEY, **headers})

    def finish(self, *given: Any, **fields: Any) -> dict[str, Any]:
        """Order, let the time pass, check: the job's members at the end."""
        job = self.submit(*given, **fields).json["job"]  # type: ignore[index]
        self.now += 10
        return self.get(f"/v2/jobs/{job['id']}?redirect=false").json["job"]  # type: ignore[index]

    def result(self, *given: Any, **fields: Any) -> dict[str, Any]:
        """Order and fetch: the inference."""
        job = self.finish(*given, **fields)
        return self.get(job["result_url"]).json["inference"]  # type: ignore[index]

    def log(self) -> dict[str, Any]:
        """What the simulator saw."""
        return self.client.get("/_simulator/log").json  # type: ignore[return-value]
