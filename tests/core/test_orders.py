"""What becomes of an order: asked again only when it surely did not arrive."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connector.core import machine
from connector.core.model import Failure, Outcome, Response, Status
from tests.core.stories import (
    ACME,
    DONE,
    LOST,
    REFUSED,
    RESULT,
    T0,
    TAKEN,
    WORKING,
    Job,
    acme,
    answer,
    is_sound,
    new,
    polling,
)

ORDER = {
    "method": "POST",
    "path": "/jobs",
    "unheard": "find_job",
    "rules": [{"at": "body.id", "exists": True, "then": "pending", "picks": {"job": "body.id"}}],
}
FIND = {
    "method": "GET",
    "path": "/jobs",
    "query": {"ref": "{id}"},
    "item": {"in": "body.jobs", "match": {"ref": "{id}"}},
    "rules": [{"at": "item.id", "exists": True, "then": "pending", "picks": {"job": "item.id"}}],
}
LOOKS = acme(submit=ORDER, find_job=FIND)


def test_a_new_operation_is_due_now_with_the_actions_deadline_and_the_calls_lease() -> None:
    op = new()

    assert (op.status, op.next_call, op.due_at, op.updated_at) == ("pending", "submit", T0, T0)
    assert op.deadline_at == T0 + 86400
    assert op.lease == 60  # 30 s for the call and 30 s to save its answer


def test_a_caller_may_name_a_deadline_but_none_beyond_thirty_days() -> None:
    assert new(timeout=5).deadline_at == T0 + 5
    assert new(timeout=10**9).deadline_at == T0 + 30 * 86400


def test_a_job_goes_its_whole_way() -> None:
    job = Job().hears(TAKEN, WORKING, DONE, RESULT)

    assert job.op.status == Status.SUCCEEDED
    assert job.op.facts == {"job": "j-1", "result": {"total": 12.5}}
    assert job.asked == ["submit", "check_status", "check_status", "get_result"]
    is_sound(job.op, ACME)


@pytest.mark.parametrize("outcome", [TAKEN, DONE, LOST, REFUSED, answer(500), answer(404)])
def test_closed_never_changes(outcome: Outcome) -> None:
    closed = Job().hears(TAKEN, DONE, RESULT).op

    assert machine.advance(closed, ACME, outcome, T0 + 99, lambda: 0.0) is closed
    assert machine.give_up(closed, ACME, T0 + 99) is closed
    wished = replace(closed, cancel_asked_at=T0)
    assert machine.cancel(wished, ACME, T0 + 99) is wished


@pytest.mark.parametrize(
    "outcome", [REFUSED, Failure("the name is unknown", sent=False), *map(answer, (425, 429, 503))]
)
def test_an_order_that_surely_was_not_taken_is_sent_again(outcome: Outcome) -> None:
    job = Job().hears(outcome)

    assert (job.op.status, job.op.next_call) == ("pending", "submit")
    assert 0.5 <= job.waits <= 1
    assert "Asking submit again" in str(job.op.note)
    assert job.hears(TAKEN).asked == ["submit", "submit"]
    assert (job.op.claims, job.op.misses) == (0, 0)


@pytest.mark.parametrize("outcome", [LOST, *map(answer, (408, 500, 501, 502, 504, 599))])
def test_an_order_that_may_have_been_taken_is_cut_short(outcome: Outcome) -> None:
    job = Job().hears(outcome)

    assert job.op.status == Status.FAILED
    assert job.error["code"] == "cut_short"
    assert "not sent again" in job.error["message"]


@pytest.mark.parametrize("outcome", [LOST, *map(answer, (408, 500, 502, 504))])
def test_with_unheard_the_job_is_looked_for_instead(outcome: Outcome) -> None:
    job = Job(LOOKS).hears(outcome)
    assert job.op.next_call == "find_job"
    assert "looking" in str(job.op.note)

    job.hears(answer(200, {"jobs": [{"ref": "other", "id": "x"}, {"ref": "op-1", "id": "j-9"}]}))

    assert (job.op.status, job.op.facts["job"]) == ("pending", "j-9")
    assert job.asked == ["submit", "find_job"]


def test_looking_goes_on_while_the_job_is_not_in_the_list() -> None:
    job = Job(LOOKS).hears(LOST, answer(200, {"jobs": []}), LOST, answer(200, {"jobs": None}))

    assert job.op.next_call == "find_job"
    assert job.asked == ["submit", "find_job", "find_job", "find_job"]


def test_a_look_that_leads_back_to_the_order_pauses_first() -> None:
    absent = {"at": "item", "exists": False, "next": "submit"}
    action = acme(submit=ORDER, find_job={**FIND, "rules": [*FIND["rules"], absent]})

    job = Job(action).hears(answer(500), answer(200, {"jobs": []}))

    assert job.op.next_call == "submit"
    assert job.waits > 1


def test_without_what_it_takes_to_look_the_order_is_cut_short() -> None:
    action = acme(submit=ORDER, find_job={"method": "GET", "path": "/receipts/{receipt}"})

    assert Job(action).hears(LOST).error["code"] == "cut_short"


def test_a_crash_while_ordering_never_orders_twice() -> None:
    job = Job().crashes().hears(TAKEN)

    assert job.asked == []
    assert job.error["code"] == "cut_short"


def test_a_crash_while_ordering_looks_where_the_manifest_knows_how() -> None:
    job = Job(LOOKS).crashes().hears(answer(200, {"jobs": [{"ref": "op-1", "id": "j-9"}]}))

    assert job.asked == ["find_job"]
    assert job.op.facts["job"] == "j-9"


def test_a_crash_after_a_refused_try_counts_as_unheard() -> None:
    job = Job().hears(REFUSED, answer(429))
    assert job.op.claims == job.op.misses == 2

    job.crashes().hears(TAKEN)

    assert job.error["code"] == "cut_short"
    assert job.asked == ["submit", "submit"]


def test_a_crash_while_reading_asks_again() -> None:
    job = polling().crashes(3).hears(DONE)

    assert job.op.next_call == "get_result"


def test_reading_that_fails_on_our_side_again_and_again_is_given_up() -> None:
    action = acme(pace={"tries": 3})

    assert polling(action).crashes(2).hears(WORKING).op.status == "running"
    job = polling(action).crashes(3).hears(WORKING)

    assert job.error["code"] == "gave_up"
    assert job.asked == ["submit"]


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 409, 410, 413, 415, 422])
def test_a_refused_order_fails_at_once_with_the_providers_own_words(status: int) -> None:
    job = Job().hears(answer(status, {"error": "Unknown  model\n'x'."}))

    assert job.error == {
        "code": "refused",
        "message": "Unknown model 'x'.",
        "provider_status": status,
    }


def test_the_providers_code_is_kept_and_its_message_cut_at_250_characters() -> None:
    action = replace(ACME, errors={"code": "body.code", "message": "body.text"})

    job = Job(action).hears(answer(422, {"code": "E7", "text": "x" * 999}))

    assert job.error["provider_code"] == "E7"
    assert len(job.error["message"]) == 250


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("Bad Request", "Bad Request"),
        ({"error": {"why": ["size"]}}, '{"why":["size"]}'),
        ({"other": 1}, "The provider refused the submit call."),
        (None, "The provider refused the submit call."),
    ],
)
def test_a_refusal_without_a_message_still_speaks(body: object, message: str) -> None:
    assert Job().hears(answer(400, body)).error["message"] == message


@pytest.mark.parametrize("body", [None, {}, [], "ok", {"id": None}, {"job": "j"}])
@pytest.mark.parametrize("status", [200, 201, 204, 302])
def test_an_order_answered_in_unknown_words_is_unreadable(status: int, body: object) -> None:
    job = Job().hears(answer(status, body))

    assert job.error["code"] == "unreadable"
    assert "took the order" in job.error["message"]


def test_an_order_whose_answer_lacks_what_comes_next_is_unreadable() -> None:
    accepts = {**ORDER, "rules": [{"at": "http", "is": 202, "then": "pending"}]}

    job = Job(acme(submit=accepts)).hears(answer(202, {}))

    assert job.error["code"] == "unreadable"
    assert "check_status" in job.error["message"]


def test_an_order_of_several_calls_orders_each_once() -> None:
    action = replace(
        acme(
            upload={
                "method": "POST",
                "path": "/files",
                "rules": [{"at": "http", "is": 201, "next": "submit", "picks": {"up": "body.id"}}],
            },
            submit={**ORDER, "path": "/files/{up}/jobs"},
        ),
        start="upload",
    )

    job = Job(action).hears(answer(201, {"id": "u 1"}), TAKEN)

    assert job.asked == ["upload", "submit"]
    assert job.requests[1].url.endswith("/files/u%201/jobs")
    assert job.waits > 0


def test_what_we_refuse_to_ask_is_never_asked_again() -> None:
    job = Job().hears(Failure("the address is not public", sent=False, refused=True))

    assert job.error["code"] == "not_asked"
    assert "the address is not public" in job.error["message"]


def test_nothing_is_ordered_at_the_deadline() -> None:
    job = Job(op=new(timeout=1))
    job.now = job.op.deadline_at

    job.hears(TAKEN)

    assert job.asked == []
    assert job.error["code"] == "timed_out"


def test_an_order_refused_until_the_deadline_is_timed_out() -> None:
    job = Job(op=new(timeout=60))
    while job.op.next_call:
        job.hears(Response(503))
        assert job.op.due_at is None or job.op.due_at <= job.op.deadline_at

    assert job.error["code"] == "timed_out"
    assert "it answered 503" in job.error["message"]


def test_the_wait_for_a_busy_provider_doubles_up_to_a_minute() -> None:
    job = Job(dice=1.0)
    waits = []
    for _ in range(9):
        job.hears(REFUSED)
        waits.append(job.waits)

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_busy_provider_that_says_when_is_believed() -> None:
    assert Job().hears(answer(429, retry_after="17")).waits == 17
    assert Job().hears(answer(503, retry_after="0")).waits == 0.5
    assert Job().hears(Failure("the limit is used up", sent=False, retry_after=9.0)).waits == 9
