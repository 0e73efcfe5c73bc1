"""``connector submit|status|result|cancel|list``: operations of a served connector, by REST."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from connector.cli.show import as_json, err, flat, out, print_json, table
from connector.client import Client

CLOSED = ("succeeded", "failed", "canceled")


@click.command()
@click.argument("action", metavar="PROVIDER/ACTION")
@click.argument("fields", nargs=-1, metavar="[FIELD=VALUE|FIELD=@FILE]...")
@click.option("--wait", is_flag=True, help="Wait for the end and print the result.")
@click.option("--key", "idempotency_key", help="An idempotency key: repeats order nothing new.")
@as_json
def submit(
    action: str, fields: tuple[str, ...], wait: bool, idempotency_key: str | None, json_: bool
) -> None:
    """Order a job. FIELD=@FILE sends a file, FIELD=VALUE anything else."""
    if "/" not in action:
        raise click.BadParameter("give PROVIDER/ACTION, such as acme/extract")
    client = Client()
    headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
    with ExitStack() as opened:
        parts = [_part(each, opened) for each in fields]
        answer = client.call("POST", f"/v1/{action}", files=parts or None, headers=headers)
    op = answer.json()
    if wait and not json_:
        err.print(f"{op['id']}; Ctrl-C stops the waiting, not the job.", highlight=False)
    if wait:
        op = _followed(client, op, quiet=json_)
    _show(client, op, json_)


@click.command()
@click.argument("id")
@as_json
def status(id: str, json_: bool) -> None:
    """Show an operation and what happened to it."""
    client = Client()
    op = client.get(f"/v1/operations/{id}").json()
    if json_:
        print_json(op)
        return
    moves = client.get(f"/v1/operations/{id}/history").json()
    _headline(op)
    table(("time", "status", "note"), ((m["at"], m["status"], m["note"]) for m in moves))


@click.command()
@click.argument("id")
@click.option("--out", "path", type=click.Path(path_type=Path), help="Write it to a file.")
def result(id: str, path: Path | None) -> None:
    """Print an operation's result. The exit status is 3 while it is open."""
    answer = Client().get(f"/v1/operations/{id}/result", stream=True)
    if answer.status_code == 202:
        err.print(
            f"Still {answer.json()['status']}; look again in {answer.headers['Retry-After']} s."
        )
        sys.exit(3)
    if path is not None:
        with path.open("wb") as file:
            for chunk in answer.iter_content(64 * 1024):
                file.write(chunk)
        err.print(f"Written to {path}.", markup=False, highlight=False)
    elif answer.headers.get("Content-Type", "").startswith("application/json"):
        print_json(answer.json())
    else:
        for chunk in answer.iter_content(64 * 1024):
            sys.stdout.buffer.write(chunk)


@click.command()
@click.argument("id")
@as_json
def cancel(id: str, json_: bool) -> None:
    """Ask for an operation to stop."""
    op = Client().call("POST", f"/v1/operations/{id}/cancel").json()
    if json_:
        print_json(op)
    else:
        _headline(op)


@click.command("list")
@click.option("--status", "statuses", help="Statuses, separated by commas.")
@click.option("--provider")
@click.option("--limit", default=20, show_default=True)
@as_json
def list_operations(statuses: str | None, provider: str | None, limit: int, json_: bool) -> None:
    """List operations, newest first."""
    asked = {"status": statuses, "provider": provider, "limit": limit}
    found = Client().get("/v1/operations", params=asked).json()
    if json_:
        print_json(found)
        return
    rows = (
        (o["id"], f"{o['provider']}/{o['action']}", o["status"], o["created_at"]) for o in found
    )
    table(("id", "action", "status", "created"), rows)


def _part(field: str, opened: ExitStack) -> tuple[str, Any]:
    """A field of the form: a file is streamed, text goes as it is."""
    name, equals, value = field.partition("=")
    if not equals or not name:
        raise click.BadParameter(f"{field!r} is not FIELD=VALUE or FIELD=@FILE")
    if not value.startswith("@"):
        return name, (None, value)
    path = Path(value[1:])
    try:
        return name, (path.name, opened.enter_context(path.open("rb")))
    except OSError as error:
        raise click.BadParameter(f"{path}: {error.strerror}") from error


def _followed(client: Client, op: dict[str, Any], quiet: bool) -> dict[str, Any]:
    """Follows an operation to its end, telling people what happens."""
    started, said = time.monotonic(), ""
    while True:
        line = _line(op)
        if not quiet and line != said:
            passed = f"{time.monotonic() - started:6.1f} s"
            err.print(f"{passed}  {line}", markup=False, highlight=False)
            said = line
        if op["status"] in CLOSED:
            return op
        op = client.get(f"/v1/operations/{op['id']}", headers={"Prefer": "wait=10"}).json()


def _line(op: dict[str, Any]) -> str:
    progress = op["progress"] or {}
    counted = f"{progress.get('done', 0)} of {progress['total']}" if "total" in progress else ""
    words = (op["status"], counted, progress.get("text"), op["note"])
    return "  ".join(str(word) for word in words if word)


def _headline(op: dict[str, Any]) -> None:
    out.print(
        f"[bold]{op['id']}[/]  {op['provider']}/{op['action']}  {op['status']}", highlight=False
    )
    if op["error"]:
        out.print(f"{op['error']['code']}: {op['error']['message']}", markup=False)


def _show(client: Client, op: dict[str, Any], json_: bool) -> None:
    """The operation; with its result when it succeeded, status 1 when it did not."""
    failed = op["status"] in ("failed", "canceled")
    if json_:
        print_json(op)
    elif op["status"] == "succeeded" and op["result"] is not None:
        table(("field", "value"), flat(op["result"]))
    else:
        _headline(op)
        if "file" in op["links"]:
            err.print(f"The result is a file: connector result {op['id']} --out FILE")
    sys.exit(1 if failed else 0)
