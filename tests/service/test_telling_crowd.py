"""Does a receiver that never answers hold up what is owed to others?"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from connector.engine import telling
from connector.engine.telling import lane_of
from tests.service.receivers import says, wire
from tests.service.worlds import Still, another_key, quick, receiving

HOSTS = {"CONNECTOR_ALLOWED_HOSTS": "127.0.0.1,localhost"}
WRONG_MODEL = {"model_id": "99999999-9999-4999-8999-999999999999"}


def test_a_black_hole_holds_up_nobody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "TIMEOUT", 30.0)
    with (
        quick(tmp_path, HOSTS) as system,
        wire(None, host="localhost") as hole,
        wire(says("204 No Content")) as other,
    ):
        theirs = {"X-API-Key": another_key(system)}
        for _ in range(40):
            body = {"target": hole.url}
            system.call("POST", "/v1/subscriptions", json=body, headers=theirs)
        system.order(headers=theirs, data=WRONG_MODEL)
        hole.until(2)

        system.call("POST", "/v1/subscriptions", json={"target": other.url})
        for _ in range(3):
            system.order(data=WRONG_MODEL)
        other.until(3)

        assert len(hole.heard) == 2  # of eight threads that tell


def test_a_host_is_one_lane_whatever_its_port_path_and_case() -> None:
    same = ("https://a.example/x", "https://A.example./y?z", "http://a.example:8443/x")
    assert len({lane_of(each) for each in same}) == 1
    assert lane_of("https://b.example/x") != lane_of(same[0])
    assert "example" not in lane_of(same[0])


def test_every_way_to_subscribe_names_the_lane(paused: Still) -> None:
    system = paused.system
    with receiving() as told:
        words = {"target": told.url}
        system.call("POST", "/v1/subscriptions", json=words)
        hook = {"callback_url": told.url}
        made = system.call("POST", "/power-automate/mindee/hooks/finished", json=hook)
        assert made.status_code == 201, made.text
        id = system.order(data={"callback_url": told.url, **WRONG_MODEL}).json()["id"]
        watched = system.call(
            "POST",
            f"/power-automate/mindee/operations/{id}/callback",
            json={"callback_url": told.url + "2"},
        )
        assert watched.status_code == 201, watched.text
        found = system.engine.parts.store.list_subscriptions("tests")
        assert len(found) == 4
        assert {each.lane for each in found} == {lane_of(told.url)}
        assert urlsplit(told.url).hostname not in found[0].lane
        paused.pass_time(0)
        claimed = system.engine.parts.store.claim_deliveries(paused.clock.now + 99, 9, 1.0)
        assert {each.lane for each in claimed} == {lane_of(told.url)}
