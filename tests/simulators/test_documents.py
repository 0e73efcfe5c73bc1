"""Is what the simulators read really in the document?"""

from __future__ import annotations

import io
from typing import Any

import pytest
from pypdf import PdfWriter

from connector.simulators.documents import Document, Readings, read
from connector.simulators.fields import find_fields
from connector.simulators.kinds import kind_of, runs
from connector.simulators.layout import words
from connector.simulators.values import typed
from tests.simulators.bench import DOCUMENTS


def sample(name: str) -> Document:
    return read((DOCUMENTS / name).read_bytes())


def pdf(password: str | None = None) -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    if password:
        writer.encrypt(password, algorithm="AES-256")
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "kind", "field", "value"),
    [
        ("invoice.pdf", "invoice", "total_amount", 12330.0),
        ("invoice.txt", "invoice", "invoice_number", "MGT-5520"),
        ("receipt.pdf", "receipt", "date", "2026-05-17"),
        ("receipt.pdf", "receipt", "paid", True),
        ("contract.pdf", "contract", "lender", "Fernhill Observatory"),
    ],
)
def test_each_sample_gives_its_own_values(name: str, kind: str, field: str, value: Any) -> None:
    document = sample(name)
    found = find_fields(document.pages).values[field]

    assert found.value == value
    assert found.text in document.pages[found.page]
    assert kind_of("\n".join(document.pages)) == kind


def test_a_table_goes_on_over_the_page() -> None:
    rows = find_fields(sample("invoice.pdf").pages).tables["line_items"]

    assert len(rows) == 20
    assert [rows[0]["item"].page, rows[-1]["item"].page] == [0, 1]
    assert sum(row["amount"].value for row in rows) == 10275.0  # type: ignore[misc]


def test_words_stand_on_the_page_in_reading_order() -> None:
    found = words(sample("receipt.pdf").pages[0])

    assert [word.text for word in found[:3]] == ["KETTLE", "&", "CRUMB"]
    assert all(0 <= part <= 1 for word in found for corner in word.polygon for part in corner)
    assert found[0].polygon[0][1] < found[-1].polygon[0][1]


def test_pages_of_one_kind_belong_together() -> None:
    invoice, receipt = sample("invoice.pdf").pages, sample("receipt.pdf").pages

    assert runs((*invoice, "nothing", *receipt)) == [(0, 2, "invoice"), (3, 3, "receipt")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234.50 EUR", 1234.5),
        ("€ 1.234,50", 1234.5),
        ("20 %", 20),
        ("-3", -3),
        ("0042", "0042"),
        ("MGT-5520", "MGT-5520"),
        ("14:32", "14:32"),
        ("1.2.3.4", "1.2.3.4"),
        ("2026-02-31", "2026-02-31"),
        ("March 2, 2026", "2026-03-02"),
        ("02/03/2026", "2026-03-02"),
        ("No", False),
        ("no parking", "no parking"),
    ],
)
def test_text_is_typed_only_where_it_is_certain(text: str, value: Any) -> None:
    assert typed(text) == value


@pytest.mark.parametrize(
    ("content", "trouble"),
    [
        (pdf("secret"), "protected by a password"),
        (b"%PDF-1.7\nthis is where it ends", "could not be read"),
        (b"\x00\x01\x02\xff", "not supported"),
        (b"", "not supported"),
    ],
)
def test_what_cannot_be_read_says_why(content: bytes, trouble: str) -> None:
    assert trouble in (read(content).trouble or "")


def test_what_has_no_text_says_so() -> None:
    assert "no text layer" in (read(b"\xff\xd8\xff\xe0 and pixels").note or "")
    assert "text layer" in (read(pdf()).note or "")


def test_a_document_is_read_once_and_its_bytes_are_let_go() -> None:
    asked: list[int] = []
    readings = Readings()
    readings.put("a", lambda: asked.append(1) or b"Total: 5")  # type: ignore[func-returns-value]

    assert readings.document("a") is readings.document("a")
    assert asked == [1]


def test_a_document_nobody_can_fetch_is_trouble() -> None:
    readings = Readings()
    readings.put("a", lambda: None)

    assert readings.document("a").trouble == "The file could not be downloaded."
