"""``connector export``: a provider as a platform's own package, written to a folder."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from connector.cli.show import as_json, err, out, print_json, table
from connector.core.language import Manifest
from connector.exporters.table import EXPORTERS, CannotExport, Exporter, Options, Package, Problem
from connector.settings import read_settings
from connector.wiring import load_manifests


@click.command()
@click.argument("platform", type=click.Choice(list(EXPORTERS)))
@click.argument("provider")
@click.option(
    "--public-url", required=True, metavar="URL", help="Where the platform reaches the service."
)
@click.option(
    "--out", "folder", required=True, type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write.",
)  # fmt: skip
@click.option(
    "--credentials", type=click.Choice(["operator", "maker"]), default="operator",
    show_default=True, help="Whose key for the provider: yours, or one of each connection's own.",
)  # fmt: skip
@click.option(
    "--failed-jobs", type=click.Choice(["fail", "answer"]), default="fail", show_default=True,
    help="A failed job fails the step, or is an answer with its status.",
)  # fmt: skip
@click.option("--publisher", default="Connector", show_default=True, help="Who publishes it.")
@click.option("--check", "only_check", is_flag=True, help="Write nothing; find all problems.")
@as_json
def export(
    platform: str, provider: str, folder: Path, only_check: bool, json_: bool, **options: Any
) -> None:
    """Make PLATFORM's package of PROVIDER.

    With --check and a package in the folder already, also what would break flows that use it.
    """
    exporter, manifest = EXPORTERS[platform], _manifest(provider)
    try:
        package = exporter.export(manifest, Options(**options))
    except CannotExport as error:
        _refuse([(each.file, each.place, each.message) for each in error.problems], json_)
    old = _read(folder, package)
    found = list(exporter.lint(package))
    if only_check and old:
        found += exporter.breaking(old, package)
    wrong = [(p.file, p.pointer, p.message) for p in found if p.severity == "error"]
    if wrong:
        _refuse(wrong, json_)
    if not only_check:
        _write(folder, exporter.carried(old, package))
    _tell(exporter, package, None if only_check else folder, found, json_)


def _manifest(provider: str) -> Manifest:
    known = load_manifests(read_settings())
    if provider not in known:
        raise click.BadParameter(f"there is no provider {provider}; there is: {', '.join(known)}")
    return known[provider]


def _refuse(problems: Sequence[tuple[str, str, str]], json_: bool) -> NoReturn:
    if json_:
        keys = ("file", "place", "message")
        print_json({"problems": [dict(zip(keys, each, strict=True)) for each in problems]})
    else:
        err.print(f"[bold]{len(problems)} problem(s); nothing is written:[/]")
        for file, place, message in problems:
            line = f"{file}: {place or '/'}: {message}"
            err.print(line, markup=False, highlight=False, soft_wrap=True)
    sys.exit(1)


def _read(folder: Path, package: Package) -> Package:
    """The files of a package that stand in the folder already."""
    paths = (folder / name for name in package)
    return {path.name: path.read_bytes() for path in paths if path.is_file()}


def _write(folder: Path, package: Package) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in package.items():
        (folder / name).write_bytes(content)


def _tell(
    exporter: Exporter, package: Package, folder: Path | None, warnings: list[Problem], json_: bool
) -> None:
    """What was made; ``folder`` None says that nothing was written."""
    if json_:
        files = [{"file": name, "bytes": len(content)} for name, content in package.items()]
        where = str(folder) if folder else None
        said = [{"file": p.file, "place": p.pointer, "message": p.message} for p in warnings]
        print_json({"written": where, "files": files, "problems": [], "warnings": said})
        return
    table(("file", "bytes"), ((name, len(content)) for name, content in package.items()))
    lines = [] if folder else [str(each) for each in warnings]
    hint = "" if folder is None or not warnings else "; --check shows them"
    lines += [f"No problems; {len(warnings)} warning(s){hint}."]
    lines += [f"Written to {folder}.", exporter.next] if folder else ["Nothing is written."]
    out.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)
