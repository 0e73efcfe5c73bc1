"""Is what an extraction tells really in the document, and only what was asked for?"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from connector.simulators.documents import read
from tests.simulators.pulse_bench import DOCUMENTS, KEY, PNG, Bench, code

WORD = re.compile(r"\w+")


@pytest.mark.parametrize("name", ["invoice.pdf", "receipt.pdf", "contract.pdf", "invoice.txt"])
def test_the_markdown_has_all_words_of_the_document_and_no_other(name: str) -> None:
    text = "\n".join(read((DOCUMENTS / name).read_bytes()).pages)
    written = Bench().result(name)["markdown"]

    assert sorted(WORD.findall(written)) == sorted(WORD.findall(text))


def test_two_documents_differ() -> None:
    bench = Bench()
    invoice, contract = bench.result("invoice.pdf"), bench.result("contract.pdf")

    assert "| Poster A2, 170 g matt | 250 | 1.42 | 355.00 |" in invoice["markdown"]
    assert contract["markdown"].startswith("# Equipment Loan Agreement\n")
    assert "\n## 3. Care and damage\n" in contract["markdown"]
    assert invoice["page_count"] == 2
    assert invoice["extraction_id"] != contract["extraction_id"]


def test_boxes_stand_on_the_page_and_name_their_page() -> None:
    boxes = Bench().result()["bounding_boxes"]
    title, table = boxes["Title"][0], boxes["Tables"][1]

    assert title["content"] == "Harbour Lane Print Works"
    assert len(title["bounding_box"]) == 8
    assert all(0 <= part <= 1 for part in title["bounding_box"])
    assert table["page_number"] == 2
    assert table["table_info"]["dimensions"] == [5, 4]
    assert table["cell_data"][4]["text"] == "Pavement sign insert"
    assert boxes["Footer"][0]["content"].endswith("page 1 of 2")
    ids = [entry["id"] for entry in boxes["Text"]]
    assert ids[0] == "txt-1"
    assert all(f'data-bb-text-id="{id}"' in boxes["markdown_with_ids"] for id in ids)


@pytest.mark.parametrize(("pages", "count"), [("1", 1), ("2", 1), ("1-2,5", 2), ("2,1", 2)])
def test_pages_are_really_chosen(pages: str, count: int) -> None:
    done = Bench().result(pages=pages)

    assert done["page_count"] == done["credits_used"] == count
    assert ("Poster A2" in done["markdown"]) == ("1" in pages)
    assert ("Pavement sign" in done["markdown"]) == ("2" in pages)
    if pages == "2":
        assert {entry["page_number"] for entry in done["bounding_boxes"]["Text"]} == {2}


def test_chunks_are_really_cut_and_lose_nothing() -> None:
    kinds = ["semantic", "header", "page", "recursive"]
    wish = {"chunking": {"chunk_types": kinds, "chunk_size": 300}}
    done = Bench().result("contract.pdf", extensions=json.dumps(wish))
    chunks = done["extensions"]["chunking"]

    assert list(chunks) == kinds
    for pieces in chunks.values():
        assert len(pieces) > 1
        assert all(0 < len(piece) <= 300 for piece in pieces)
        assert "".join("".join(pieces).split()) == "".join(done["markdown"].split())
    assert any(piece.startswith("## 2. Use") for piece in chunks["header"])


def test_extensions_are_there_only_when_they_were_asked_for() -> None:
    bench = Bench()
    assert "extensions" not in bench.result()
    wish = {"altOutputs": {"wlbb": True, "returnHtml": True, "returnXml": True},
            "footnoteReferences": True}  # fmt: skip
    found = bench.result("receipt.pdf", extensions=json.dumps(wish))["extensions"]

    assert found["footnoteReferences"] == []
    alt = found["altOutputs"]
    assert [word["text"] for word in alt["wlbb"]["words"][:3]] == ["KETTLE", "&", "CRUMB"]
    assert alt["wlbb"]["words"][0]["id"] == "w-1"
    assert "<h1>KETTLE &amp; CRUMB</h1>" in alt["html"]
    assert '<tables id="tbl-1" page="1">' in alt["xml"]


def test_footnotes_point_to_where_their_mark_stands() -> None:
    text = b"A tale\n\nThe hare* was fast.\n\nThe tortoise was not.\n\n* Not the brown one."
    wish = json.dumps({"footnote_references": True})

    assert Bench().result(text, extensions=wish)["extensions"]["footnoteReferences"] == [
        {"symbol": "*", "footnoteTextId": "txt-3", "referenceTextIds": ["txt-1"]}
    ]


def test_old_parameters_work_and_are_warned_of() -> None:
    schema = {"invoice_number": "string", "total_amount": "float", "colour": "string"}
    done = Bench().result(chunking="page", returnHtml="true", schema=json.dumps(schema))

    assert len(done["chunks"]["page"]) == 2
    assert "<h1>INVOICE</h1>" in done["html"]
    assert done["structured_output"]["values"] == {
        "invoice_number": "HL-2026-0117", "total_amount": 12330.0, "colour": None,
    }  # fmt: skip
    assert len(done["warnings"]) == 3


def test_an_image_is_one_figure_and_nothing_is_read_into_it() -> None:
    bench = Bench()
    wish = json.dumps({"description": True, "show_images": True})
    done = bench.result(PNG, figure_processing=wish)
    [figure] = done["bounding_boxes"]["Images"]

    assert figure["visual_type"] == "image"
    assert "does not read pixels" in figure["description"]
    assert "does not read pixels" in done["warnings"][0]
    for _ in range(2):  # unlike large results, an image can be read again
        image = bench.get(figure["image_url"])
        assert (image.data, image.content_type) == (PNG, "image/png")
    assert bench.client.get(figure["image_url"]).status_code == 401
    assert code(bench.get(figure["image_url"] + "x"), 404) == "STORAGE_001"


def test_without_storage_nothing_is_kept() -> None:
    done = Bench().result(storage=json.dumps({"enabled": False}))

    assert "extraction_id" not in done
    assert "extraction_url" not in done


@pytest.mark.parametrize("switch", [{"large_pages": "2"}, {"large_bytes": "1000"}])
def test_a_large_result_is_a_link_that_works_once(switch: dict[str, str]) -> None:
    bench = Bench(switch)
    id = bench.order()
    assert code(bench.get(f"/large_results/{id}"), 404) == "JOB_001"
    bench.now += 10
    link = bench.job(id)["result"]

    assert link["is_url"] is True
    assert link["url"] == f"http://localhost/large_results/{id}"
    assert link["page_count"] == 2
    assert link["plan-info"]["pages_used"] == 2
    assert "markdown" not in link
    assert code(bench.client.get(link["url"]), 401) == "AUTH_001"
    whole = bench.get(link["url"])
    assert "Poster A2" in whole.json["markdown"]
    assert whole.json["extraction_id"] == link["extraction_id"]
    assert code(bench.get(link["url"]), 410) == "JOB_003"
    assert bench.job(id)["result"] == link


def test_a_large_result_can_be_had_for_an_hour() -> None:
    bench = Bench({"large_pages": "1"})
    id = bench.order()
    bench.now += 3700

    assert code(bench.get(bench.job(id)["result"]["url"]), 410) == "JOB_003"


def test_synchronous_results_can_be_large_too_and_others_never_are() -> None:
    bench = Bench()
    id = bench.order()
    bench.now += 10
    assert code(bench.get(f"/large_results/{id}"), 404) == "JOB_001"

    bench.client.post("/_simulator/switches", json={"large_pages": "1"})
    answer = bench.extract().json
    assert answer["is_url"] is True
    assert bench.get(answer["url"]).json["page_count"] == 2
    assert "tables_output" in bench.post("/tables", extraction_id=answer["extraction_id"]).json


@pytest.mark.parametrize("reads", ["once", "many"])
def test_a_foreign_host_wants_no_key_and_tells_whether_one_came(reads: str) -> None:
    foreign = "https://results.example"
    bench = Bench({"large_pages": "1", "foreign_host": foreign, "foreign_reads": reads})
    id = bench.order()
    bench.now += 10
    url = bench.job(id)["result"]["url"]

    assert url.startswith(f"{foreign}/large_results/{id}?X-Amz-")
    first: Any = bench.client.get(url, base_url=foreign)
    assert first.json["page_count"] == 2
    again = bench.client.get(url, base_url=foreign, headers=KEY)
    assert again.status_code == (410 if reads == "once" else 200)
    assert code(bench.client.get(url[:-1] + "x", base_url=foreign), 403) == "AUTH_004"
    seen = [s["authorization"] for s in bench.log()["requests"] if s["kind"] == "get_result"]
    assert seen == [False, True, False]
    assert code(bench.client.get(f"/job/{id}", base_url=foreign), 401) == "AUTH_001"
