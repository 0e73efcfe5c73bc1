"""How are things called in a connector?"""

from __future__ import annotations

import pytest

from connector.exporters.power_automate.names import (
    display,
    pascal,
    plain,
    sentence,
    summary,
    title,
)


@pytest.mark.parametrize(
    ("name", "said"),
    [("extract", "Extract"), ("wait_for_review", "WaitForReview"), ("ocr_2", "Ocr2")],
)
def test_an_operation_id_has_no_underscores(name: str, said: str) -> None:
    assert pascal(name) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Return the full text", "Return the Full Text"),
        ("plan-info", "Plan Info"),
        ("file_urls", "File Urls"),
        ("document_id", "Document ID"),
        ("Provider's own / id", "Providers Own ID"),
        ("the total (of all)", "The Total (Of All)"),
        ("x" * 100, "X" + "x" * 79),
        ("word " * 30, ("Word " * 16).strip()),
        ("", ""),
    ],
)
def test_a_title_is_in_title_case_and_short(text: str, said: str) -> None:
    assert title(text) == said
    assert len(title(text)) <= 80


def test_a_summary_is_in_sentence_case() -> None:
    assert summary("extract a document (submit only)") == "Extract a document (submit only)"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Reads it", "Reads it."),
        ("Really?", "Really?"),
        ("a list:", "A list."),
        ("id of it", "ID of it."),
        ("", "The value of X."),
    ],
)
def test_a_sentence_ends_like_one(text: str, said: str) -> None:
    assert sentence(text, "X") == said


def test_text_is_plain() -> None:
    assert plain("naïve –\n“quoted”  ’s") == 'naive - "quoted" \'s'


@pytest.mark.parametrize(
    ("value", "said"),
    [("needs_review", "Needs Review"), ("vlm", "VLM"), ("gpt-4.1", "gpt-4.1"), (3, "3")],
)
def test_a_value_is_shown_in_words_unless_it_is_a_name(value: object, said: str) -> None:
    assert display(value) == said
