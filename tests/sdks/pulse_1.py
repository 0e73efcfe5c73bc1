"""What does Pulse's Python SDK 1.x make of the API it is pointed at? Prints JSON.

``pulse_1.py STORY URL KEY FILE``; run with that SDK on the path. ``PULSE_API_KEY`` would be read
when the SDK is imported, so the key is given to the client.
"""

from __future__ import annotations

import base64
import json
import sys
import time
from pathlib import Path
from typing import Any

from pulse import Pulse
from pulse.core.api_error import ApiError
from pulse.types.batch_file_upload import BatchFileUpload
from pulse.types.batch_input_source import BatchInputSource
from pulse.types.batch_output_destination import BatchOutputDestination
from pulse.types.extract_request_extensions import ExtractRequestExtensions
from pulse.types.extract_request_extensions_chunking import ExtractRequestExtensionsChunking
from pulse.types.schema_config import SchemaConfig
from pulse.types.split_config import SplitConfig
from pulse.types.tables_config import TablesConfig
from pulse.types.topic_definition import TopicDefinition

SCHEMA = SchemaConfig(input_schema={"properties": {"total_amount": {"type": "number"}}})
SPLIT = SplitConfig(split_input=[TopicDefinition(name="payment", description="bank account")])
PAGES = ExtractRequestExtensions(
    chunking=ExtractRequestExtensionsChunking(chunk_types=["page"], chunk_size=5000)
)


def finished(client: Pulse, id: str) -> tuple[list[str], Any]:
    """Poll as Pulse's page does, only faster: the statuses seen, and the last answer."""
    seen: list[str] = []
    while True:
        job = client.jobs.get_job(job_id=id)
        if job.status not in seen:
            seen.append(job.status)
        if job.status not in ("pending", "processing"):
            return seen, job
        time.sleep(0.05)


def opened(path: Path) -> tuple[str, bytes, str]:
    """A file as the SDK takes it."""
    return (path.name, path.read_bytes(), "application/pdf")


def submitted(client: Pulse, path: Path, **more: Any) -> str:
    """An asynchronous extraction; typed as a result, its ``job_id`` is an extra attribute."""
    answer = client.extract(file=opened(path), async_=True, **more)
    assert answer.markdown is None
    return str(answer.job_id)


def later(client: Pulse, path: Path) -> dict[str, Any]:
    """Submit, poll, result."""
    ack = client.extract(file=opened(path), async_=True, extensions=PAGES)
    seen, job = finished(client, str(ack.job_id))
    return {
        "ack": ack.status,
        "seen": seen,
        "start": job.result["markdown"][:24],
        "chunks": len(job.result["extensions"]["chunking"]["page"]),
        "plan": job.result["plan-info"]["tier"],
        "created": job.created_at.isoformat(),
    }


def at_once(client: Pulse, path: Path) -> dict[str, Any]:
    """A synchronous extraction, and every step after it, synchronous too."""
    done = client.extract(file=opened(path), pages="1-2", extensions=PAGES)
    id = str(done.extraction_id)
    split = client.split(extraction_id=id, split_config=SPLIT)
    schema = client.schema(extraction_id=id, schema_config=SCHEMA)
    tables = client.tables(extraction_id=id, tables_config=TablesConfig(merge=True))
    return {
        "pages": done.page_count,
        "tier": done.plan_info.tier,
        "title": done.bounding_boxes.title[0].content,
        "table": done.bounding_boxes.tables[0].table_info.dimensions,
        "chunks": len(done.extensions.chunking.page),
        "payment": split.split_output.splits["payment"],
        "total": schema.schema_output.values["total_amount"],
        "tables": len(tables.tables_output.tables),
        "link": client.webhooks.create_webhook_link().link[:8],
    }


def steps(client: Pulse, path: Path) -> dict[str, Any]:
    """The acknowledgements of the steps after an extraction, and what became of them."""
    _, job = finished(client, submitted(client, path))
    id = job.result["extraction_id"]
    split = client.split(extraction_id=id, split_config=SPLIT, async_=True)
    schema = client.schema(extraction_id=id, schema_config=SCHEMA, async_=True)
    tables = client.tables(extraction_id=id, async_=True)
    ids = {"split": split.job_id, "schema": schema.job_id, "tables": tables.tables_id}
    return {name: sorted(finished(client, id)[1].result) for name, id in ids.items()}


def batch(client: Pulse, path: Path) -> dict[str, Any]:
    """Two files at once."""
    content = base64.b64encode(path.read_bytes()).decode()
    ack = client.batch.extract(
        input=BatchInputSource(
            files=[BatchFileUpload(filename=name, content=content) for name in ("a", "b")]
        ),
        output=BatchOutputDestination(s_3_prefix="s3://results/"),
    )
    first = client.jobs.get_job(job_id=ack.batch_job_id).result["progress"]
    done = finished(client, ack.batch_job_id)[1].result
    return {"total": ack.total_files, "first": first, "last": done["progress"]}


def cancel(client: Pulse, path: Path) -> dict[str, Any]:
    """A job that is stopped."""
    id = submitted(client, path)
    message = client.jobs.cancel_job(job_id=id).message
    return {"message": message, "status": client.jobs.get_job(job_id=id).status}


def large(client: Pulse, path: Path) -> dict[str, Any]:
    """A result behind a link: the second reading raises GoneError."""
    id = submitted(client, path)
    _, job = finished(client, id)
    whole = client.large_results.get_large_result(job_id=id)
    try:
        client.large_results.get_large_result(job_id=id)
        second = "nothing raised"
    except ApiError as error:
        second = type(error).__name__
    return {"link": job.result, "pages": whole.page_count, "second": second}


def form(client: Pulse, path: Path) -> dict[str, Any]:
    """A form and its PDF."""
    done = client.form.detect(file=opened(path))
    id = str(done.pdf_url).split("/")[-2]
    content = b"".join(client.results.get_pdf(job_id=id))
    return {"cells": len(done.form_fields), "same": content == path.read_bytes()}


def fill(client: Pulse, path: Path) -> dict[str, Any]:
    """A form that is filled in later, and its PDF; typed as a result, like an extraction."""
    ack = client.form.fill(file=opened(path), instructions="Paid: yes", async_="true")
    _, job = finished(client, str(ack.job_id))
    start = b"".join(client.results.get_pdf(job_id=job.job_id))[:5].decode()
    return {"form": ack.form_id, "filled": job.result["fields_filled"], "start": start}


def excel(client: Pulse, path: Path) -> dict[str, Any]:
    """A template that is filled. This version of the SDK has no words for it any more: what it
    does not know it sends and shows all the same, and the workbook is fetched with its client."""
    template = base64.b64encode(path.with_suffix(".xlsx").read_bytes()).decode()
    id = str(client.extract(file=opened(path)).extraction_id)
    config = SchemaConfig(excel_template=template, schema_prompt="All lines.")
    done = client.schema(extraction_id=id, schema_config=config)
    http = client.with_raw_response._client_wrapper.httpx_client
    got = http.request(str(done.excel_output_url).lstrip("/"), method="GET")
    rows = len(done.schema_output.values["lines"])
    return {"rows": rows, "start": got.content[:2].decode(), "status": got.status_code}


TOLD = (later, at_once, steps, batch, cancel, large, form, fill, excel)
STORIES = {story.__name__: story for story in TOLD}


def main(story: str, url: str, key: str, file: str) -> dict[str, Any]:
    """One story, or what the SDK raised."""
    try:
        return STORIES[story](Pulse(api_key=key, base_url=url), Path(file))
    except ApiError as error:
        return {"raised": type(error).__name__, "status": error.status_code, "body": error.body}


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
