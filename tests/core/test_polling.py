"""What becomes of a job while we ask for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connector.core.model import Outcome, Status
from tests.core.stories import (
    ACME,
    DONE,
    LOST,
    REFUSED,
    REJECTED,
    RESULT,
    STOPPED,
    TAKEN,
    WORKING,
    Job,
    acme,
    answer,
    fetching_result,
    is_sound,
    new,
    polling,
)

ASK = {
    "method": "GET",
    "path": "/jobs/{job}",
    "picks": {"progress.done": "body.pages"},
    "rules": [
        {"at": "body.state", "is": "working", "then": "running"},
        {"at": "body.state", "is": "manual", "then": "needs_review", "note": "Someone is reading."},
        {"at": "body.state", "is": "done", "next": "read", "picks": {"report": "body.report"}},
        {"at": "body.state", "is": "broken", "then": "failed", "picks": {"error": "body.why"}},
    ],
}
READ = {
    "method": "GET",
    "follow": "report",
    "rules": [{"at": "http", "is": 200, "then": "succeeded", "picks": {"result": "body"}}],
}
FOLLOWS = acme(check_status=ASK, read=READ)


@pytest.mark.parametrize("outcome", [LOST, REFUSED, *map(answer, (408, 425, 429, 500, 503, 504))])
def test_a_failed_poll_is_never_a_failed_job(outcome: Outcome) -> None:
    job = polling()
    for _ in range(50):
        job.hears(outcome)

    assert (job.op.status, job.op.next_call) == ("pending", "check_status")
    assert job.hears(DONE, RESULT).op.status == Status.SUCCEEDED


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_poll_that_is_denied_waits_with_a_note(status: int) -> None:
    job = polling().hears(answer(status, {"error": "not yet"}))

    assert job.op.status == "pending"
    assert job.op.note == f"Asking check_status again: it answered {status}. not yet"


@pytest.mark.parametrize("status", [401, 403, 404])
def test_denials_in_a_row_are_bounded(status: int) -> None:
    job = polling(acme(pace={"tries": 3})).hears(answer(status), answer(status))
    assert job.op.status == "pending"

    job.hears(answer(status, {"error": "no such job"}))

    assert job.error == {
        "code": "refused",
        "message": "no such job",
        "provider_status": status,
    }


def test_a_heard_answer_forgives_the_denials_before_it() -> None:
    job = polling(acme(pace={"tries": 3}))

    job.hears(answer(401), answer(404), WORKING, answer(403), answer(401), answer(200, {}))
    job.hears(answer(401), answer(401))

    assert job.op.status == "running"
    assert job.hears(answer(401)).error["code"] == "refused"


@pytest.mark.parametrize("status", [400, 402, 405, 409, 410, 422])
def test_a_poll_that_is_refused_otherwise_fails(status: int) -> None:
    assert polling().hears(answer(status)).error["provider_status"] == status


@pytest.mark.parametrize("body", [{"state": "thinking"}, {"state": None}, {}, None, "", [1]])
@pytest.mark.parametrize("status", [200, 204, 302])
def test_unknown_words_keep_the_status_with_a_note(status: int, body: object) -> None:
    job = polling().hears(WORKING, answer(status, body))

    assert (job.op.status, job.op.next_call) == ("running", "check_status")
    assert "does not know its answer" in str(job.op.note)
    assert job.hears(WORKING).op.note is None


def test_the_providers_failure_is_told_in_its_own_words() -> None:
    job = polling().hears(REJECTED)

    assert job.op.status == Status.FAILED
    assert job.error == {"code": "provider_failed", "message": "no text"}


@pytest.mark.parametrize(
    ("why", "message"),
    [
        ({"code": 7, "message": "too dark"}, "too dark"),
        ("too dark", "too dark"),
        (None, "The provider says that the job failed."),
        ({"hint": "?"}, "The provider says that the job failed."),
    ],
)
def test_a_failure_always_has_a_code_and_a_message(why: object, message: str) -> None:
    job = polling(FOLLOWS).hears(answer(200, {"state": "broken", "why": why}))

    assert job.error["message"] == message
    assert job.error["code"] in ("7", "provider_failed")


def test_progress_merges_and_null_never_overwrites() -> None:
    job = polling(FOLLOWS).hears(answer(200, {"state": "working", "pages": 3}))

    job.hears(answer(200, {"state": "working", "pages": None}))

    assert job.op.facts["progress"] == {"done": 3}


def test_a_review_is_asked_for_at_its_own_pace_with_a_note() -> None:
    job = polling(FOLLOWS).hears(answer(200, {"state": "manual"}))

    assert (job.op.status, job.op.note) == ("needs_review", "Someone is reading.")
    assert job.waits == 300


def test_the_next_call_is_made_at_once() -> None:
    job = polling().hears(DONE)

    assert (job.op.next_call, job.waits) == ("get_result", 0)


def test_a_poll_that_lacks_what_comes_next_is_asked_again() -> None:
    job = polling(FOLLOWS).hears(answer(200, {"state": "done"}))
    assert (job.op.status, job.op.next_call) == ("pending", "check_status")
    assert "lacks a value that read needs" in str(job.op.note)
    assert job.waits > 0

    job.hears(answer(200, {"state": "done", "report": "https://api.acme.example/r/1"}), RESULT)

    assert job.op.status == Status.SUCCEEDED


@pytest.mark.parametrize(
    "url", ["https://[oops", "https://a:99999/", "https://evil.example\\@api.acme.example/", 7, ""]
)
def test_a_result_url_that_nobody_can_read_is_asked_for_again(url: object) -> None:
    job = polling(FOLLOWS).hears(answer(200, {"state": "done", "report": url}))

    assert job.op.next_call == "check_status"


def test_a_read_before_the_order_that_lacks_its_value_is_repeated_itself() -> None:
    ticket = {
        "method": "POST",
        "path": "/tickets",
        "repeatable": True,
        "rules": [{"at": "http", "is": 200, "next": "submit", "picks": {"ticket": "body.id"}}],
    }
    order = {
        "method": "POST",
        "path": "/tickets/{ticket}",
        "rules": [
            {"at": "body.id", "exists": True, "then": "pending", "picks": {"job": "body.id"}}
        ],
    }
    job = Job(replace(acme(ticket=ticket, submit=order), start="ticket"))

    job.hears(answer(200, {}), answer(200, {"id": "t"}), TAKEN)

    assert job.asked == ["ticket", "ticket", "submit"]


@pytest.mark.parametrize("before", [[], [LOST], [answer(500)]])
def test_a_result_that_answers_410_is_gone(before: list[Outcome]) -> None:
    job = fetching_result().hears(*before, answer(410))

    assert job.error["code"] == "result_gone"


@pytest.mark.parametrize("before", [LOST, answer(504)])
def test_a_404_after_a_lost_read_means_that_the_result_is_gone(before: Outcome) -> None:
    assert fetching_result().hears(before, answer(404)).error["code"] == "result_gone"


def test_a_404_after_a_crash_means_that_the_result_is_gone() -> None:
    assert fetching_result().crashes().hears(answer(404)).error["code"] == "result_gone"


def test_a_first_404_on_a_result_only_means_that_it_is_late() -> None:
    job = fetching_result().hears(answer(404), answer(404))
    assert job.op.next_call == "get_result"

    assert job.hears(RESULT).op.status == Status.SUCCEEDED


def test_unknown_words_on_a_result_are_asked_again() -> None:
    read = {
        "method": "GET",
        "path": "/jobs/{job}/result",
        "rules": [{"at": "body.total", "exists": True, "then": "succeeded"}],
    }
    job = fetching_result(acme(get_result=read)).hears(answer(202, {}, retry_after="4"))

    assert (job.op.next_call, job.waits) == ("get_result", 4)
    assert job.hears(RESULT).op.status == Status.SUCCEEDED


def test_a_job_that_the_provider_stopped_by_itself_is_canceled() -> None:
    job = polling().hears(STOPPED)

    assert job.op.status == Status.CANCELED
    is_sound(job.op, ACME)


def test_the_callers_credential_is_forgotten_when_the_job_ends() -> None:
    job = Job()
    job.op = replace(job.op, credential="sealed")

    assert job.hears(TAKEN, DONE).op.credential == "sealed"
    assert job.hears(RESULT).op.credential is None


def test_a_caller_may_choose_a_pace_by_its_name() -> None:
    action = replace(ACME, paces={"slow": replace(ACME.pace, initial=60)})

    assert Job(action, op=new(action, facts={"pace": "slow"})).hears(TAKEN).waits == 60
    assert Job(action, op=new(action, facts={"pace": "other"})).hears(TAKEN).waits == 2


def test_a_rule_may_look_at_what_was_picked_before_and_say_only_a_note() -> None:
    ask = {
        "method": "GET",
        "path": "/jobs/{job}",
        "rules": [{"at": "facts.job == body.id", "is": True, "note": "Still ours."}],
    }
    job = polling(acme(check_status=ask)).hears(answer(200, {"id": "j-1"}))

    assert (job.op.status, job.op.note) == ("pending", "Still ours.")
    assert "does not know" in str(job.hears(answer(200, {"id": "j-2"})).op.note)


def test_a_failure_of_ours_still_names_the_job_at_the_provider() -> None:
    job = polling()
    job.op = replace(job.op, facts={**job.op.facts, "handle": "doc-7"})

    assert job.hears(answer(422)).error["handle"] == "doc-7"


def test_a_result_that_was_surely_not_read_may_still_come() -> None:
    for before in (REFUSED, answer(429), answer(503)):
        job = fetching_result().hears(before, answer(404), RESULT)

        assert job.op.status == Status.SUCCEEDED
