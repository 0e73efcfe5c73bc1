"""How does what SellerShorts posts become an order, and what is said of what cannot?"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.living import MODEL
from tests.sellershorts.worlds import PDF, SECRET, World, world
from tests.service.worlds import another_key

TEXT = base64.b64encode(PDF).decode()
URL = "https://files.sellershorts.example/a.pdf"


def given(here: World, order_id: str) -> dict[str, Any]:
    """What the order was understood to ask for."""
    return dict(here.operation(order_id).input)


def content(here: World, order_id: str, name: str = "document") -> bytes:
    """The bytes of a file that came with the order."""
    reference = given(here, order_id)[name]
    return b"".join(here.system.engine.parts.files.chunks(reference["$file"]))


def problems(answer: requests.Response) -> dict[str, str]:
    """What is wrong, by its pointer."""
    assert answer.status_code == 422, answer.text
    said = answer.json()
    assert (said["ok"], said["status"]) == (False, 422)
    return {each["pointer"]: each["detail"] for each in said["errors"]}


def test_the_usual_payload_is_taken_and_answered_at_once(own: World) -> None:
    payload = {
        "short_id": "tool-1",
        "order_id": "11111111-1111-4111-8111-111111111111",
        "inputs": {"document": TEXT, "copies": "2", "urgent": "yes", "paper": '{"size": "A4"}'},
        "callback_url": "https://sellershorts.com/api/orders/callback",
        "ts": 1_774_000_000,
        "job_token": "a.b.c",
        "api_version": "v1",
    }

    answer = own.post(payload)

    assert answer.status_code == 200
    assert answer.json() == {
        "ok": True,
        "order_id": payload["order_id"],
        "status": "processing",
        "ignored": [],
    }
    assert own.provider.orders == []
    found = given(own, str(payload["order_id"]))
    assert (found["copies"], found["urgent"], found["paper"]) == (2, True, {"size": "A4"})
    assert content(own, str(payload["order_id"])) == PDF
    assert own.operation(str(payload["order_id"])).client_ref == payload["order_id"]


def test_inputs_that_say_nothing_to_the_action_are_named_and_left_out(here: World) -> None:
    answer = here.order(inputs={"document": TEXT, "coupon": "X", "timeout": 5, "e-mail": None})

    assert answer.status_code == 200
    assert answer.json()["ignored"] == ["coupon", "timeout", "e-mail"]
    assert set(given(here, answer.json()["order_id"])) == {"document"}


def test_known_inputs_that_are_wrong_or_missing_are_all_named(here: World) -> None:
    answer = here.order(order_id="wrong-1", inputs={"copies": "many", "urgent": 7, "more": 1})

    assert problems(answer) == {
        "/document": "Give the file: as a multipart part, as base64 text, or as document_url.",
        "/copies": "Give a whole number.",
        "/urgent": "Give true or false.",
    }
    assert here.ask("wrong-1").status_code == 404


def test_an_input_that_is_missing_is_null_and_counts_as_not_given(here: World) -> None:
    order_id = here.read(inputs={"copies": None, "urgent": "", "paper": None})

    assert set(given(here, order_id)) == {"document"}


def test_nested_inputs_may_be_paths(here: World) -> None:
    order_id = here.read(inputs={"paper__size": "A5"})

    assert given(here, order_id)["paper"] == {"size": "A5"}


@pytest.mark.parametrize("inputs", [json.dumps({"document": TEXT}), {"document": TEXT}])
def test_inputs_may_be_json_text(here: World, inputs: Any) -> None:
    assert content(here, here.ordered(inputs=inputs)) == PDF


@pytest.mark.parametrize("inputs", [[], "text", 5, True, ["a"]])
def test_inputs_that_are_no_object_are_refused(here: World, inputs: Any) -> None:
    assert "/inputs" in problems(here.order(inputs=inputs))


@pytest.mark.parametrize(
    "document",
    [
        URL,
        {"url": URL},
        {"file_url": URL, "filename": "a.pdf"},
        {"href": URL, "url": None},
        [URL],
        [{"url": URL, "mime_type": "application/pdf"}],
    ],
)
def test_a_file_may_come_as_its_url(here: World, document: Any) -> None:
    assert given(here, here.ordered(inputs={"document": document}))["document_url"] == URL


@pytest.mark.parametrize(
    ("document", "name", "kind"),
    [
        (TEXT, "document.pdf", "application/pdf"),
        (f"data:application/pdf;base64,{TEXT}", "document.pdf", "application/pdf"),
        ({"file_base64": TEXT}, "document.pdf", "application/pdf"),
        (
            {"file_base64": base64.b64encode(b"a;b").decode(), "filename": "x.dat",
             "mime_type": "text/csv"},
            "x.dat",
            "text/csv",
        ),
        ([{"file_base64": TEXT, "filename": "../../x.pdf"}], "x.pdf", "application/pdf"),
    ],
)  # fmt: skip
def test_a_file_may_come_as_base64(here: World, document: Any, name: str, kind: str) -> None:
    found = given(here, here.ordered(inputs={"document": document}))["document"]

    assert (found["name"], found["type"]) == (name, kind)


@pytest.mark.parametrize(
    "document", ["no base64!", 5, {}, {"url": 5}, {"name": "a"}, [URL, URL], [[]], {"$file": "x"}]
)
def test_what_is_no_file_is_named(here: World, document: Any) -> None:
    assert set(problems(here.order(inputs={"document": document}))) == {"/document"}


@pytest.mark.parametrize("url", ["http://files.example/a.pdf", "https://10.0.0.7/a.pdf"])
def test_a_file_at_a_private_or_plain_address_is_refused(here: World, url: str) -> None:
    assert set(problems(here.order(inputs={"document": url}))) == {"/document_url"}


@pytest.mark.parametrize(
    "item",
    [URL, {"url": URL}, {"file_url": URL, "filename": "a.pdf"}, {"href": URL, "field": "document"}],
)
def test_a_file_may_come_in_the_list_of_files(here: World, item: Any) -> None:
    order_id = here.ordered(inputs={}, input_files=[item], api_version="v2")

    assert given(here, order_id)["document_url"] == URL


def test_files_of_the_list_go_to_the_fields_they_name_or_to_those_that_are_free(
    here: World,
) -> None:
    first = {"file_base64": TEXT, "filename": "one.pdf"}
    second = {"url": URL, "field": "document"}

    found = given(here, here.ordered("print", input_files=[first, second]))

    assert found["document_url"] == URL
    assert found["cover"]["name"] == "one.pdf"


@pytest.mark.parametrize("said", [URL, "a.pdf"])
def test_a_file_that_form_and_list_both_name_is_one_file(here: World, said: str) -> None:
    item = {"url": URL, "filename": "a.pdf"}

    found = given(here, here.ordered(inputs={"document": said}, input_files=[item]))

    assert (found["document_url"], found["document_name"]) == (URL, "a.pdf")


def test_more_files_than_the_action_takes_are_refused(here: World) -> None:
    wrong = problems(here.order(inputs={"document": TEXT}, input_files=[URL, f"{URL}2"]))

    assert wrong == {"/input_files": "The action takes 1 file(s), and 2 more came."}
    assert "/input_files" in problems(here.order("pack", input_files=[URL]))
    assert "/input_files" in problems(here.order(input_files={"0": URL}))


# What an order is known by.


def test_the_same_order_again_is_answered_the_same_and_orders_nothing_new(own: World) -> None:
    payload = {"order_id": "again-1", "inputs": {"document": TEXT, "copies": 1}, "ts": 1}

    answers = [own.post({**payload, "ts": at}) for at in (1, 2, 3)]
    own.pass_time(times=2)
    late = own.post(payload)

    assert [each.status_code for each in (*answers, late)] == [200] * 4
    assert len({each.text for each in (*answers, late)}) == 1
    assert len(own.provider.orders) == 1


def test_the_same_order_with_another_body_is_a_conflict(here: World) -> None:
    here.order(order_id="again-2", inputs={"document": TEXT})

    other = here.order(order_id="again-2", inputs={"document": TEXT, "copies": 3})
    elsewhere = here.order("print", order_id="again-2", inputs={"document": TEXT})

    assert [other.status_code, elsewhere.status_code] == [409, 409]
    assert (other.json()["ok"], other.json()["code"]) == (False, "key_reused")


def test_two_sellers_may_have_an_order_of_the_same_id(here: World) -> None:
    theirs = {"X-API-Key": another_key(here.system)}
    payload = {"order_id": "shared-1", "inputs": {"document": TEXT}}

    assert here.post(payload).status_code == 200
    assert here.post(payload, headers=theirs).status_code == 200


@pytest.mark.parametrize("order_id", ["x", "no uuid", "ä" * 255, 17, "a?b#c%d", "..."])
def test_any_short_printable_id_will_do(here: World, order_id: Any) -> None:
    assert here.ordered(order_id=order_id, inputs={"document": TEXT}) == str(order_id)
    assert here.ask(requests.utils.quote(str(order_id), safe="")).status_code == 200


@pytest.mark.parametrize(
    "order_id", [None, "", "x" * 256, "a\nb", "a\0b", "a/b", ".", "..", [], {}, True, 1.5]
)
def test_other_ids_are_refused(here: World, order_id: Any) -> None:
    assert "/order_id" in problems(here.order(order_id=order_id, inputs={"document": TEXT}))


# Payloads of the seller's own.


def test_the_address_may_say_where_things_stand(own: World) -> None:
    query = (
        "at.order_id=meta.id&at.inputs=%7Bdocument%3A%20form.file%2C%20copies%3A%20form.n%7D"
        "&at.callback_url=back"
    )
    body = {
        "meta": {"id": "moved-1"},
        "form": {"file": TEXT, "n": "4", "other": 1},
        "back": "https://sellershorts.com/api/orders/callback",
    }

    answer = own.post(body, query=query)

    assert answer.status_code == 200, answer.text
    assert content(own, "moved-1") == PDF
    assert given(own, "moved-1")["copies"] == 4
    assert own.operation("moved-1").next_call == "submit"


def test_files_may_stand_elsewhere_too(here: World) -> None:
    body = {"order_id": "moved-2", "uploads": [{"file": {"link": URL}}]}

    answer = here.post(body, query="at.input_files=uploads[].file.link")

    assert answer.status_code == 200, answer.text
    assert given(here, "moved-2")["document_url"] == URL


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("at.order_id=a[", "/at.order_id"),
        ("at.order=a", "/at.order"),
        ("at.inputs=%00", "/at.inputs"),
    ],
)
def test_a_place_that_cannot_be_read_is_named(here: World, query: str, pointer: str) -> None:
    assert pointer in problems(here.order(query=query, inputs={"document": TEXT}))


def test_a_place_where_nothing_stands_is_as_if_nothing_came(here: World) -> None:
    assert "/order_id" in problems(here.order(query="at.order_id=length(ts)", inputs={}))


def test_the_seller_may_set_fields_for_all_buyers(here: World) -> None:
    order_id = here.ordered(
        query="copies=7&urgent=true&utm_source=x", inputs={"document": TEXT, "copies": 1}
    )

    found = given(here, order_id)
    assert (found["copies"], found["urgent"]) == (7, True)


def test_the_seller_may_set_the_time_that_an_order_has(here: World) -> None:
    op = here.operation(here.read(query="timeout=soon"))

    assert op.deadline_at - op.created_at == 60
    assert "/timeout" in problems(here.order(query="timeout=never", inputs={"document": TEXT}))


def test_names_may_be_others_in_both_directions(tmp_path: Path, prepared: None) -> None:
    names = {
        "order_id": "reference",
        "order.inputs": "answers form",
        "poll.status": "state",
        "poll.result_text": "text",
        "poll.ok": "",
        "item.url": "link",
    }
    settings = {"CONNECTOR_SELLERSHORTS_NAMES": json.dumps(names)}
    with world(tmp_path, settings) as here:
        body = {"reference": "named-1", "form": {"document": {"link": URL}}}

        assert here.post(body).json() == {
            "reference": "named-1",
            "state": "processing",
            "ignored": [],
        }
        assert given(here, "named-1")["document_url"] == URL
        body = {"reference": "named-2", "answers": {"document": TEXT}}
        here.provider.state = "done"
        here.post(body)
        here.pass_time(times=3)
        assert here.poll("named-2") == {
            "reference": "named-2",
            "state": "completed",
            "output_type": "json",
            "text": '{"score":97}',
        }


# What is refused as a whole.


@pytest.mark.parametrize(
    ("body", "media", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 422),
        (b'"a"', "application/json", 422),
        (b"", "", 422),
        (b"a=1", "application/x-www-form-urlencoded", 415),
        (b'{"order_id": "a", "inputs": {"document": "\xff"}}', "application/json", 400),
        (b'{"order_id": "a", "inputs": ' + b"[" * 100_000, "application/json", 400),
        (b'{"order_id": "\\ud800", "inputs": {}}', "application/json", 400),
        (b'{"order_id": 1e999, "inputs": {}}', "application/json", 400),
    ],
)
def test_what_cannot_be_read_is_a_problem(
    here: World, body: bytes, media: str, status: int
) -> None:
    headers = {"Content-Type": media} if media else {}

    answer = here.system.call("POST", here.webhook(), data=body, headers=headers)

    assert answer.status_code == status, answer.text
    assert answer.json()["ok"] is False


def test_unknown_actions_and_providers_are_named(here: World) -> None:
    assert here.post({}, "nothing").json()["code"] == "unknown_action"
    answer = here.system.call("POST", "/sellershorts/nobody/read", json={})
    assert (answer.status_code, answer.json()["ok"]) == (404, False)
    assert here.system.call("GET", "/sellershorts/printer/read").json()["ok"] is False


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/api/orders/callback",
        "https://sellershorts.com.evil.example/x",
        "https://evilsellershorts.com/x",
        "http://sellershorts.com/x",
        "https://10.0.0.1/x",
        "https://sellershorts.com@evil.example/x",
        "nonsense",
        5,
    ],
)
def test_a_callback_that_is_none_of_sellershorts_is_refused(here: World, url: Any) -> None:
    wrong = problems(here.order(inputs={"document": TEXT}, callback_url=url))

    assert set(wrong) == {"/callback_url"}
    assert "/x" not in str(wrong)


@pytest.mark.parametrize("url", ["https://sellershorts.com/c", "https://api.sellershorts.com/c"])
def test_callbacks_of_sellershorts_are_taken(own: World, url: str) -> None:
    assert own.order(inputs={"document": TEXT}, callback_url=url).status_code == 200


def test_an_order_needs_a_key_of_the_provider(tmp_path: Path, prepared: None) -> None:
    with world(tmp_path, {"MINDEE_API_KEY": ""}) as here:
        body = {"order_id": "k", "inputs": {"document": TEXT, "model_id": MODEL}}
        answer = here.system.call("POST", here.webhook("extraction", provider="mindee"), json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "no_provider_key")
        assert SECRET not in answer.text


def test_files_of_an_order_that_is_refused_do_not_stay(own: World) -> None:
    own.order(inputs={"document": TEXT, "copies": "many"})
    own.order(order_id="kept", inputs={"document": TEXT})
    own.order(order_id="kept", inputs={"document": TEXT})

    kept = [path for path in (own.system.folder / "files").rglob("*") if path.is_file()]
    assert len(kept) == 1
