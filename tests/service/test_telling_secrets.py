"""Can a receiver change its signing secret without missing a message?"""

from __future__ import annotations

import time
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from tests.service.test_telling import dump, ordered, standing, subscribe
from tests.service.worlds import Receiver, Still, another_key, receiving

DAY = 86_400.0


def rotate(paused: Still, id: str) -> dict[str, Any]:
    """What the service says of the new secret."""
    answer = paused.system.call("POST", f"/v1/subscriptions/{id}/rotate")
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def verified(paused: Still, receiver: Receiver, *secrets: str) -> list[bool]:
    """Which of the secrets the next message verifies with, one at a time."""
    receiver.heard.clear()
    ordered(paused)
    ((headers, text),) = receiver.heard
    found = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("standardwebhooks.webhooks.datetime", standing(paused.clock.now))
        for secret in secrets:
            try:
                Webhook(secret).verify(text, headers)
                found.append(True)
            except WebhookVerificationError:
                found.append(False)
    assert headers["Webhook-Signature"].count(" ") == sum(found) - 1
    return found


def test_for_a_day_messages_verify_with_either_secret_then_with_the_new_one(
    paused: Still,
) -> None:
    with receiving() as receiver:
        made = subscribe(paused.system, receiver.url)
        old = made["secret"]
        said = rotate(paused, made["id"])
        new = said["secret"]
        assert new.startswith("whsec_")
        assert new != old
        assert said["id"] == made["id"]
        until = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(paused.clock.now + DAY))
        assert said["old_until"].startswith(until)
        assert verified(paused, receiver, old, new) == [True, True]
        paused.pass_time(DAY - 100)
        assert verified(paused, receiver, old, new) == [True, True]
        paused.pass_time(200)
        assert verified(paused, receiver, old, new) == [False, True]


def test_rotating_twice_keeps_the_two_newest(paused: Still) -> None:
    with receiving() as receiver:
        made = subscribe(paused.system, receiver.url)
        secrets = [made["secret"], *(rotate(paused, made["id"])["secret"] for _ in range(2))]
        assert len(set(secrets)) == 3
        assert verified(paused, receiver, *secrets) == [False, True, True]
        paused.pass_time(DAY)
        assert verified(paused, receiver, *secrets) == [False, False, True]
        secrets.append(rotate(paused, made["id"])["secret"])
        assert verified(paused, receiver, *secrets) == [False, False, True, True]


def test_a_message_that_is_repeated_is_signed_as_things_are_by_then(paused: Still) -> None:
    with receiving(500, 204) as receiver:
        made = subscribe(paused.system, receiver.url)
        ordered(paused)
        new = rotate(paused, made["id"])["secret"]
        paused.pass_time(6)
        assert len(receiver.heard) == 2
        headers, text = receiver.heard[1]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("standardwebhooks.webhooks.datetime", standing(paused.clock.now))
            Webhook(new).verify(text, headers)
            Webhook(made["secret"]).verify(text, headers)


def test_secrets_are_shown_once_and_kept_encrypted(paused: Still) -> None:
    made = subscribe(paused.system, "https://receiver.example/x")
    new = rotate(paused, made["id"])["secret"]
    shown = dump(paused.system)
    assert [word for word in (made["secret"], new) for text in shown if word[6:] in text] == []


def test_only_the_owner_rotates(paused: Still) -> None:
    system = paused.system
    with receiving() as receiver:
        made = subscribe(system, receiver.url)
        path = f"/v1/subscriptions/{made['id']}/rotate"
        theirs = {"X-API-Key": another_key(system)}
        assert system.call("POST", path, headers=theirs).status_code == 404
        assert system.call("POST", "/v1/subscriptions/unknown/rotate").status_code == 404
        assert system.call("POST", path, headers={"X-API-Key": "wrong"}).status_code == 401
        assert verified(paused, receiver, made["secret"]) == [True]


def test_what_is_not_signed_has_nothing_to_rotate(paused: Still) -> None:
    hook = {"callback_url": "http://127.0.0.1:9/x"}
    made = paused.system.call("POST", "/power-automate/mindee/hooks/finished", json=hook)
    assert made.status_code == 201, made.text
    (found,) = paused.system.engine.parts.store.list_subscriptions("tests")
    answer = paused.system.call("POST", f"/v1/subscriptions/{found.id}/rotate")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_signed")


def test_a_secret_that_we_can_no_longer_read_signs_nothing_and_can_be_replaced(
    paused: Still,
) -> None:
    store = paused.system.engine.parts.store
    with receiving() as receiver:
        made = subscribe(paused.system, receiver.url)
        store.change_secret(made["id"], "tests", lambda kept: "of another secret key")
        ordered(paused)
        assert receiver.heard == []  # rather than a message that nobody can check
        new = rotate(paused, made["id"])["secret"]
        assert verified(paused, receiver, made["secret"], new) == [False, True]
