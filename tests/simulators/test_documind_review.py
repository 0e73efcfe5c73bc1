"""Can a person see what waits, correct it and approve it, by page and by HTTP?"""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest

from tests.simulators.documind_bench import Bench


def test_the_list_shows_what_waits_and_links_to_it() -> None:
    bench = Bench()
    bench.extract(bench.upload())
    item = bench.waiting()
    page = bench.client.get("/_review")

    assert page.mimetype == "text/html"
    assert "smudged.pdf" in page.text
    assert "Total amount" in page.text
    assert "invoice.pdf" not in page.text
    assert f'href="/_review/{item["id"]}"' in page.text


def test_one_page_shows_the_text_beside_the_fields() -> None:
    bench = Bench()
    item = bench.waiting()
    page = bench.client.get(f"/_review/{item['id']}").text

    assert re.search(r"Total amount: +4\?8\.20 GBP", page)
    assert re.search(r'name="field\.invoice_number" value="PCR-2026-041"', page)
    assert "97 % sure" in page
    assert "not legible" in page


def test_a_correction_by_json_gives_the_item_back() -> None:
    bench = Bench()
    item = bench.waiting()
    bench.now += 100
    answer = bench.client.post(
        f"/_review/{item['id']}", json={"results": {"total_amount": 478.2}, "reviewer": "Ines"}
    )

    assert answer.status_code == 200
    assert answer.json == bench.items()[0]
    assert answer.json["is_reviewed"] is True
    assert answer.json["needs_review"] is True
    assert answer.json["reviewed_results"] == {**item["results"], "total_amount": 478.2}
    assert answer.json["results"] == item["results"]
    assert answer.json["reviewed_at"] == answer.json["updated_at"] > item["updated_at"]
    assert str(uuid.UUID(answer.json["reviewed_by"])) == answer.json["reviewed_by"]
    assert "Nothing waits" in bench.client.get("/_review").text
    assert "1 field corrected by Ines" in bench.client.get("/_review").text
    assert "The machine had read: nothing" in bench.client.get(f"/_review/{item['id']}").text


def test_an_empty_body_approves_as_it_is() -> None:
    bench = Bench()
    item = bench.waiting()
    answer = bench.client.post(f"/_review/{item['id']}")

    assert answer.json["reviewed_results"] == item["results"]


def test_the_form_corrects_with_the_types_of_the_fields() -> None:
    bench = Bench()
    item = bench.waiting()
    form = {
        "field.total_amount": "478.20 GBP",
        "field.invoice_date": "20 May 2026",
        "field.reverse_charge": "true",
        "field.invoice_number": " ",
        "reviewer": "",
    }
    answer = bench.client.post(f"/_review/{item['id']}", data=form)

    assert (answer.status_code, answer.location) == (303, "/_review")
    assert bench.items()[0]["reviewed_results"] == {
        "total_amount": 478.2,
        "invoice_date": "2026-05-20",
        "reverse_charge": True,
        "invoice_number": None,
    }


def test_a_form_sent_back_untouched_changes_nothing() -> None:
    bench = Bench()
    wanted = {
        "line_items": {"type": "array", "items": {"type": "object", "properties": {"qty": {}}}},
        "total_amount": {"type": "number"},
        "supplier": {},
        "iban": {},
    }
    bench.ask(wanted)
    (item,) = bench.items()
    page = bench.client.get(f"/_review/{item['id']}").text
    area = re.search(r'name="field\.line_items"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert area
    lines = area[1].replace("&#34;", '"').replace("\n", "\r\n")
    form = {"field.line_items": lines, "field.total_amount": "12330.0", "field.iban": ""}
    bench.client.post(f"/_review/{item['id']}", data=form)

    assert bench.items()[0]["reviewed_results"] == item["results"]


def test_a_value_of_another_type_is_refused_and_shown_again() -> None:
    bench = Bench()
    path = f"/_review/{bench.waiting()['id']}"
    answer = bench.client.post(path, data={"field.total_amount": "a <lot>"})

    assert answer.status_code == 422
    assert "this is not a number: a &lt;lot&gt;" in answer.text
    assert 'value="a &lt;lot&gt;"' in answer.text
    assert bench.items()[0]["is_reviewed"] is False


@pytest.mark.parametrize(
    "body",
    [
        {"results": {"total_amount": "much"}},
        {"results": {"total_amount": True}},
        {"results": {"invoice_number": 7}},
        {"results": {"reverse_charge": "perhaps"}},
        {"results": {"iban": "GB00"}},
        {"results": ["total_amount"]},
        {"result": {"total_amount": 1}},
        {"reviewer": 7},
        [],
    ],
)
def test_json_that_makes_no_sense_is_refused(body: Any) -> None:
    bench = Bench()
    answer = bench.client.post(f"/_review/{bench.waiting()['id']}", json=body)

    assert answer.status_code == 422
    assert isinstance(answer.json["detail"], str)
    assert bench.items()[0]["is_reviewed"] is False


def test_json_sent_as_a_form_by_mistake_is_not_an_approval() -> None:
    bench = Bench()
    path = f"/_review/{bench.waiting()['id']}"
    assert bench.client.post(path, data={'{"results": {}}': ""}).status_code == 422
    assert bench.items()[0]["is_reviewed"] is False


def test_numbers_stay_what_they_were() -> None:
    bench = Bench()
    bench.extract(bench.upload())
    path = f"/_review/{bench.items()[0]['id']}"
    answer = bench.client.post(path, json={"results": {"total_amount": "12,000"}})

    assert isinstance(answer.json["reviewed_results"]["total_amount"], float)


def test_a_second_review_is_a_conflict_and_an_unknown_one_not_found() -> None:
    bench = Bench()
    path = f"/_review/{bench.waiting()['id']}"
    bench.client.post(path)

    assert bench.client.post(path).status_code == 409
    again = bench.client.post(path, data={"reviewer": "late"})
    assert again.status_code == 409
    assert "already been reviewed" in again.text
    assert bench.client.get(f"/_review/{uuid.uuid4()}").status_code == 404
    assert bench.client.post(f"/_review/{uuid.uuid4()}").status_code == 404


def test_what_is_not_completed_cannot_be_reviewed() -> None:
    bench = Bench(fail=("submit:fail",))
    bench.extract(bench.upload())
    path = f"/_review/{bench.items()[0]['id']}"

    assert bench.client.post(path).json["detail"].startswith("Extraction is failed")
    assert "nothing to review" in bench.client.get(path).text


def test_needs_review_may_be_cleared_by_the_review() -> None:
    bench = Bench(switches={"after_review": "clears"})
    answer = bench.client.post(f"/_review/{bench.waiting()['id']}")

    assert (answer.json["needs_review"], answer.json["is_reviewed"]) == (False, True)


def test_nothing_of_a_document_becomes_markup() -> None:
    bench = Bench()
    evil = '<script>alert("x")</script>'
    text = f"Supplier: {evil}\nTotal: 1?0\n".encode()
    entities = {"supplier": {"description": evil}, evil: {"type": "number"}}
    bench.ask(entities, (f"{evil.replace('/', '')}.doc", text))
    path = f"/_review/{bench.items()[0]['id']}"
    pages = [bench.client.get("/_review"), bench.client.get(path)]
    bench.client.post(path, json={"reviewer": evil})
    pages += [bench.client.get("/_review"), bench.client.get(path)]

    assert all("<script" not in page.text for page in pages)
    assert "&lt;script&gt;" in pages[1].text
    assert all("default-src 'none'" in page.headers["Content-Security-Policy"] for page in pages)
