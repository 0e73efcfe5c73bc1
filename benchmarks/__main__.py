"""``python -m benchmarks [--quick] [NAME ...]``: a table a topic; status 1 for a missed floor."""

from __future__ import annotations

import sys

import click

from benchmarks import claims, imports, memory, orders, polls, starting, status, submits, worker
from benchmarks.figures import FULL, QUICK, Topic
from benchmarks.show import out, table

TOPICS = {
    each.name: each
    for each in (
        Topic("imports", "Import", imports.run),
        Topic("starting", "Start", starting.run),
        Topic("status", "Status answers", status.run),
        Topic("submits", "Submits, durable before they are answered", submits.run),
        Topic("worker", "Worker", worker.run),
        Topic("claims", "Claims of 64 due rows", claims.run),
        Topic("memory", "Peak memory above idle, one file of 37 MB", memory.run),
        Topic("polls", "Polls of SellerShorts", polls.run),
        Topic("orders", "Peak memory above idle, results for SellerShorts", orders.run),
    )
}


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(list(TOPICS)))
@click.option("--quick", is_flag=True, help="One short round of each: shows that it runs.")
def main(names: tuple[str, ...], quick: bool) -> None:
    """Measure ours against its yardsticks."""
    missed = 0
    for name in names or TOPICS:
        topic = TOPICS[name]
        figures = topic.run(QUICK if quick else FULL)
        out.print(table(topic.title, figures))
        missed += sum(not each.met for each in figures)
    if missed:
        out.print(f"[red]{missed} floor(s) missed.[/]")
    sys.exit(1 if missed else 0)


main()
