"""``connector serve|work|demo|simulate|migrate|prune|stats``: what runs, and its upkeep."""

from __future__ import annotations

import signal
import sys
import time
from dataclasses import replace
from urllib.parse import urlsplit

import click

from connector import serve as serving
from connector.cli.accounts import make_key
from connector.cli.show import as_json, err, out, print_json, table
from connector.demo import PLATFORMS, USUAL, run_demo
from connector.settings import Settings, read_settings
from connector.simulators import BUYERS, DEMOS, SIMULATORS
from connector.simulators.faults import parse
from connector.store import Store
from connector.wiring import (
    find_secret_key,
    load_manifests,
    make_site,
    make_store,
    sale_rules,
)

BUYING = (
    '{"webhook": ".../sellershorts/PROVIDER/ACTION", "status": ".../orders/{order_id}", '
    '"headers": {"x-api-key": KEY}, "inputs": {...}}'
)

PORT = click.IntRange(1, 65535)
MANY = click.IntRange(min=1)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=PORT, default=8000, show_default=True)
@click.option("--workers", type=MANY, default=1, show_default=True, help="Web processes.")
@click.option("--no-worker", is_flag=True, help="Answer only; 'connector work' asks elsewhere.")
def serve(host: str, port: int, workers: int, no_worker: bool) -> None:
    """Serve HTTP, with the worker beside it."""
    settings = read_settings()
    serving.set_up_logging(settings)
    known = load_manifests(settings)
    find_secret_key(settings)
    sale_rules(settings)
    _require_port(host, port)
    store = _ready_store(settings)
    _first_key(store)
    store.close()
    err.print(f"Serving {', '.join(known)} at http://{host}:{port}", highlight=False)
    sys.exit(serving.serve(host, port, workers, not no_worker, settings))


@click.command()
@click.option("--threads", type=MANY, help="Calls at once; CONNECTOR_THREADS if not given.")
def work(threads: int | None) -> None:
    """Ask providers and tell platforms. Any number of workers, on any machine."""
    settings = read_settings()
    serving.set_up_logging(settings)
    _ready_store(settings).close()
    serving.work(settings, threads or settings.threads)


@click.command()
@click.option("--provider", type=click.Choice(list(SIMULATORS)), default=next(iter(SIMULATORS)))
@click.option("--platform", type=click.Choice(list(PLATFORMS)), default=USUAL, show_default=True)
@click.option("--document", type=click.Path(exists=True, dir_okay=False), help="Your own file.")
def demo(provider: str, platform: str, document: str | None) -> None:
    """Show one document's way. A stand-in provider and a real service are started for it."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # its children end either way
    sys.exit(run_demo(provider, document, platform))


@click.command()
@click.argument("provider", type=click.Choice([*SIMULATORS, *BUYERS]))
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=PORT, default=8001, show_default=True)
@click.option(
    "--seconds", default=2.0, show_default=True, help="How long a job takes, or between two polls."
)
@click.option(
    "--fail", multiple=True, metavar="SPEC", help="A misbehaviour; a wrong one lists all."
)
@click.option("--key", help="The one key accepted; any well-formed one if not given.")
@click.option("--retention", default=43200.0, show_default=True, help="Seconds results are kept.")
@click.option("--delete-when-fetched", is_flag=True, help="A result can be read only once.")
def simulate(
    provider: str, host: str, port: int, seconds: float, fail: tuple[str, ...], key: str | None,
    retention: float, delete_when_fetched: bool,
) -> None:  # fmt: skip
    """Serve a stand-in for a provider, or for a buyer."""
    for spec in fail:
        try:
            parse(spec)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--fail") from error
    options = {
        "seconds": seconds, "fail": fail, "key": key, "retention": retention,
        "delete_when_fetched": delete_when_fetched,
    }  # fmt: skip
    _require_port(host, port)
    introduce = _introduce_buyer if provider in BUYERS else _introduce
    introduce(provider, f"http://{host}:{port}")
    serving.simulate(provider, host, port, options)


def _introduce(provider: str, url: str) -> None:
    """How a service is pointed at the stand-in, ready to be copied."""
    name, path = provider.upper(), urlsplit(load_manifests(Settings())[provider].base_url).path
    say = [f"A stand-in for {provider} at {url}. Point a service at it with:",
           f"export {name}_BASE_URL={url}{path} {name}_API_KEY={DEMOS[provider].key}"]  # fmt: skip
    if DEMOS[provider].corrections:
        say.append(f"People review at {url}/_review")
    err.print("\n".join(say), markup=False, highlight=False, soft_wrap=True)


def _introduce_buyer(platform: str, url: str) -> None:
    """How a service is called back by the stand-in, and the stand-in told to order."""
    say = [f"A stand-in for {platform} at {url}. A service that it is to reach needs:",
           f"export CONNECTOR_ALLOWED_HOSTS={urlsplit(url).netloc} "
           f"CONNECTOR_{platform.upper()}_SECRET=SECRET",
           f"It orders when it is told to: POST {url}/_buy {BUYING}"]  # fmt: skip
    err.print("\n".join(say), markup=False, highlight=False, soft_wrap=True)


@click.command()
def migrate() -> None:
    """Make or update the database's tables."""
    store = Store(read_settings().database_url)
    store.migrate()
    store.close()
    out.print("The database is up to date.")


@click.command()
@click.option(
    "--results-older-than",
    "days",
    type=click.FloatRange(min=0),
    help="Days; CONNECTOR_RESULT_DAYS else.",
)
def prune(days: float | None) -> None:
    """Delete what is past its retention. The worker does so hourly."""
    settings = read_settings()
    site = make_site(settings if days is None else replace(settings, result_days=days))
    count = site.engine.prune()
    site.engine.parts.store.close()
    out.print(f"{count} file(s) deleted.", highlight=False)


@click.command()
@as_json
def stats(json_: bool) -> None:
    """Count operations and what is owed."""
    store = make_store(read_settings())
    found = store.stats(time.time())
    store.close()
    rows = [(provider, word.value, n) for (provider, word), n in sorted(found.operations.items())]
    if json_:
        counts = [dict(zip(("provider", "status", "count"), row, strict=True)) for row in rows]
        owed = found.deliveries_open
        print_json({"operations": counts, "due": found.due, "deliveries_open": owed})
        return
    table(("provider", "status", "count"), rows)
    out.print(f"{found.due} due now, {found.deliveries_open} message(s) owed.", highlight=False)


def _require_port(host: str, port: int) -> None:
    wrong = serving.cannot_bind(host, port)
    if wrong:
        raise click.ClickException(wrong)


def _ready_store(settings: Settings) -> Store:
    """The store, answering and of this program's version."""
    store = make_store(settings)
    if store.ready():
        return store
    try:
        store.ping()  # a database that does not answer says why
    finally:
        store.close()
    raise click.ClickException("The database is not migrated; run 'connector migrate' first.")


def _first_key(store: Store) -> None:
    """On an empty database: a first key, shown on a terminal only, never in a log."""
    if store.count_keys():
        return
    if not sys.stderr.isatty():
        err.print("There is no key yet; make one with 'connector keys add'.", highlight=False)
        return
    _, key = make_key(store, "default", "first")
    err.print("A first key was made. It is not shown again:", highlight=False)
    err.print(key, markup=False, highlight=False, soft_wrap=True)
