"""The command line. It speaks to people, and with ``--json`` to programs.

Mistakes end with one sentence on stderr and exit status 1 (2 for a wrong command line).
"""

from __future__ import annotations

import sys
from typing import NoReturn

import click

from connector import __version__
from connector.cli import accounts, export, manifests, operations, reach, service
from connector.cli.show import err
from connector.client import Refused
from connector.errors import CallerError
from connector.manifest import ManifestError
from connector.settings import BadSetting
from connector.store import StoreError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="connector")
def cli() -> None:
    """Slow provider APIs as one native step of every low-code platform.

    submit, status, result, cancel and list speak to a running service: CONNECTOR_URL says where
    (http://127.0.0.1:8000 if unset), CONNECTOR_KEY with which key.
    """


for command in (
    *(service.serve, service.work, service.demo, service.simulate),
    *(manifests.check, export.export, reach.reach),
    *(operations.submit, operations.status, operations.result, operations.cancel),
    *(operations.list_operations, accounts.keys, accounts.secrets),
    *(service.migrate, service.prune, service.stats),
):
    cli.add_command(command)


def main() -> None:
    """The entry point."""
    try:
        cli()
    except ManifestError as error:
        err.print(f"[bold]The manifests have {len(error.problems)} problem(s):[/]")
        for problem in error.problems:
            err.print(str(problem), markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)
    except StoreError as error:
        reason = getattr(error, "orig", None) or error
        say(f"The database cannot be used (CONNECTOR_DATABASE_URL): {reason}")
    except OSError as error:
        say(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except (BadSetting, CallerError, Refused) as error:
        say(str(error))


def say(sentence: str) -> NoReturn:
    """The last word to people: what went wrong."""
    err.print(sentence, markup=False, highlight=False, soft_wrap=True)
    sys.exit(1)
