"""Who is told of a change, when, how often, and is it signed?"""

from __future__ import annotations

import logging
import sqlite3
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from tests.living import Living
from tests.service.worlds import Still, another_key, receiving

WRONG_MODEL = {"model_id": "99999999-9999-4999-8999-999999999999"}


def subscribe(system: Living, target: str, **more: Any) -> dict[str, Any]:
    """A new subscription."""
    answer = system.call("POST", "/v1/subscriptions", json={"target": target, **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def ordered(paused: Still, **more: Any) -> str:
    """The id of a new order that is finished."""
    id: str = paused.system.order(**more).json()["id"]
    paused.finish(id)
    return id


def test_a_subscriber_hears_of_the_end_and_can_check_who_speaks(paused: Still) -> None:
    with receiving() as receiver:
        made = subscribe(paused.system, receiver.url)
        id = ordered(paused)
        ((headers, text),) = receiver.heard
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("standardwebhooks.webhooks.datetime", standing(paused.clock.now))
        message: Any = Webhook(made["secret"]).verify(text, headers)
        assert (message["type"], message["data"]["id"]) == ("operation.succeeded", id)
        assert message["data"]["result"]["result"]["fields"]
        with pytest.raises(WebhookVerificationError):
            Webhook(made["secret"]).verify(text.replace(id, id[::-1]), headers)
    assert headers["Content-Type"] == "application/json"


def standing(at: float) -> Any:
    """A datetime whose now is ``at``: the receiver refuses messages older than five minutes."""

    class Fixed(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.fromtimestamp(at, tz or UTC)

    return Fixed


def test_a_callback_url_hears_of_its_operation_once(paused: Still) -> None:
    with receiving() as receiver:
        id = ordered(paused, data={"callback_url": receiver.url})
        ordered(paused)
        paused.pass_time(60)
        (message,) = receiver.bodies()
    assert message["data"]["id"] == id
    assert message["type"] == "operation.succeeded"


@pytest.mark.parametrize("wait", [None, "5"])
def test_a_callback_does_not_overtake_the_answer_to_its_order(
    paused: Still, wait: str | None
) -> None:
    system = paused.system
    with receiving() as receiver:
        words = {"callback_url": receiver.url, **WRONG_MODEL}
        began = paused.clock.now
        if wait:
            system.site.engine.parts.waiters.acquire()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("connector.engine.intake.wait_until", lambda parts, op, *rest: op)
            system.order(data={**words, **({"wait": wait} if wait else {})})
        earliest = began + float(wait or 0) + 2
        paused.pass_time(0)
        paused.pass_time(earliest - began - 0.01)
        assert receiver.heard == []
        paused.pass_time(0.02)
        assert [each["type"] for each in receiver.bodies()] == ["operation.failed"]


def test_a_message_is_repeated_by_its_schedule_until_it_is_taken(paused: Still) -> None:
    with receiving(500, 503, 204) as receiver:
        made = subscribe(paused.system, receiver.url)
        ordered(paused)
        assert len(receiver.heard) == 1
        paused.pass_time(4.9)
        assert len(receiver.heard) == 1
        paused.pass_time(1.2)
        assert len(receiver.heard) == 2
        paused.pass_time(299)
        assert len(receiver.heard) == 2
        paused.pass_time(62)
        paused.pass_time(86_400)
        assert len(receiver.heard) == 3
    assert len({headers["Webhook-Id"] for headers, _ in receiver.heard}) == 1
    assert len({headers["Webhook-Signature"] for headers, _ in receiver.heard}) == 3
    assert made["secret"].startswith("whsec_")


def test_a_message_that_nobody_takes_is_given_up_after_ten_attempts(paused: Still) -> None:
    with receiving(500) as receiver:
        subscribe(paused.system, receiver.url)
        id = ordered(paused)
        for _ in range(20):
            paused.pass_time(30 * 3600)
    assert len(receiver.heard) == 10
    notes = [m["note"] for m in paused.system.call("GET", f"/v1/operations/{id}/history").json()]
    assert "Given up" in notes[-1]


def test_a_receiver_that_is_gone_is_told_nothing_more(paused: Still) -> None:
    with receiving(410) as receiver:
        subscribe(paused.system, receiver.url)
        ordered(paused)
        ordered(paused)
        paused.pass_time(86_400)
        assert len(receiver.heard) == 1


def test_a_resume_url_that_says_409_is_tried_four_times(paused: Still) -> None:
    with receiving(409) as receiver:
        ordered(paused, data={"callback_url": receiver.url})
        for _ in range(10):
            paused.pass_time(7200)
        assert len(receiver.heard) == 4


def test_a_subscription_can_ask_for_some_statuses_and_actions(paused: Still) -> None:
    with receiving() as some, receiving() as others:
        subscribe(paused.system, some.url, statuses=["running", "failed"])
        subscribe(paused.system, others.url, provider="mindee", action="ocr")
        ordered(paused)
        ordered(paused, data=WRONG_MODEL)
        paused.pass_time(0)
        assert {each["type"] for each in some.bodies()} <= {
            "operation.running",
            "operation.failed",
        }
        assert some.bodies()[-1]["type"] == "operation.failed"
        assert others.bodies() == []


def test_the_changes_of_others_are_not_told(paused: Still) -> None:
    with receiving() as receiver:
        subscribe(paused.system, receiver.url)
        theirs = {"X-API-Key": another_key(paused.system)}
        paused.system.order(headers=theirs)
        for _ in range(5):
            paused.pass_time(5)
        assert receiver.heard == []


def test_unsubscribing_ends_it_for_the_owner_alone(paused: Still) -> None:
    system = paused.system
    with receiving() as receiver:
        path = f"/v1/subscriptions/{subscribe(system, receiver.url)['id']}"
        theirs = {"X-API-Key": another_key(system)}
        unknown = system.call("DELETE", "/v1/subscriptions/unknown", headers=theirs)
        # As for an id that never was: nobody learns that there is one.
        assert system.call("DELETE", path, headers=theirs).status_code == unknown.status_code
        ordered(paused)
        assert len(receiver.heard) == 1
        assert [system.call("DELETE", path).status_code for _ in range(2)] == [204, 204]
        ordered(paused)
        assert len(receiver.heard) == 1


def test_what_is_owed_is_not_sent_after_unsubscribing(paused: Still) -> None:
    with receiving(500) as receiver:
        made = subscribe(paused.system, receiver.url)
        ordered(paused)
        paused.system.call("DELETE", f"/v1/subscriptions/{made['id']}")
        paused.pass_time(86_400)
        assert len(receiver.heard) == 1


def test_targets_are_secrets(paused: Still, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, "urllib3")  # the test's own client and receivers speak there
    with receiving(500, 500, 204) as receiver, receiving(500, 410) as callback:
        made = subscribe(paused.system, receiver.url)
        id = ordered(paused, data={"callback_url": callback.url})
        paused.pass_time(3600)
        paused.pass_time(3600)
        assert (len(receiver.heard), len(callback.heard)) == (3, 2)
    shown = [
        paused.system.call("GET", f"/v1/operations/{id}").text,
        paused.system.call("GET", f"/v1/operations/{id}/history").text,
        caplog.text,
        *dump(paused.system),
    ]
    hidden = ("a-secret-part-of-the-target", made["secret"], made["secret"][6:])
    assert [word for word in hidden for text in shown if word in text] == []


def dump(system: Living) -> list[str]:
    """The database as text."""
    with sqlite3.connect(system.folder / "connector.db") as connection:
        lines = list(connection.iterdump())
    connection.close()
    return lines


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/target"]),
        ({"target": 5, "statuses": "failed", "more": 1}, ["/target", "/statuses", "/more"]),
        ({"target": "https://a.example", "statuses": ["done"]}, ["/statuses"]),
        ({"target": "https://a.example", "statuses": [["failed"], {}]}, ["/statuses"]),
        ({"target": "https://a.example", "provider": 1, "action": []}, ["/provider", "/action"]),
        ({"target": "http://receiver.example/x"}, ["/target"]),
        ({"target": "https://10.0.0.1/x"}, ["/target"]),
        ({"target": "https://[::1]/x"}, ["/target"]),
        ({"target": "https://a.example/\u0000"}, ["/target"]),
        ({"target": "https://a.example/" + "x" * 3000}, ["/target"]),
    ],
)
def test_a_wrong_subscription_is_told_all_that_is_wrong(
    system: Living, body: Any, pointers: list[str]
) -> None:
    answer = system.call("POST", "/v1/subscriptions", json=body)
    assert answer.status_code == 422, answer.text
    assert [each["pointer"] for each in answer.json()["errors"]] == pointers


def test_a_subscription_to_an_unknown_provider_or_action_is_refused(system: Living) -> None:
    for more in ({"provider": "nobody"}, {"provider": "mindee", "action": "nothing"}):
        body = {"target": "https://receiver.example", **more}
        assert system.call("POST", "/v1/subscriptions", json=body).status_code == 404


@pytest.mark.parametrize(
    ("body", "media", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"target":' + b"[" * 100_000, "application/json", 400),
        (b'{"target": "https://a.example/\\ud800"}', "application/json", 400),
        (b'["a"]', "application/json", 422),
        (b"\xff", "application/json", 400),
        (b"target=1", "application/x-www-form-urlencoded", 415),
        (b"{}", "text/plain", 415),
        (b"", "", 422),
    ],
)
def test_a_subscription_must_be_a_json_object(
    system: Living, body: bytes, media: str, status: int
) -> None:
    headers = {"Content-Type": media} if media else {}
    answer = system.call("POST", "/v1/subscriptions", data=body, headers=headers)
    assert answer.status_code == status, answer.text


def test_a_callback_to_a_private_place_is_refused(paused: Still) -> None:
    answer = paused.system.order(data={"callback_url": "https://192.168.0.9/x"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/callback_url"
