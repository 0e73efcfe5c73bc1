"""Is every name in the one table, and does the README tell what the table says?"""

from __future__ import annotations

from pathlib import Path

import pytest

from connector.core.model import CLOSED, Status
from connector.platforms.sellershorts import words
from connector.settings import BadSetting, read_settings
from connector.wiring import sale_rules
from tests.living import ROOT
from tests.running.grounds import bare, run


def test_every_status_has_its_word_and_every_open_one_a_sentence() -> None:
    assert set(words.STATUSES) == set(Status)
    assert set(words.MEANWHILE) == set(Status) - CLOSED
    assert set(words.STATUSES.values()) == {words.PROCESSING, words.COMPLETED, words.FAILED}


def test_names_are_unique_within_their_group() -> None:
    assert len({each.full for each in words.TABLE}) == len(words.TABLE)
    for group in {each.group for each in words.TABLE}:
        usual = [name for each in words.TABLE if each.group == group for name in each.usual.split()]
        assert len(usual) == len(set(usual))


def test_a_word_alone_stands_for_all_that_are_called_so() -> None:
    assert words.read([("order_id", "id")]) == {
        "order.order_id": "id",
        "poll.order_id": "id",
        "callback.order_id": "id",
    }
    assert words.read([("order_id", "id"), ("poll.order_id", "order")])["poll.order_id"] == "order"


def test_what_is_said_gets_their_names_inside_of_lists_too() -> None:
    names = {"poll.files": "outputs", "poll.filename": "name", "poll.ok": ""}
    body = {"ok": True, "error": None, "files": [{"filename": "a", "mime_type": "b"}]}

    assert words.said(names, words.POLL, body) == {"outputs": [{"name": "a", "mime_type": "b"}]}


def test_a_word_that_there_is_not_is_named(tmp_path: Path) -> None:
    settings = read_settings({"CONNECTOR_SELLERSHORTS_NAMES": "poll.state=x"})
    with pytest.raises(BadSetting, match=r"there is no 'poll\.state'; there is: order\.order_id"):
        sale_rules(settings)

    here = {"CONNECTOR_DATABASE_URL": f"sqlite:///{tmp_path}/connector.db"}
    said = run(
        "serve", environment={**bare(), **here, "CONNECTOR_SELLERSHORTS_NAMES": "poll.state=x"}
    )
    assert said.returncode == 1
    assert said.stderr.startswith("CONNECTOR_SELLERSHORTS_NAMES cannot be read")


def test_the_readme_lists_every_name() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    between = readme.split("<!-- names: begin -->")[1].split("<!-- names: end -->")[0]

    assert between.strip() == names_table()


def names_table() -> str:
    """The README's table of names, as it must be."""
    rows = [
        f"| `{each.full}` | {' or '.join(f'`{name}`' for name in each.usual.split())} "
        f"| {'documented' if each.sure else 'a guess'} | {each.says} |"
        for each in words.TABLE
    ]
    return "\n".join(["| name | usually | | what it is |", "| --- | --- | --- | --- |", *rows])
