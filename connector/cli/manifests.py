"""``connector check``: every problem of manifests, at once."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from connector.cli.show import as_json, out, print_json
from connector.manifest import check as problems_of
from connector.manifest.load import files_in
from connector.settings import read_settings
from connector.wiring import manifest_folders


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@as_json
def check(files: tuple[Path, ...], json_: bool) -> None:
    """Find every problem of manifests. Shape, sense, and whether their examples come true.

    Without FILES: ours, and those in CONNECTOR_MANIFESTS.
    """
    paths = list(files) or [
        path for folder in manifest_folders(read_settings()) for path in files_in(folder)
    ]
    found = list(problems_of(paths))
    if json_:
        print_json([{"file": p.file, "place": p.place, "message": p.message} for p in found])
    else:
        for problem in found:
            out.print(str(problem), markup=False, highlight=False, soft_wrap=True)
        say = f"{len(found)} problem(s)" if found else "no problems"
        out.print(f"{len(paths)} manifest(s) checked: {say}.", highlight=False)
    sys.exit(1 if found else 0)
