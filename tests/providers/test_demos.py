"""The demonstrations of Pulse and DocuMind: real processes, start to end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from subprocess import CompletedProcess

import pytest

from tests.running.grounds import bare, run

PROVIDERS = ("pulse", "documind")


@pytest.fixture(scope="module")
def said() -> Mapping[str, CompletedProcess[str]]:
    """What each demonstration said; they run side by side."""
    with ThreadPoolExecutor() as pool:
        demos = pool.map(
            lambda name: run("demo", "--provider", name, environment=bare()), PROVIDERS
        )
        return dict(zip(PROVIDERS, demos, strict=True))


def test_the_demo_of_pulse_shows_what_was_read(
    said: Mapping[str, CompletedProcess[str]],
) -> None:
    pulse = said["pulse"]

    assert pulse.returncode == 0, pulse.stdout + pulse.stderr
    assert "contract.pdf -> 202, Retry-After " in pulse.stdout
    assert "GET Location -> 200" in pulse.stdout
    assert "Equipment Loan Agreement" in pulse.stdout
    assert re.search(r"^page_count +1\b", pulse.stdout, re.MULTILINE)


def test_the_demo_of_documind_shows_what_was_read_beside_what_was_corrected(
    said: Mapping[str, CompletedProcess[str]],
) -> None:
    text = said["documind"].stdout

    assert said["documind"].returncode == 0, text + said["documind"].stderr
    assert "a person reviews the document and corrects total_amount = 478.2" in text
    head = next(line for line in text.splitlines() if line.startswith("field "))
    row = next(line for line in text.splitlines() if line.startswith("total_amount "))
    was, now = head.index("as it was read"), head.index("as it was reviewed")
    assert row[was:now].strip() == ""  # smudged: it could not be read
    assert row[now:].strip() == "478.2"
