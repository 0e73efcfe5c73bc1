"""The first start makes two secrets: a key for people, shown once, and one for itself, kept."""

from __future__ import annotations

import multiprocessing
import os
import pty
import re
import signal
import stat
import subprocess
import sys
from pathlib import Path

from connector.serve import free_port
from connector.settings import Settings
from connector.wiring import find_secret_key
from tests.running.grounds import bare, end_group

KEY = re.compile(r"^ck_\S{20,}", re.MULTILINE)


def test_the_first_key_is_shown_once_and_on_a_terminal_only(tmp_path: Path) -> None:
    environment = bare()

    piped = run_serve(tmp_path, environment, terminal=False)
    first = run_serve(tmp_path, environment, terminal=True)
    second = run_serve(tmp_path, environment, terminal=True)

    assert "make one with 'connector keys add'" in piped
    assert "A first key was made. It is not shown again:" in first
    assert [len(KEY.findall(each)) for each in (piped, first, second)] == [0, 1, 0]


def test_processes_that_start_together_share_one_private_secret_key(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/var/connector.db")
    fork = multiprocessing.get_context("fork")
    barrier, found = fork.Barrier(4), fork.SimpleQueue()

    def start() -> None:
        barrier.wait()
        found.put(find_secret_key(settings))

    together = [fork.Process(target=start) for _ in range(4)]
    for process in together:
        process.start()
    keys = {found.get() for _ in together}
    for process in together:
        process.join()

    kept = tmp_path / "var" / "connector.db.key"
    assert keys == {kept.read_text().strip()}
    assert len(kept.read_text()) > 40
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [each.name for each in kept.parent.iterdir()] == [kept.name]


def run_serve(folder: Path, environment: dict[str, str], terminal: bool) -> str:
    """What ``connector serve`` says on stderr until it serves."""
    near, far = pty.openpty() if terminal else os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", "connector", "serve", "--port", str(free_port())],
        cwd=folder,
        env=environment,
        stderr=far,
        start_new_session=True,
    )
    os.close(far)
    said = b""
    while b"Serving" not in said:
        said += os.read(near, 4096)
    process.send_signal(signal.SIGKILL)
    end_group(process)
    os.close(near)
    return said.decode().replace("\r\n", "\n")
