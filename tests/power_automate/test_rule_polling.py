"""Rules 7 to 13 but 10: what opens a poll, and how it is answered until there is an end."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from connector.core.language import Action
from tests.power_automate.flow_engine import Answer, Run
from tests.power_automate.orders import WRONG_MODEL, job, order, paper
from tests.power_automate.worlds import OPEN, PROVIDERS, World

DAY = 86_400.0
HERE = "/power-automate/mindee"


def ordered(world: World, path: str = "/extraction", provider: str = "mindee", **more: Any) -> str:
    """The Location of an open job, on the public address."""
    body = {**(order(uuid.uuid4().hex) if provider == "mindee" else job(provider)[1]), **more}
    answer = Run(world.direct(provider)).operation("POST", path, body)
    assert answer.status == 202, answer
    return answer.headers["Location"]


def id_of(location: str) -> str:
    """The job that a Location is about."""
    return urlsplit(location).path.split("/")[-2]


def test_rule_07_a_poll_is_opened_by_the_token_or_the_key_and_nothing_else(
    standing: World,
) -> None:
    location = ordered(standing)
    bare = location.partition("?")[0]
    assert standing.asked("GET", location).status_code == 202
    assert standing.call("GET", bare).status_code == 202
    for tampered in (bare, f"{bare}?token=", f"{location}x", location.replace("token", "tok")):
        answer = standing.asked("GET", tampered)
        assert answer.status_code == 401, tampered
        assert answer.json()["error"]["code"]
    wrong = standing.asked("GET", bare, headers={"X-API-Key": "ck_wrong"})
    assert wrong.status_code == 401


def test_rule_07_a_token_opens_its_own_job_only(standing: World) -> None:
    mine, theirs = ordered(standing), ordered(standing)
    token = urlsplit(mine).query
    swapped = theirs.partition("?")[0] + f"?{token}"
    assert standing.asked("GET", swapped).status_code == 401
    for path in (f"/results/{id_of(theirs)}", f"/operations/{id_of(theirs)}"):
        assert standing.asked("GET", f"{HERE}{path}?{token}").status_code == 401
    for method, path in (
        ("POST", f"/operations/{id_of(mine)}/cancel"),
        ("POST", "/extraction"),
        ("GET", "/finished"),
        ("GET", "/choices/extraction_models"),
    ):
        answer = standing.asked(method, f"{HERE}{path}?{token}")
        assert answer.status_code == 401, f"a token to read {method} {path}"
    assert standing.call("GET", theirs).json()["status"] == "pending"


def test_rule_07_a_token_expires(still: World) -> None:
    location = ordered(still, timeout=60)
    still.pass_time(DAY)
    assert still.asked("GET", location).status_code in (200, 422)
    still.clock.now += 61
    assert still.asked("GET", location).status_code == 401
    assert still.call("GET", location).status_code in (200, 422)


def test_rule_08_retry_after_is_1_to_300_whole_seconds_and_grows(still: World) -> None:
    still.misbehave("submit:stuck")
    location, waits = ordered(still), []
    deadline = still.clock.now + 1800
    while (answer := still.asked("GET", location)).status_code == 202:
        text = answer.headers["Retry-After"]
        assert text.isdigit(), text
        assert 1 <= int(text) <= 300
        waits.append((deadline - still.clock.now, int(text)))
        still.pass_time(int(text))
    assert answer.status_code == 422
    unhurried = [wait for left, wait in waits if left > 310]
    assert unhurried == sorted(unhurried)
    assert unhurried[-1] > unhurried[0], "it never grew"
    assert sum(wait for _, wait in waits) < 1800 + 60, "news must not be slept through"
    assert len(waits) < 60, "500 calls a minute are all that a connection has"


def test_rule_08_retry_after_stays_so_under_load(still: World) -> None:
    still.misbehave("submit:stuck", "check_status:429=0*5", "check_status:503=900*20")
    places = [ordered(still) for _ in range(30)]
    before: dict[str, int] = {}
    for step in (0, 1, 7, 60, 300, 300):
        still.pass_time(step)
        for place in places:
            text = still.asked("GET", place).headers["Retry-After"]
            assert text.isdigit()
            assert before.get(place, 1) <= int(text) <= 300
            before[place] = int(text)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_rule_09_a_poll_of_an_open_job_is_a_202_with_json(still: World, provider: str) -> None:
    path, body = job(provider)
    if provider == "documind":
        body |= paper("smudged.pdf")
    else:
        still.misbehave("submit:stuck", provider=provider)
    answer = Run(still.direct(provider)).operation("POST", path, body)
    location, seen = answer.headers["Location"], set()
    for _ in range(20):
        poll = still.asked("GET", location)
        assert poll.status_code == 202
        assert poll.headers["Content-Type"] == "application/json"
        assert isinstance(poll.json(), dict)
        seen.add(poll.json()["status"])
        still.pass_time(5)
    assert seen & {"running", "needs_review"}
    assert len(seen) > 1


def failed(still: World, *faults: str, **more: Any) -> Answer:
    """How the step of a job ends that goes wrong like this."""
    still.misbehave(*faults)
    run = Run(still.direct("mindee"), scale=0, retries=0)
    answer = run.operation("POST", "/extraction", order(uuid.uuid4().hex, **more))
    for _ in range(60):
        if answer.status != 202:
            break
        still.pass_time(float(answer.headers["Retry-After"]))
        answer = run.retried("GET", answer.headers["Location"])
    return answer


def canceled(still: World) -> Answer:
    """How a step ends whose job was canceled."""
    location = ordered(still)
    still.system.engine.parts.store.ask_cancel(id_of(location), still.clock.now)
    still.pass_time(1)
    return Run(still.direct("mindee")).retried("GET", location)


def deleted(still: World) -> Answer:
    """How a result is answered that was deleted."""
    still.misbehave()
    location = ordered(still)
    still.pass_time(10)
    still.pass_time(10)
    assert still.call("DELETE", f"/v1/operations/{id_of(location)}").status_code == 200
    return Run(still.direct("mindee")).retried("GET", location)


ENDINGS: dict[str, tuple[Callable[[World], Answer], int, str | None]] = {
    "the job fails": (lambda w: failed(w, "submit:fail"), 422, "500-012"),
    "the provider refuses": (lambda w: failed(w, model_id=WRONG_MODEL), 422, None),
    "the provider breaks": (lambda w: failed(w, "submit:500", timeout=60), 422, None),
    "the provider speaks nonsense": (lambda w: failed(w, "submit:malformed"), 422, None),
    "its key is refused": (lambda w: failed(w, "submit:401"), 422, None),
    "its account is closed": (lambda w: failed(w, "submit:403"), 422, None),
    "time runs out": (lambda w: failed(w, "submit:stuck", timeout=60), 422, "timed_out"),
    "too many wait before it": (lambda w: failed(w, "submit:429=9", timeout=60), 422, "timed_out"),
    "it is away": (lambda w: failed(w, "submit:503=9", timeout=60), 422, "timed_out"),
    "the job is forgotten there": (lambda w: failed(w, "check_status:gone"), 422, None),
    "the job is canceled": (canceled, 409, "canceled"),
    "the result is deleted": (deleted, 410, "result_deleted"),
}


@pytest.mark.parametrize("what", ENDINGS)
def test_rule_11_a_failure_is_a_4xx_with_an_envelope_and_no_retry_after(
    still: World, what: str
) -> None:
    happen, status, code = ENDINGS[what]
    answer = happen(still)
    assert answer.status == status, answer
    assert answer.headers["Content-Type"] == "application/json"
    error = answer.json()["error"]
    assert error["message"]
    assert isinstance(error["code"], str)
    assert code in (None, error["code"])
    assert "Retry-After" not in answer.headers
    assert "Location" not in answer.headers


def test_rule_11_unknown_and_expired_jobs_are_404_or_410(still: World) -> None:
    location = ordered(still)
    still.pass_time(10)
    still.pass_time(10)
    assert still.call("GET", location).status_code == 200
    still.clock.now += 40 * DAY
    still.system.engine.prune()
    paths = [f"/operations/{id}/result" for id in (id_of(location), "0" * 32, "nobody", "%2e%2e")]
    paths += [path.replace("/operations/", "/results/").removesuffix("/result") for path in paths]
    paths += ["/operations/nobody"]
    for path in paths:
        answer = still.call("GET", HERE + path)
        assert answer.status_code in (404, 410), path
        assert answer.json()["error"]["message"]
        assert "Retry-After" not in answer.headers


def test_rule_12_only_429_and_503_carry_retry_after(still: World) -> None:
    finished = id_of(ordered(still))
    still.pass_time(20)
    calls: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/extraction", {"data": b"{", "headers": {"Content-Type": "application/json"}}),
        ("POST", "/extraction", {"data": b"<a/>", "headers": {"Content-Type": "text/xml"}}),
        ("POST", "/extraction", {"json": {}}),
        ("POST", "/nothing", {"json": {}}),
        ("PUT", "/extraction", {"json": {}}),
        ("POST", "/extraction/callback", {"json": {**order(), "callback_url": "http://a.b/"}}),
        ("POST", "/hooks/finished", {"json": {"callback_url": "https://evil.example/"}}),
        ("POST", "/hooks/finished", {"json": {}}),
        ("GET", "/finished?state=nonsense", {}),
        ("GET", "/finished?status=nonsense", {}),
        ("GET", "/operations/nobody", {}),
        ("POST", "/operations/nobody/cancel", {}),
        ("POST", "/operations/nobody/callback", {"json": {"callback_url": "https://a.b/"}}),
        ("GET", f"/results/{finished}?on_failure=nonsense", {}),
        ("GET", "/choices/nothing", {}),
        ("GET", "/output?action=nothing", {}),
        ("GET", "/finished", {"headers": {"X-API-Key": "ck_wrong"}}),
    ]
    for method, path, more in calls:
        answer = still.call(method, HERE + path, **more)
        assert 400 <= answer.status_code < 500, (method, path, answer.status_code)
        assert answer.status_code not in (408, 429), "the engine would repeat it"
        assert "Retry-After" not in answer.headers, (method, path)
        assert answer.headers["Content-Type"] == "application/json", (method, path)
        assert set(answer.json()["error"]) == {"code", "message"}, (method, path)


@pytest.mark.parametrize("fault", ["models:503", "models:500", "models:drop", "models:html"])
def test_rule_12_a_503_says_when_to_come_back(still: World, fault: str) -> None:
    still.misbehave(fault)
    answer = still.call("GET", f"{HERE}/choices/extraction_models")
    assert answer.status_code == 503
    assert 1 <= int(answer.headers["Retry-After"]) <= 300


@pytest.mark.parametrize(
    "fault", ["500", "502", "503", "429", "drop", "html", "malformed", "empty"]
)
def test_rule_13_an_outage_while_polling_is_a_202_until_it_ends(still: World, fault: str) -> None:
    location = ordered(still)
    still.misbehave(f"check_status:{fault}")
    for _ in range(20):
        still.pass_time(30)
        assert still.asked("GET", location).status_code == 202
    asked = still.log()["counts"]["check_status"]
    assert asked >= 3, "the provider was not even asked"
    still.misbehave()
    for _ in range(4):
        still.pass_time(30)
    assert still.asked("GET", location).status_code == 200


def test_rule_13_an_outage_ends_with_the_deadline(still: World) -> None:
    location = ordered(still)
    still.pass_time(1)
    still.misbehave("any:drop")
    deadline = still.find(*OPEN)[0].deadline_at
    while still.clock.now < deadline - 60:
        still.pass_time(55)
        assert still.asked("GET", location).status_code == 202
    still.pass_time(120)
    still.pass_time(120)
    answer = still.asked("GET", location)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "timed_out")


def test_rule_13_no_deadline_is_beyond_the_30_days_that_a_run_has(still: World) -> None:
    month = 30 * DAY
    for manifest in still.system.engine.parts.manifests.values():
        for action in manifest.actions.values():
            assert max(deadlines(action)) <= month, action.name
    for more in (month + 1, 400 * DAY):
        run = Run(still.direct("mindee"))
        assert run.operation("POST", "/extraction", order(timeout=more)).status == 422
    assert run.operation("POST", "/extraction", order(timeout=month)).status == 202


def deadlines(action: Action) -> list[float]:
    """All the deadlines that an action may be given by name, in seconds."""
    paces = [action.pace, *action.paces.values()]
    return [end for pace in paces for end in (pace.deadline, *pace.deadlines.values())]
