"""Rule 19: what a polling trigger sees."""

from __future__ import annotations

import contextlib
import random
import sqlite3
from urllib.parse import urlsplit

import pytest

from tests.power_automate.flow_engine import PollingTrigger
from tests.power_automate.worlds import OPEN, WAYS, World, finish, submitted, until

ways = pytest.mark.parametrize("way", WAYS)
DAY = 86_400.0


@ways
def test_rule_19_a_check_without_state_is_a_202_with_one(still: World, way: str) -> None:
    submitted(still)
    finish(still)
    with still.way(way) as connection:
        trigger = PollingTrigger(
            connection, "/finished", {"status": "succeeded", "action": "extraction"}
        )
        first = trigger.check()
        assert first.status == 202
        assert int(first.headers["Retry-After"]) >= 1
        assert "state=" in first.headers["Location"]
        second = trigger.check()
        third = trigger.check()
    assert (second.status, third.status) == (202, 202)
    assert second.url == third.url == second.headers["Location"]
    assert {"status=succeeded", "action=extraction"} <= set(urlsplit(second.url).query.split("&"))
    assert trigger.fired == [], "what was before is no news"


@ways
def test_rule_19_news_are_an_array_newest_first_with_a_new_state(still: World, way: str) -> None:
    with still.way(way) as connection:
        trigger = PollingTrigger(connection, "/finished")
        before = trigger.check().headers["Location"]
        ids = []
        for _ in range(3):
            ids.append(submitted(still))
            finish(still)
        still.pass_time(10)
        answer = trigger.check()
        assert [each["id"] for each in answer.json()] == ids[::-1]
        assert answer.headers["Location"] != before
        assert all(each["result"]["result"]["fields"] for each in answer.json())
        assert trigger.check().status == 202


def test_rule_19_a_check_whose_answer_got_lost_loses_no_news(still: World) -> None:
    with still.gateway("mindee") as gateway:
        trigger = PollingTrigger(gateway.connection(), "/finished")
        trigger.check()
        ids = [submitted(still) for _ in range(3)]
        finish(still)
        still.pass_time(10)
        gateway.lose = 1.0
        trigger.run.retries = 2
        assert trigger.check().status == 0
        gateway.lose = 0.0
        trigger.check()
    assert sorted(each["id"] for each in trigger.fired) == sorted(ids)


def test_rule_19_nothing_is_told_twice_and_nothing_is_lost(still: World) -> None:
    dice = random.Random(19)
    triggers = [PollingTrigger(still.direct("mindee"), "/finished") for _ in range(2)]
    failures = PollingTrigger(still.direct("mindee"), "/finished", {"status": "failed"})
    for each in (*triggers, failures):
        each.check()
    ids: list[str] = []
    still.misbehave("submit:fail*5", "check_status:stuck*10")
    for _ in range(40):
        ids += [submitted(still) for _ in range(dice.choice((0, 0, 1, 2, 6)))]
        still.pass_time(dice.choice((0.5, 1, 3, 10)))
        if dice.random() < 0.7:
            triggers[0].check()
        if dice.random() < 0.1:
            triggers[1].check()
    for _ in range(20):
        still.pass_time(5)
    for each in (*triggers, failures):
        until(lambda each=each: each.check().status == 202)
    assert len(ids) > 30
    for each in triggers:
        told = [seen["id"] for seen in each.fired]
        assert sorted(told) == sorted(ids)
        ends = [seen["finished_at"] for seen in each.fired]
        assert ends == sorted(ends)
    assert len(failures.fired) == 5


def test_rule_19_what_is_committed_late_is_not_lost(still: World) -> None:
    trigger = PollingTrigger(still.direct("mindee"), "/finished")
    trigger.check()
    ids = [submitted(still) for _ in range(2)]
    while still.find(*OPEN):
        still.pass_time(1)
    late, ends = ids[0], still.system.engine.get(ids[1], None).finished_at
    assert ends is not None
    end_at(still, late, ends + DAY)  # as if its row were still on its way to the disk
    trigger.check()
    end_at(still, late, ends - 1)
    still.pass_time(30)
    until(lambda: trigger.check().status == 202)
    assert sorted(each["id"] for each in trigger.fired) == sorted(ids)


def end_at(still: World, id: str, moment: float) -> None:
    """Another end of a job, written past the store."""
    path = still.system.folder / "connector.db"
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("UPDATE operations SET finished_at = ? WHERE id = ?", (moment, id))
        database.commit()


def test_rule_19_more_news_than_one_answer_holds_come_one_after_another(still: World) -> None:
    trigger = PollingTrigger(still.direct("mindee"), "/finished")
    trigger.check()
    ids = [submitted(still) for _ in range(105)]
    while still.find(*OPEN):
        still.pass_time(10)
    still.pass_time(10)
    while trigger.check().status == 200:
        pass
    assert sorted(each["id"] for each in trigger.fired) == sorted(ids)
