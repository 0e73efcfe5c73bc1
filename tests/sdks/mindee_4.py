"""What does Mindee's Python SDK 4.26 make of the API it is pointed at? Prints JSON.

``mindee_4.py KEY MODEL FILE``; run with that SDK on the path and MINDEE_V2_BASE_URL ending in
``/v2``. This version knows extraction only, and builds the result's path itself.
"""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

from mindee import ClientV2, InferenceParameters
from mindee.error.mindee_error import MindeeError
from mindee.error.mindee_http_error_v2 import MindeeHTTPErrorV2
from mindee.input.polling_options import PollingOptions

HOOKS = ["5b0a1f6e-4c1d-4d0e-9a55-0d3a7c2f8e11", "c2f4be7a-91d3-4f6b-8c07-6a2d1e9b5f42"]


def main(key: str, model: str, file: str) -> dict[str, Any]:
    """One document from submit to result, or what the SDK raised."""
    client = ClientV2(key)
    params = InferenceParameters(
        model, alias="our-4", webhook_ids=HOOKS, polling_options=PollingOptions(1, 1, 10)
    )
    try:
        done = client.enqueue_and_get_inference(client.source_from_path(file), params)
    except MindeeHTTPErrorV2 as error:
        return {"raised": "http", "status": error.status, "detail": error.detail}
    except MindeeError as error:
        return {"raised": "job", "message": str(error)}
    fields = done.inference.result.fields
    return {
        "alias": done.inference.file.alias,
        "total": fields["total_amount"].value,
        "items": len(fields["line_items"].items),
    }


if __name__ == "__main__":
    logging.disable()
    print(json.dumps(main(*sys.argv[1:])))
