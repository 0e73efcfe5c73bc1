"""What does a submit ask for? Three content types, one Order, or all that is wrong with it."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Request

from connector.simulators.download import is_loopback
from connector.simulators.mindee.form import Form, is_uuid4
from connector.simulators.mindee.models import BY_ID
from connector.simulators.mindee.problems import Problem, at
from connector.simulators.mindee.schema import read_schema

LONGEST_URL = 2048
SHORTEST_BASE64 = 15
EXTRACTION = "extraction"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What an extraction was asked to add; ``schema`` is the list of fields to answer instead."""

    rag: bool = False
    raw_text: bool = False
    polygon: bool = False
    confidence: bool = False
    text_context: str | None = None
    schema: tuple[Mapping[str, Any], ...] | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """A submit that was understood. It comes with ``content`` or ``url``, never both; a job keeps
    it without the content."""

    product: str
    model_id: str
    filename: str
    alias: str | None
    webhook_ids: tuple[str, ...]
    wishes: Wishes
    content: bytes | None
    url: str | None

    def sha256(self) -> str | None:
        """Of the bytes sent; None for a URL."""
        return None if self.content is None else hashlib.sha256(self.content).hexdigest()


def read_order(request: Request, product: str, loopback: bool) -> Order | list[Problem]:
    """The order in a request, or one problem for each wrong field. ``loopback`` lets ``url``
    be plain http on this machine."""
    values = given(request)
    if values is None:
        return [at("", "the body must be a JSON object")]
    form = Form(values)
    model_id = read_model(form, product)
    content, filename = read_file(form, request)
    url = read_url(form, loopback)
    sent = [*(name for name in ("url", "file_base64") if name in values), *request.files]
    if len(sent) != 1:
        form.wrong("file", "give exactly one of file, url and file_base64")
    order = Order(
        product=product,
        model_id=model_id,
        filename=form.text("filename") or filename or name_in(url) or "document",
        alias=form.text("alias"),
        webhook_ids=form.uuids("webhook_ids"),
        wishes=read_wishes(form) if product == EXTRACTION else Wishes(),
        content=content,
        url=url,
    )
    return form.errors or order


def given(request: Request) -> Mapping[str, Any] | None:
    """The fields as lists: of JSON, multipart or urlencoded alike; None for broken JSON."""
    if not request.is_json:
        return request.form.to_dict(flat=False)
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        return None
    return {
        name: value if isinstance(value, list) else [value]
        for name, value in body.items()
        if value is not None
    }


def read_model(form: Form, product: str) -> str:
    """``model_id``: a known model that fits the product."""
    model_id = form.text("model_id")
    if model_id is None:
        form.wrong("model_id", "model_id is required")
    elif not is_uuid4(model_id):
        form.wrong("model_id", "model_id must be a valid UUID format")
    elif model_id.lower() not in BY_ID:
        form.wrong("model_id", "no model has this id")
    elif BY_ID[model_id.lower()].product != product:
        form.wrong("model_id", f"this is not a model of type {product}")
    return (model_id or "").lower()


def read_file(form: Form, request: Request) -> tuple[bytes | None, str | None]:
    """The bytes and the name of a file that came with the request."""
    if part := request.files.get("file"):
        return part.read(), part.filename
    encoded = form.text("file_base64")
    if encoded is None:
        return None, None
    if len(encoded) < SHORTEST_BASE64:
        form.wrong("file_base64", f"file_base64 must have at least {SHORTEST_BASE64} characters")
        return None, None
    try:
        return base64.b64decode(encoded, validate=True), None
    except binascii.Error:
        form.wrong("file_base64", "file_base64 is not valid base64")
        return None, None


def read_url(form: Form, loopback: bool) -> str | None:
    """``url``: https, whatever stands behind it."""
    url = form.text("url", LONGEST_URL)
    if url is None or (loopback and is_loopback(url)):
        return url
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        form.wrong("url", "url must be an https URL")
    return url


def name_in(url: str | None) -> str | None:
    """The last part of a URL's path."""
    return unquote(urlsplit(url).path.rpartition("/")[2]) if url else None


def read_wishes(form: Form) -> Wishes:
    """The options that only an extraction has."""
    text = form.text("data_schema")
    schema, problems = read_schema(text) if text is not None else (None, ())
    for detail in problems:
        form.wrong("data_schema", detail)
    return Wishes(
        rag=form.flag("rag"),
        raw_text=form.flag("raw_text"),
        polygon=form.flag("polygon"),
        confidence=form.flag("confidence"),
        text_context=form.text("text_context"),
        schema=schema,
    )
