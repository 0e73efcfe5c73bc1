"""The demonstration: a real document through real processes, none of which stays behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from connector import demo
from tests.running.grounds import bare, children, end_group, gone, run, until

STEP = re.compile(r"^ +\d+\.\d\d s  ", re.MULTILINE)


def test_the_demo_shows_each_step_and_the_values_of_the_document(tmp_path: Path) -> None:
    items = "\n".join(f"{number}  Thing {number}  2  1.50  3.00" for number in range(1, 9))
    document = tmp_path / "other.txt"
    document.write_text(
        "Invoice Number: X-1\nSupplier: Tide & Sons\nTotal Amount: 5.50\n"
        f"\nNo  Description  Quantity  Unit Price  Amount\n{items}\n"
    )
    proxied = {**bare(), "HTTP_PROXY": "http://127.0.0.1:9"}  # leads nowhere; we need none

    said = run("demo", "--document", str(document), environment=proxied)

    assert said.returncode == 0, said.stdout + said.stderr
    assert len(STEP.findall(said.stdout)) >= 6
    assert "other.txt -> 202, Retry-After " in said.stdout
    assert "GET Location -> 200" in said.stdout
    assert re.search(r"^result\.fields\.supplier +Tide & Sons", said.stdout, re.MULTILINE)
    assert re.search(r"^result\.fields\.invoice_number +X-1", said.stdout, re.MULTILINE)


def test_an_interrupted_demo_leaves_nothing_behind(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "connector", "demo"],
        env=bare(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        until(lambda: len(children(process.pid)) == 2)
        pids = [each for child in children(process.pid) for each in (child, *children(child))]
        os.kill(process.pid, signal.SIGINT)
        said, _ = process.communicate(timeout=30)
        assert process.returncode == 1
        assert b"Traceback" not in said
        until(lambda: all(map(gone, pids)), patience=2.0)
    finally:
        end_group(process)


def test_a_process_that_does_not_start_is_shown_with_its_last_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = (sys.executable, "-c", "import sys; sys.exit('no luck')")
    monkeypatch.setattr("connector.demo.processes.COMMAND", broken)

    assert demo.run_demo("mindee", None) == 1

    said = capsys.readouterr().out
    assert "it failed: 'connector simulate mindee --port" in said
    assert "did not start:\nno luck" in said
