"""What does Mindee's Python SDK 5.x make of the API it is pointed at? Prints JSON.

``mindee_5.py KEY PRODUCT MODEL FILE``; run with that SDK on the path and MINDEE_V2_BASE_URL set.
"""

from __future__ import annotations

import json
import logging
import sys
from typing import Any

from mindee.client_options.polling_options import PollingOptions
from mindee.error import MindeeError
from mindee.input import PathInput
from mindee.v2.client import Client
from mindee.v2.error import MindeeHTTPErrorV2
from mindee.v2.product.classification.classification_response import ClassificationResponse
from mindee.v2.product.classification.params import ClassificationParameters
from mindee.v2.product.crop.crop_response import CropResponse
from mindee.v2.product.crop.params import CropParameters
from mindee.v2.product.extraction.extraction_response import ExtractionResponse
from mindee.v2.product.extraction.params import ExtractionParameters
from mindee.v2.product.ocr import OCRParameters, OCRResponse
from mindee.v2.product.split.params import SplitParameters
from mindee.v2.product.split.split_response import SplitResponse
from mindee.v2.search.models.model_search_parameters import ModelSearchParameters

HOOKS = ["5b0a1f6e-4c1d-4d0e-9a55-0d3a7c2f8e11", "c2f4be7a-91d3-4f6b-8c07-6a2d1e9b5f42"]
PRODUCTS: dict[str, tuple[Any, Any]] = {
    "extraction": (ExtractionResponse, ExtractionParameters),
    "classification": (ClassificationResponse, ClassificationParameters),
    "crop": (CropResponse, CropParameters),
    "split": (SplitResponse, SplitParameters),
    "ocr": (OCRResponse, OCRParameters),
}
READERS: dict[str, Any] = {
    "extraction": lambda r: {
        "total": r.fields["total_amount"].value,
        "place": str(r.fields["total_amount"].locations[0]),
        "items": len(r.fields["line_items"].object_items),
        "raw": r.raw_text.pages[0].content[:24],
    },
    "classification": lambda r: {"type": r.classification.document_type},
    "crop": lambda r: {"crops": [[crop.object_type, crop.location.page] for crop in r.crops]},
    "split": lambda r: {"splits": [[s.document_type, s.page_range] for s in r.splits]},
    "ocr": lambda r: {"words": [word.content for word in r.pages[0].words[:4]]},
}


def main(key: str, product: str, model: str, file: str) -> dict[str, Any]:
    """One document from submit to result, or what the SDK raised."""
    response, parameters = PRODUCTS[product]
    asked: dict[str, Any] = {
        "model_id": model,
        "alias": "our-7",
        "webhook_ids": HOOKS,
        "polling_options": PollingOptions(1, 1, 10),
    }
    if product == "extraction":
        asked |= {"raw_text": True, "polygon": True, "confidence": True, "rag": False}
    client = Client(key)
    try:
        done = client.enqueue_and_get_result(response, PathInput(file), parameters(**asked))
        found = client.search(ModelSearchParameters(model_type=product))
    except MindeeHTTPErrorV2 as error:
        return {"raised": "http", "status": error.status, "code": error.code}
    except MindeeError as error:
        return {"raised": "job", "message": str(error)}
    inference = done.inference
    return {
        "alias": inference.file.alias,
        "pages": inference.file.page_count,
        "models": [one.id for one in found.models],
        **READERS[product](inference.result),
    }


if __name__ == "__main__":
    logging.disable()
    print(json.dumps(main(*sys.argv[1:])))
