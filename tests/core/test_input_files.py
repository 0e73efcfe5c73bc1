"""Files that a caller gives as a URL: fetched first, by a call of their own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from connector.core.language import Action
from connector.core.model import FILE, Failure, Outcome, Response, Status
from tests.core.stories import ACME, LOST, REFUSED, TAKEN, Job, acme, answer, new

FILE_FIELD = {"type": "string", "format": "binary", "title": "File", "description": "A file."}
URL_FIELD = {"type": "string", "title": "URL", "description": "Where it lies."}


def stored(id: str) -> Response:
    return Response(200, {}, {FILE: id, "name": "download", "type": "application/pdf"})


def taking(*names: str, **more: Any) -> Action:
    fields = {"type": "object", "properties": {**dict.fromkeys(names, FILE_FIELD), **more}}
    return replace(ACME, fields=fields)


def given(action: Action, **values: Any) -> Job:
    return Job(action, op=new(action, input=values))


def test_a_file_given_by_url_is_fetched_before_the_order() -> None:
    job = given(ACME, document_url="https://files.example/a.pdf")
    assert (job.op.next_call, job.op.lease) == ("fetch_file", 330)

    job.hears(stored("f-9"), TAKEN)

    assert job.asked == ["fetch_file", "submit"]
    assert job.requests[0].url == "https://files.example/a.pdf"
    assert job.requests[0].answer == "bytes"
    assert job.op.input["document"][FILE] == "f-9"


def test_a_callers_url_never_gets_the_key_nor_trust_even_at_the_providers_address() -> None:
    job = given(ACME, document_url=f"{ACME.base_url}/files/1").hears(stored("f-9"))

    assert not job.requests[0].own
    assert not job.requests[0].credentials


def test_several_files_are_fetched_one_after_the_other() -> None:
    action = taking("front", "back", "extra")

    job = given(action, front_url="https://f.example/1", back_url="https://f.example/2")
    job.hears(stored("f-1"), stored("f-2"), TAKEN)

    assert [each.url for each in job.requests[:2]] == ["https://f.example/1", "https://f.example/2"]
    assert [job.op.input[name][FILE] for name in ("front", "back")] == ["f-1", "f-2"]


def test_a_name_that_the_caller_gave_is_kept() -> None:
    job = given(ACME, document_url="https://f.example/1", document_name="invoice.pdf")

    assert job.hears(stored("f-1")).op.input["document"]["name"] == "invoice.pdf"


def test_a_file_that_was_given_as_bytes_is_not_fetched() -> None:
    assert new(ACME, input={"document": {FILE: "f"}, "document_url": "x"}).next_call == "submit"


def test_a_url_that_the_manifest_asks_for_itself_goes_to_the_provider() -> None:
    action = taking("document", document_url=URL_FIELD)

    assert new(action, input={"document_url": "https://f.example/1"}).next_call == "submit"


@pytest.mark.parametrize("status", [204, 302, 400, 401, 403, 404, 410])
def test_a_url_that_brings_no_file_fails_the_job(status: int) -> None:
    job = given(ACME, document_url="https://f.example/1").hears(answer(status))

    assert job.error["code"] == "file_unavailable"
    assert f"it answered {status}" in job.error["message"]
    assert job.asked == ["fetch_file"]


def test_a_url_that_answers_without_a_file_fails_the_job() -> None:
    job = given(ACME, document_url="https://f.example/1").hears(answer(200))

    assert job.error["message"] == (
        "The file at document_url could not be fetched: it answered with nothing."
    )


@pytest.mark.parametrize("outcome", [LOST, REFUSED, answer(500), answer(429)])
def test_a_busy_url_is_asked_five_times(outcome: Outcome) -> None:
    job = given(ACME, document_url="https://f.example/1").hears(*[outcome] * 4)
    assert job.op.next_call == "fetch_file"

    assert job.hears(outcome).error["code"] == "file_unavailable"


@pytest.mark.parametrize("url", ["https://[oops", "https://a:b/", "https://a\\@b/"])
def test_a_url_that_nobody_can_read_is_not_asked(url: str) -> None:
    job = given(ACME, document_url=url).hears(stored("f-1"))

    assert job.asked == []
    assert job.error["code"] == "not_asked"


def test_a_private_url_is_not_asked_again() -> None:
    refused = Failure("the address is not public", sent=False, refused=True)

    job = given(ACME, document_url="https://10.0.0.1/").hears(refused)

    assert job.error["code"] == "not_asked"


def test_a_wish_while_a_file_is_fetched_ends_the_job_before_the_order() -> None:
    job = given(ACME, document_url="https://f.example/1").wants_out().hears(stored("f-1"))

    assert job.asked == []
    assert job.op.status == Status.CANCELED
    assert job.op.note == "Canceled before the provider was asked."


def test_a_wish_before_the_order_cancels_nothing_at_the_provider() -> None:
    action = acme(cancel={"method": "DELETE", "path": "/jobs/{id}"})

    job = given(action, document_url="https://f.example/1").wants_out().hears(stored("f-1"))

    assert job.asked == []
    assert job.op.status == Status.CANCELED
