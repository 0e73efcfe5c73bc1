"""How a job ends when time runs out, or when somebody wants out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connector.core import machine
from connector.core.model import Outcome, Status
from tests.core.stories import (
    ACME,
    DONE,
    LOST,
    REFUSED,
    REJECTED,
    RESULT,
    STOPPED,
    T0,
    TAKEN,
    WORKING,
    Job,
    acme,
    answer,
    fetching_result,
    new,
    polling,
)

NO_CANCEL = acme(cancel=None)


def test_at_the_deadline_we_look_cancel_look_and_close() -> None:
    job = polling().late(WORKING)
    assert (job.op.next_call, job.waits) == ("cancel", 0)

    job.hears(answer(204), WORKING)

    assert job.asked == ["submit", "check_status", "cancel", "check_status"]
    assert job.error["code"] == "timed_out"
    assert "within 1440 minutes" in job.error["message"]


@pytest.mark.parametrize("heard", [answer(204), answer(409), answer(404), answer(500), LOST])
def test_whatever_the_cancel_is_answered_we_look_once_more(heard: Outcome) -> None:
    job = polling().late(WORKING).hears(heard)

    assert job.op.next_call == "check_status"
    assert job.hears(WORKING).error["code"] == "timed_out"


def test_without_a_cancel_the_last_look_closes() -> None:
    job = polling(NO_CANCEL).late(WORKING)

    assert job.asked == ["submit", "check_status"]
    assert job.error["code"] == "timed_out"


def test_success_at_the_last_look_wins() -> None:
    assert polling().late(DONE).hears(RESULT).op.status == Status.SUCCEEDED
    after_cancel = polling().late(WORKING).hears(answer(204), DONE, RESULT)
    assert after_cancel.op.status == Status.SUCCEEDED


def test_a_result_that_is_busy_at_the_deadline_gets_one_last_chance() -> None:
    job = fetching_result().late(answer(503)).hears(answer(409), DONE, RESULT)

    assert job.op.status == Status.SUCCEEDED


def test_a_provider_that_stopped_because_we_were_out_of_time_means_timed_out() -> None:
    job = polling().late(WORKING).hears(answer(204), STOPPED)

    assert (job.op.status, job.error["code"]) == ("failed", "timed_out")


@pytest.mark.parametrize("gone", [404, 410])
def test_a_job_that_is_gone_after_our_cancel_means_timed_out(gone: int) -> None:
    job = polling().late(WORKING).hears(answer(204), answer(gone))

    assert job.error["code"] == "timed_out"


@pytest.mark.parametrize("last", [LOST, REFUSED, answer(429), answer(401), answer(200, {})])
def test_a_last_look_that_says_nothing_is_timed_out_and_says_why(last: Outcome) -> None:
    job = polling(NO_CANCEL).late(last)

    assert job.error["code"] == "timed_out"
    assert "Asking check_status again" in job.error["message"]


def test_an_order_answered_after_the_deadline_is_canceled_at_the_provider() -> None:
    op = replace(new(timeout=5), claims=1)

    after = machine.advance(op, ACME, TAKEN, T0 + 6, lambda: 0.5)

    assert (after.next_call, after.facts["job"]) == ("cancel", "j-1")


def test_no_due_time_lies_behind_the_deadline() -> None:
    job = Job(op=new(timeout=10)).hears(TAKEN, answer(200, {"state": "working"}, retry_after="999"))

    assert job.op.due_at == job.op.deadline_at


def test_a_wish_before_the_order_means_that_nothing_is_ordered() -> None:
    job = Job().wants_out().hears(TAKEN)

    assert job.asked == []
    assert job.op.status == Status.CANCELED
    assert job.op.note == "Canceled before the provider was asked."


def test_a_wish_during_the_order_keeps_the_job_id_and_cancels_at_the_provider() -> None:
    job = polling().wants_out().hears(answer(204), STOPPED)

    assert job.asked == ["submit", "cancel", "check_status"]
    assert (job.requests[1].method, job.requests[1].url) == (
        "DELETE",
        "https://api.acme.example/jobs/j-1",
    )
    assert job.op.status == Status.CANCELED


def test_a_wish_while_an_order_died_does_not_hide_that_it_may_run() -> None:
    job = Job().crashes().wants_out().hears(TAKEN)

    assert job.error["code"] == "cut_short"


def test_a_wish_while_polling_is_sent_once_and_the_providers_word_counts() -> None:
    job = polling().hears(WORKING).wants_out().hears(answer(202), WORKING, WORKING, DONE, RESULT)

    assert job.asked.count("cancel") == 1
    assert job.op.status == Status.SUCCEEDED


def test_a_wish_without_a_cancel_call_closes_here_and_says_so() -> None:
    job = polling(NO_CANCEL).wants_out().hears(WORKING)

    assert job.asked == ["submit"]
    assert job.op.status == Status.CANCELED
    assert "offers no way to stop the job" in str(job.op.note)


@pytest.mark.parametrize("gone", [404, 410])
def test_a_job_that_is_gone_after_the_wish_is_canceled(gone: int) -> None:
    job = polling().wants_out().hears(answer(204), answer(gone))

    assert job.op.status == Status.CANCELED
    assert "error" not in job.op.facts


def test_a_wish_while_the_result_is_fetched_cancels_and_looks() -> None:
    job = fetching_result().wants_out().hears(answer(409))

    assert job.op.next_call == "check_status"
    assert job.hears(DONE, RESULT).op.status == Status.SUCCEEDED


def test_a_wish_does_not_turn_a_failure_into_canceled() -> None:
    job = polling().wants_out().hears(answer(204), REJECTED)

    assert job.error["code"] == "provider_failed"


def test_a_wish_after_time_ran_out_still_ends_as_canceled() -> None:
    job = polling().late(WORKING).wants_out().hears(answer(204), STOPPED)

    assert job.op.status == Status.CANCELED


def test_a_wish_whose_job_never_ends_is_timed_out() -> None:
    job = polling().wants_out().hears(answer(204)).late(WORKING)

    assert job.error["code"] == "timed_out"
    assert job.asked.count("cancel") == 1


def test_a_crash_while_canceling_cancels_again() -> None:
    job = polling().wants_out()
    job.hears(LOST)  # the claim that asked; its answer went to check_status
    assert job.op.next_call == "check_status"
    job = polling().late(WORKING).crashes().hears(answer(204))

    assert job.asked[-1] == "cancel"


@pytest.mark.parametrize(
    ("seconds", "said"), [(30, "0.5"), (90, "1.5"), (86400, "1440"), (30 * 86400, "43200")]
)
def test_minutes_are_written_the_way_people_write_them(seconds: float, said: str) -> None:
    job = polling(acme(pace={"deadline": seconds}, cancel=None)).late(WORKING)

    assert job.error["message"] == f"The provider did not finish within {said} minutes."


def test_a_wish_that_did_not_reach_the_provider_is_said_again_a_few_times() -> None:
    job = polling().wants_out().hears(REFUSED)
    assert (job.op.next_call, job.waits) == ("cancel", 1)

    job.hears(REFUSED, REFUSED, STOPPED)

    assert job.asked == ["submit", "cancel", "cancel", "cancel", "check_status"]
    assert job.op.status == Status.CANCELED


def test_a_cancel_that_was_not_taken_is_said_again_when_the_provider_asks_for_it() -> None:
    job = polling().wants_out().hears(answer(429, retry_after="7"))

    assert (job.op.next_call, job.waits) == ("cancel", 7)
