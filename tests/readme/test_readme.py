"""Every command and every table of the README is true."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.app import make_app
from connector.core.language import Action, Manifest
from connector.manifest import load_folders
from connector.serve import free_port
from connector.settings import PER_PROVIDER, SETTINGS, read_settings
from connector.wiring import make_site
from tests.living import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"(?:<!-- run(?:: (?P<how>\w+))? -->\n)?```sh\n(?P<text>.*?)```", re.DOTALL)
MAKE = re.compile(r"^make \w+ +#", re.MULTILINE)


class Shell:
    """A newcomer's shells: one folder, one environment, commands at ports that are free."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {**os.environ, "PATH": os.environ["PATH"]}
        self.ports = {"8000": str(free_port()), "8001": str(free_port())}
        self.running: list[subprocess.Popen[bytes]] = []

    def script(self, text: str) -> str:
        """The commands as they are, at our ports, stopping at the first that fails."""
        for usual, ours in self.ports.items():
            text = text.replace(usual, ours)
        return f"set -e\n{text}\nenv > environment.txt"

    def run(self, text: str) -> str:
        """Runs a block to its end; what it exports is there for the next one."""
        done = subprocess.run(
            ["bash", "-c", self.script(text)], cwd=self.folder, env=self.environment,
            capture_output=True, text=True, timeout=90, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
        lines = (self.folder / "environment.txt").read_text().splitlines()
        self.environment |= dict(line.split("=", 1) for line in lines if "=" in line)
        return done.stdout

    def start(self, text: str, port: str) -> None:
        """Leaves a block running, and waits until its port answers."""
        script = self.script(text).rsplit("\nenv >", 1)[0]
        process = subprocess.Popen(
            ["bash", "-c", script], cwd=self.folder, env=self.environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        self.running.append(process)
        check = f"curl -s -o /dev/null http://127.0.0.1:{self.ports[port]}/"
        for _ in range(300):
            if subprocess.run(["bash", "-c", check], check=False).returncode == 0:
                return
            time.sleep(0.1)
        raise AssertionError(f"nothing answers after: {text}")

    def close(self) -> None:
        """Ends what still runs."""
        for process in self.running:
            os.killpg(process.pid, signal.SIGTERM)
        for process in self.running:
            process.wait()


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """A folder that looks like a fresh checkout after ``make``."""
    for name in ("samples", "manifests"):
        (tmp_path / name).symlink_to(ROOT / name)
    bin_folder = tmp_path / ".venv" / "bin"
    bin_folder.mkdir(parents=True)
    command = bin_folder / "connector"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m connector "$@"\n')
    command.chmod(0o755)
    opened = Shell(tmp_path)
    opened.environment["PYTHONPATH"] = str(ROOT)
    yield opened
    opened.close()


def test_every_command_does_what_the_readme_says(shell: Shell) -> None:
    outputs = []
    for block in BLOCK.finditer(README):
        how, text = block["how"], block["text"]
        if MAKE.search(text):
            continue  # these two are what runs this test
        if how == "background":
            shell.start(text, "8001" if "simulate" in text else "8000")
        elif how == "key":
            shell.environment["CONNECTOR_KEY"] = shell.run(text).split()[-1]
        else:
            outputs.append(shell.run(text))
    assert "as it was reviewed" in outputs[0]
    assert "HL-2026-0117" in outputs[1]
    assert "HL-2026-0117" in outputs[2]
    assert '"status":"succeeded"' in outputs[3]
    assert "no problems" in outputs[4]


def test_every_block_of_commands_is_run() -> None:
    blocks = list(BLOCK.finditer(README))
    unrun = [b["text"] for b in blocks if "<!-- run" not in b[0] and not MAKE.search(b["text"])]
    assert len(blocks) == README.count("```sh")
    assert unrun == []


def test_the_settings_table_lists_every_setting() -> None:
    between = README.split("<!-- settings: begin -->")[1].split("<!-- settings: end -->")[0]
    assert between.strip() == settings_table().strip()


def test_the_providers_table_tells_what_the_manifests_say() -> None:
    between = README.split("<!-- providers: begin -->")[1].split("<!-- providers: end -->")[0]
    assert between.strip() == providers_table().strip()


def test_every_route_of_the_api_is_in_the_readme(tmp_path: Path) -> None:
    environment = {
        "CONNECTOR_DATABASE_URL": f"sqlite:///{tmp_path}/connector.db",
        "CONNECTOR_FILES_URL": str(tmp_path / "files"),
    }
    site = make_site(read_settings(environment))
    rules = {str(rule) for rule in make_app(site).url_map.iter_rules()}
    site.engine.parts.store.close()
    shown = {re.sub(r"<(\w+)>", r"{\1}", rule) for rule in rules}
    polled = {rule for rule in shown if rule.startswith("/power-automate") and "{id}" in rule}
    assert {rule for rule in shown - polled if f"{rule}`" not in README} == set()


def settings_table() -> str:
    """The README's table of settings, as it must be."""
    rows = [f"| `{s.variable}` | {shown(s.default)} | {s.says} |" for s in SETTINGS]
    rows += [f"| `{name}` | | {says} |" for name, says in PER_PROVIDER]
    return "\n".join(["| variable | default | what it does |", "| --- | --- | --- |", *rows])


def providers_table() -> str:
    """The README's table of providers, as it must be."""
    manifests = load_folders([ROOT / "manifests"]).values()
    rows = [provider_row(action, each) for each in manifests for action in each.actions.values()]
    head = "| action | what it does | takes | looks after | gives up after |"
    return "\n".join([head, "| --- | --- | --- | --- | --- |", *rows])


def provider_row(action: Action, manifest: Manifest) -> str:
    """One action: required inputs in bold, then how many others; pace and limits in seconds."""
    fields = action.fields["properties"]
    required = action.fields.get("required", [])
    more = len(fields) - len(required)
    takes = ", ".join([f"**{name}**" for name in required] + ([f"{more} more"] if more else []))
    pace = action.pace
    looks = f"{pace.initial:g} s, {pace.first:g} s"
    if pace.factor > 1:
        looks += f", then {pace.factor:g} times longer up to {pace.ceiling:g} s"
    ends = [f"{pace.deadline:g} s", *(f"{n} {s:g} s" for n, s in pace.deadlines.items())]
    return (
        f"| `{manifest.name}/{action.name}` | {action.title} | {takes} | {looks} "
        f"| {', '.join(ends)} |"
    )


def shown(default: object) -> str:
    """A default as the table shows it."""
    if default in ("", (), frozenset()):
        return ""
    if isinstance(default, tuple):
        return f"`{','.join(map(str, default))}`"
    return "`yes`" if default is True else f"`{default}`"
