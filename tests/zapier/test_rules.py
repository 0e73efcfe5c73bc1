"""The conformance rules for Zapier, one by one, as the wire shows them.

Those of RULES_ELSEWHERE are about the generated app and run in Zapier's own runtime.
"""

from __future__ import annotations

import json
import logging
import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Response
from werkzeug.exceptions import MethodNotAllowed, NotFound

from connector.app import make_app
from connector.engine import telling
from connector.exporters.zapier.job import sample
from connector.platforms.zapier.job import flat
from tests.service.worlds import CLOSED, Receiver, receiving
from tests.zapier.worlds import JOB, TEXTS, World, order, world

RULES = range(1, 21)
RULES_ELSEWHERE = frozenset({9, 10, 11, 19})

NAMED = re.compile(r"rule_(\d{2})_")
HOOK = "https://hooks.zapier.com/hooks/standard/17/abc/"

HOSTILE = (
    "http://hooks.zapier.com/hooks/standard/1/2/",
    "https://evil.example/hooks/standard/1/2/",
    "https://hooks.zapier.com.evil.example/x",
    "https://evilzapier.com/x",
    "https://hooks.zapier.com@evil.example/x",
    "https://evil.example\\@hooks.zapier.com/x",
    "https://evil.example/?x=hooks.zapier.com",
    "https://evil.example#.zapier.com",
    "https://localhost/x",
    "http://127.0.0.1:9/x",
    "https://127.0.0.1/x",
    "https://10.0.0.1/x",
    "https://172.16.0.1/x",
    "https://192.168.1.1/x",
    "https://169.254.169.254/latest/meta-data",
    "https://[::1]/x",
    "https://[fe80::1]/x",
    "https://2130706433/x",
    "ftp://hooks.zapier.com/x",
    "//hooks.zapier.com/x",
    "hooks.zapier.com",
)
"""Addresses at which no Zap waits."""


def test_every_rule_is_tested_somewhere_in_this_folder() -> None:
    files = [each for each in Path(__file__).parent.rglob("*") if each.suffix in (".py", ".js")]
    named = {int(n) for each in files for n in NAMED.findall(each.read_text(encoding="utf-8"))}

    assert named | RULES_ELSEWHERE == set(RULES)


@pytest.fixture
def slow(here: World) -> Iterator[World]:
    """A world whose provider takes a minute to take an order."""
    through = threading.Event()
    here.provider.taking = lambda: through.wait(60) and None
    yield here
    through.set()


def test_rule_01_a_submit_is_answered_while_the_provider_sleeps(slow: World) -> None:
    began = time.monotonic()
    answer = slow.submit()

    assert time.monotonic() - began < 5
    assert answer.status_code == 202
    job = answer.json()
    assert isinstance(job["id"], str)
    assert isinstance(job["status"], str)
    assert job["status"] not in CLOSED


@pytest.mark.parametrize("sent", ["json", "data"])
@pytest.mark.parametrize("said", [{}, {"callback_url": None}, {"callback_url": ""}])
def test_rule_02_a_submit_needs_no_callback(
    here: World, sent: str, said: dict[str, str | None]
) -> None:
    answer = here.call("POST", "acme/read", **{sent: {**TEXTS, **said}})

    assert answer.status_code == 202, answer.text
    assert here.system.engine.parts.store.count_callbacks(answer.json()["id"]) == 0


def test_rule_03_a_wait_is_cut_to_25_seconds(prepared: None, tmp_path: Path) -> None:
    moments = iter(range(0, 10_000, 5))
    seen: list[int] = []

    def stopwatch() -> float:
        seen.append(next(moments))
        return float(seen[-1])

    with world(tmp_path, standing=True, stopwatch=stopwatch) as made:
        at_once = made.submit()
        seen.clear()
        late = made.submit(wait="60")
        assert 25 <= seen[-1] - seen[0] <= 30
        seen.clear()
        later = made.call("GET", f"acme/jobs/{late.json()['id']}?wait=60")
        assert 25 <= seen[-1] - seen[0] <= 30
    assert set(at_once.json()) == set(late.json()) == set(later.json()) == JOB
    assert "after 25 s" in late.json()["warning"]
    assert "after 25 s" in later.json()["warning"]


def test_rule_04_the_same_key_twice_is_one_job(here: World) -> None:
    before = len(here.provider.orders)
    headers = {"Idempotency-Key": f"run-{time.time()}"}
    answers = [here.call("POST", "acme/read", json=TEXTS, headers=headers) for _ in range(3)]

    assert {each.status_code for each in answers} == {202}
    assert len({each.json()["id"] for each in answers}) == 1
    here.provider.state = "done"
    here.finish(answers[0].json()["id"])
    assert len(here.provider.orders) == before + 1


ENDINGS = {
    "succeeded": ("done", None),
    "failed": ("rejected", "provider_failed"),
    "canceled": ("working", None),
    "timed_out": ("working", "timed_out"),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_rule_05_every_ending_is_one_callback(paused: World, ending: str) -> None:
    state, code = ENDINGS[ending]
    with receiving() as receiver:
        id = paused.submit(callback_url=receiver.url, timeout="60").json()["id"]
        paused.pass_time(1)
        paused.provider.state = state
        if ending == "canceled":
            paused.call("POST", f"acme/jobs/{id}/cancel")
        paused.finish(id)
        paused.pass_time(86_400)
        paused.pass_time(86_400)
        ((headers, text),) = receiver.heard
    job = json.loads(text)
    assert headers["Content-Type"] == "application/json"
    assert job["id"] == id
    assert job["status"] == ("failed" if ending == "timed_out" else ending)
    assert (job["error"] or {}).get("code") == code
    assert len((job["error"] or {"message": ""})["message"]) <= 250


@pytest.mark.parametrize("trouble", [500, 429, 503, 404, None])
def test_rule_06_a_callback_is_repeated_with_growing_gaps_until_it_is_taken(
    paused: World, monkeypatch: pytest.MonkeyPatch, trouble: int | None
) -> None:
    monkeypatch.setattr(telling, "TIMEOUT", 0.3)
    moments: list[float] = []

    def take() -> Response:
        assert paused.clock is not None
        moments.append(paused.clock.now)
        if len(moments) < 5:
            time.sleep(0 if trouble else 0.6)
            return Response(status=trouble or 200)
        return Response(status=200)

    with receiving() as receiver:
        receiver.take = take  # type: ignore[method-assign]
        submitted(paused, receiver)
        for step in (*[1.0] * 10, *[60.0] * 100, *[600.0] * 60):
            paused.pass_time(step)
    gaps = [after - before for before, after in pairwise(moments)]
    assert len(moments) == 5, "tried until it was taken, and no more"
    assert gaps == sorted(gaps)
    assert gaps[-1] > 100 * gaps[0]


def test_rule_06_no_callback_is_lost_or_doubled_when_we_start_again(
    prepared: None, tmp_path: Path
) -> None:
    with receiving(500, 200) as receiver:
        with world(tmp_path, standing=True) as before:
            submitted(before, receiver)
            before.pass_time(3)
            assert len(receiver.heard) == 1
        for _ in range(2):
            with world(tmp_path, standing=True) as again:
                for _ in range(5):
                    again.pass_time(86_400)
    assert len(receiver.heard) == 2


def submitted(made: World, receiver: Receiver) -> str:
    """A job with a callback, that has ended; its id."""
    id: str = made.submit(callback_url=receiver.url).json()["id"]
    made.provider.state = "done"
    made.finish(id)
    return id


@pytest.mark.parametrize("length", [10_000, 63_950, 64_000, 1_000_000])
@pytest.mark.parametrize("sign", ["x", "\u20ac"])
def test_rule_07_a_callback_is_small_and_the_result_is_where_it_says(
    paused: World, sign: str, length: int
) -> None:
    value = {"text": sign * (length // len(sign.encode()))}
    paused.provider.value = value
    with receiving() as receiver:
        hook = {"target_url": receiver.url}
        assert paused.call("POST", "acme/hooks", json=hook).status_code == 201
        submitted(paused, receiver)
        paused.pass_time(5)
    assert len(receiver.heard) == 2, "the callback and the hook"
    for _, text in receiver.heard:
        assert len(text.encode()) <= 64_000
        job = json.loads(text)
        assert set(job) == JOB
        assert job["result"] == (value if length == 10_000 else None)
        assert paused.system.call("GET", job["result_url"]).json() == value


def test_rule_08_no_callback_overtakes_the_answer(paused: World) -> None:
    with receiving() as receiver:
        paused.provider.state = "done"
        id = paused.submit(callback_url=receiver.url).json()["id"]
        paused.pass_time(0.1)
        paused.pass_time(1.8)
        assert paused.job(id)["status"] == "succeeded"
        assert receiver.heard == []
        paused.pass_time(0.2)
        assert len(receiver.heard) == 1


def test_rule_08_who_waits_for_the_end_hears_it_first(here: World) -> None:
    here.provider.state = "done"
    began = time.time()
    answer = here.submit(callback_url=HOOK, wait="20")
    subscriptions = here.system.engine.parts.store.list_subscriptions("tests")
    (callback,) = [s for s in subscriptions if s.operation_id == answer.json()["id"]]

    assert answer.status_code == 200
    assert time.time() < began + 20 < callback.not_before, "never before the longest wait is over"


def test_rule_12_the_list_is_an_array_newest_end_first_with_unique_ids(paused: World) -> None:
    begun = [paused.submit().json()["id"] for _ in range(4)]
    paused.pass_time(1)
    for id in reversed(begun):
        paused.call("POST", f"acme/jobs/{id}/cancel")
        paused.finish(id)
    found = paused.call("GET", "acme/jobs").json()
    paged = [
        each
        for page in range(5)
        for each in paused.call("GET", f"acme/jobs?limit=1&page={page}").json()
    ]

    assert isinstance(found, list)
    assert [each["id"] for each in found] == begun
    ends = [each["finished_at"] for each in found]
    assert ends == sorted(ends, reverse=True)
    # What the core checks of a trigger's answer: objects, each with its own id of a plain type.
    assert all(isinstance(each, dict) and isinstance(each["id"], str) for each in found)
    assert len({each["id"] for each in found}) == len(found)
    assert paged == found
    assert paused.call("GET", "acme/jobs?page=1").json() == []


def test_rule_13_what_is_delivered_is_what_the_list_shows(paused: World) -> None:
    with receiving() as receiver:
        for status in ("", "succeeded", "open"):
            hook = {"target_url": receiver.url, "status": status}
            assert paused.call("POST", "acme/hooks", json=hook).status_code == 201
        done = submitted(paused, receiver)
        paused.provider.state = "rejected"
        failed = paused.submit(callback_url=receiver.url).json()["id"]
        paused.finish(failed)
        paused.pass_time(5)
    listed = paused.call("GET", "acme/jobs").json()
    assert [each["id"] for each in listed] == [failed, done]
    assert all(set(each) == JOB for each in (*listed, *receiver.bodies()))
    told = [each for each in receiver.bodies() if each["status"] in CLOSED]
    assert all(each in listed for each in told)
    assert {each["id"] for each in told} == {done, failed}


def test_rule_13_the_sample_has_no_other_members(here: World) -> None:
    for manifest in here.system.engine.parts.manifests.values():
        for action in manifest.actions.values():
            shown = sample(manifest, action, "https://connector.example")
            assert set(shown) - {"file"} == JOB, "the app adds the file, which it fetches itself"


def test_rule_14_hooks_coexist_and_end_alone(paused: World) -> None:
    with receiving() as one, receiving() as other:
        answers = [
            paused.call("POST", "acme/hooks", json={"target_url": url})
            for url in (one.url, other.url, f"{other.url}-too")
        ]
        assert [each.status_code for each in answers] == [201] * 3
        ids = [each.json()["id"] for each in answers]
        assert len(set(ids)) == 3
        paused.done()
        assert (len(one.heard), len(other.heard)) == (1, 2)
        again = [paused.call("DELETE", f"acme/hooks/{ids[2]}").status_code for _ in range(3)]
        assert again == [204] * 3
        paused.done()
        assert (len(one.heard), len(other.heard)) == (2, 3)


@pytest.mark.parametrize(("answer", "left"), [(410, False), (429, True), (503, True), (500, True)])
def test_rule_15_only_410_ends_a_hook_and_only_that_one(
    paused: World, answer: int, left: bool
) -> None:
    with receiving(answer) as gone, receiving() as stays:
        for url in (gone.url, stays.url):
            paused.call("POST", "acme/hooks", json={"target_url": url})
        paused.done()
        paused.done()
        subscriptions = paused.system.engine.parts.store.list_subscriptions("tests")
    assert len(subscriptions) == 1 + left
    assert len({each["id"] for each in gone.bodies()}) == 1 + left
    assert len(stays.heard) == 2


@pytest.mark.parametrize("fault", ["503", "500", "429", "drop", "html"])
def test_rule_16_who_is_to_come_back_is_told_when(paused: World, fault: str) -> None:
    paused.system.misbehave(f"models:{fault}")
    answer = paused.call("GET", "mindee/choices/extraction_models")

    assert answer.status_code == 503
    assert re.fullmatch(r"\d+", answer.headers["Retry-After"])
    assert 1 <= int(answer.headers["Retry-After"]) <= 300
    assert answer.json()["error"]["message"]


def test_rule_16_a_provider_that_is_busy_makes_no_answer_of_ours_429(paused: World) -> None:
    paused.system.misbehave("submit:429=3")
    answer = paused.document()
    for _ in range(3):
        paused.pass_time(30)
        seen = paused.call("GET", f"mindee/jobs/{answer.json()['id']}")
        assert (answer.status_code, seen.status_code) == (202, 200)


def calls(made: World) -> list[tuple[str, str, dict[str, Any]]]:
    """Calls of every kind, right and wrong."""
    done, failed = made.done()["id"], made.done("rejected")["id"]
    made.provider.state = "working"
    open_one = made.submit().json()["id"]
    ids = [done, failed, open_one, "nobody", "%2e%2e", "a%2Fb", "%00"]
    jobs = [
        (method, path.format(id=id))
        for id in ids
        for method, path in (
            ("GET", "acme/jobs/{id}"),
            ("GET", "acme/jobs/{id}/result"),
            ("GET", "mindee/jobs/{id}"),
            ("POST", "acme/jobs/{id}/cancel"),
        )
    ]
    others = [
        ("GET", "acme/jobs"), ("GET", "acme/jobs/"), ("GET", "acme//jobs"), ("GET", "/acme/jobs"),
        ("GET", ""), ("GET", "acme"), ("GET", "acme/"), ("GET", "nobody/jobs"),
        ("GET", "acme/jobs?status=x"), ("GET", "acme/jobs?limit=0"), ("PUT", "acme/read"),
        ("GET", "acme/read"), ("GET", "acme/fields/read"), ("GET", "acme/fields/nothing"),
        ("GET", "acme/choices/nothing"), ("GET", "mindee/choices/ocr_models"),
        ("POST", "acme/read"), ("POST", "acme/nothing"), ("POST", "acme/hooks"),
        ("GET", "acme/hooks"), ("PATCH", "acme/jobs"), ("DELETE", "acme/jobs/x"),
    ]  # fmt: skip
    bodies: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "acme/read", {"json": TEXTS}),
        ("POST", "acme/read", {"data": TEXTS}),
        ("POST", "acme/read", {"data": b"<a/>", "headers": {"Content-Type": "text/xml"}}),
        ("POST", "mindee/extraction", {"data": order()}),
        ("POST", "acme/hooks", {"json": {"target_url": HOOK}}),
        ("DELETE", "acme/hooks/nobody", {}),
        ("GET", "acme/jobs", {"headers": {"X-API-Key": "ck_wrong"}}),
    ]
    return [*((method, path, {}) for method, path in (*jobs, *others)), *bodies]


def test_rule_17_no_answer_is_a_redirect_and_none_but_204_is_without_json(paused: World) -> None:
    for method, path, more in calls(paused):
        answer = paused.call(method, path, **more)
        where = (method, path, answer.status_code)
        assert not 300 <= answer.status_code < 400, where
        assert answer.status_code < 500, where
        if answer.status_code == 204:
            assert (method, answer.content) == ("DELETE", b""), where
            continue
        assert "json" in answer.headers["Content-Type"], where
        said = answer.json()
        if answer.status_code >= 400:
            assert set(said["error"]) == {"code", "message"}, where
            assert 0 < len(said["error"]["message"]) <= 250, where
        elif isinstance(said, dict):
            assert "errors" not in said, where


def test_rule_17_a_failure_is_never_2xx_where_a_result_was_to_come(paused: World) -> None:
    failed, canceled = paused.done("rejected")["id"], paused.done("stopped")["id"]
    for id in (failed, canceled):
        assert paused.call("GET", f"acme/jobs/{id}/result").status_code in (409, 422)
    paused.system.misbehave("submit:fail")
    headers = {"Idempotency-Key": "k-1"}
    refused = paused.document(headers=headers)
    paused.finish(refused.json()["id"])
    again = paused.document(headers=headers)
    assert (again.status_code, again.json()["operation_status"]) == (422, "failed")


def test_rule_17_every_route_is_asked(paused: World) -> None:
    app = make_app(paused.system.site)
    routes = [each for each in app.url_map.iter_rules() if each.rule.startswith("/zapier/")]
    adapter = app.url_map.bind("")
    asked = set()
    for method, path, _ in calls(paused):
        with suppress(NotFound, MethodNotAllowed):
            asked.add(adapter.match(f"/zapier/{path.partition('?')[0]}", method)[0])
    assert asked == {each.endpoint for each in routes}


def test_rule_18_a_wrong_key_is_401_and_the_right_one_may_come_by_basic_auth(here: World) -> None:
    system, url = here.system, f"{here.system.url}/zapier/acme/jobs"
    wrong: list[dict[str, Any]] = [
        {},
        {"headers": {"X-API-Key": "ck_wrong"}},
        {"headers": {"Authorization": "Bearer ck_wrong"}},
        {"auth": ("ck_wrong", "ck_wrong")},
        {"auth": ("", "")},
    ]
    for more in wrong:
        for method, path in (
            ("GET", ""),
            ("GET", "/x"),
            ("GET", "/x/result"),
            ("POST", "/x/cancel"),
        ):
            answer = requests.request(method, url + path, timeout=10, **more)
            assert answer.status_code == 401, (more, path)
            assert answer.json()["error"]["message"]
    right: list[dict[str, Any]] = [
        {"headers": {"X-API-Key": system.key}},
        {"headers": {"Authorization": f"Bearer {system.key}"}},
        {"auth": (system.key, "")},
        {"auth": ("", system.key)},
        {"auth": ("anyone", system.key)},
    ]
    for more in right:
        answer = requests.get(url, timeout=10, **more)
        assert answer.status_code == 200, more
        assert isinstance(answer.json(), list)


@pytest.fixture(scope="module")
def wary(prepared: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world in which nobody is allowed what only tests need."""
    with world(tmp_path_factory.mktemp("wary"), {"CONNECTOR_ALLOWED_HOSTS": ""}) as made:
        yield made


@pytest.mark.parametrize("url", HOSTILE)
def test_rule_20_nobody_else_than_zapier_is_called(wary: World, url: str) -> None:
    hook = wary.call("POST", "acme/hooks", json={"target_url": url})
    job = wary.submit(callback_url=url)

    assert (hook.status_code, job.status_code) == (422, 422)
    assert hook.json()["errors"][0]["pointer"] == "/target_url"
    assert job.json()["errors"][0]["pointer"] == "/callback_url"
    assert wary.provider.orders == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_rule_20_a_target_leads_nowhere_else(paused: World, status: int) -> None:
    with receiving() as other, receiving() as receiver:
        headers = {"Location": other.url}
        receiver.take = lambda: Response(status=status, headers=headers)  # type: ignore[method-assign]
        paused.call("POST", "acme/hooks", json={"target_url": receiver.url})
        submitted(paused, receiver)
        for _ in range(3):
            paused.pass_time(3600)
        assert other.heard == []


def test_rule_20_targets_are_in_no_log_and_on_no_page(
    paused: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, "urllib3")  # the test's own client and receivers speak there
    with receiving(500, 200) as receiver:
        made = paused.call("POST", "acme/hooks", json={"target_url": receiver.url})
        id = submitted(paused, receiver)
        paused.pass_time(3600)
        refused = paused.submit(callback_url="https://evil.example/a-secret-part-of-the-target")
        assert len(receiver.heard) >= 2
    history = paused.system.call("GET", f"/v1/operations/{id}/history").text
    job = json.dumps(paused.job(id))
    with sqlite3.connect(paused.system.folder / "connector.db") as connection:
        rows = "\n".join(connection.iterdump())
    connection.close()
    for text in (caplog.text, made.text, refused.text, history, job, rows):
        assert "a-secret-part-of-the-target" not in text


def test_the_flat_job_is_one_function(here: World) -> None:
    op = here.system.engine.get(here.submit(wait="0").json()["id"], None)

    assert set(flat(op, here.system.site.addresses)) == JOB
