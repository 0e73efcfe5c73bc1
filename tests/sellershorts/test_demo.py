"""The demonstration of SellerShorts: real processes, start to end."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from connector.serve import free_port
from tests.running.grounds import bare, end_group, run


@pytest.mark.parametrize("provider", ["mindee", "documind"])
def test_the_demo_shows_an_order_that_is_polled_and_one_that_is_called_back(provider: str) -> None:
    said = run(*("demo", "--platform", "sellershorts", "--provider", provider), environment=bare())

    assert said.returncode == 0, said.stdout + said.stderr
    steps = [line for line in said.stdout.splitlines() if " s  " in line]
    assert len([step for step in steps if "POST /sellershorts/" in step]) == 2
    assert any("GET its status -> 200 processing" in step for step in steps)
    assert any("GET its status -> 200 completed" in step for step in steps)
    assert any("the connector calls back" in step for step in steps)
    shown = {"mindee": r"HL-2026-0117", "documind": r"^total_amount .* 478\.2"}
    assert re.search(shown[provider], said.stdout, re.MULTILINE)


def test_the_stand_in_says_how_a_service_is_reached() -> None:
    command = [sys.executable, "-m", "connector", "simulate", "sellershorts"]
    port = free_port()
    process = subprocess.Popen(
        [*command, "--port", str(port)], env=bare(), stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    try:
        assert process.stderr is not None
        said = "".join(process.stderr.readline() for _ in range(3))
    finally:
        end_group(process)
        process.stderr.close()

    assert f"CONNECTOR_ALLOWED_HOSTS=127.0.0.1:{port} CONNECTOR_SELLERSHORTS_SECRET=" in said
    assert f"POST http://127.0.0.1:{port}/_buy" in said


def test_a_misbehaviour_that_there_is_not_is_named() -> None:
    said = run("simulate", "sellershorts", "--fail", "callback:explode", environment=bare())

    assert "no word 'explode'" in said.stderr
    assert said.returncode == 2
