"""What does a bare loop of requests cost? ``python -m benchmarks.asker BASE_URL JOBS THREADS``."""

from __future__ import annotations

import itertools
import sys
import threading

import requests


def loop(base_url: str, jobs: int, first: int) -> None:
    """Asks for one job after the other, for ever, and reads the answers."""
    session = requests.Session()
    for number in itertools.cycle(range(first, jobs)):
        answer = session.get(f"{base_url}/jobs/j-{number}", headers={"X-Api-Key": "a key"})
        answer.json()


if __name__ == "__main__":
    url, count, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    running = [threading.Thread(target=loop, args=(url, count, nth)) for nth in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
