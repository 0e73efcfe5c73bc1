"""How do the processes live together? Web and worker beside each other, ending together."""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Callable, Mapping
from multiprocessing.process import BaseProcess
from typing import Any

from flask import Flask
from granian import Granian
from granian.constants import Interfaces

from connector.app import make_app
from connector.settings import Settings, read_settings
from connector.simulators import SIMULATORS, Options
from connector.wiring import make_site
from connector.worker import Worker

BIND = "CONNECTOR_BOUND_URL"  # from the parent to its children: where the web is bound
STAND_IN = "CONNECTOR_STAND_IN"  # likewise: which provider, and its options
BACKLOG = 1024

log = logging.getLogger(__name__)


def serve(host: str, port: int, workers: int, with_worker: bool, settings: Settings) -> int:
    """Serves until SIGTERM or SIGINT; returns the exit status. Children end with this process."""
    os.environ[BIND] = f"http://{_reachable(host)}:{port}"
    beside = _child(_work, settings.threads) if with_worker else None
    if beside is not None:
        beside.start()
        _watch(beside)
    web("connector.serve:web_app", host, port, workers, settings.threads)
    if beside is not None:
        _end(beside)
        return 0 if beside.exitcode == 0 else 1
    return 0


def web(target: str, host: str, port: int, workers: int, threads: int) -> None:
    """Granian, serving the app that a factory makes in each of its processes."""
    Granian(
        target,
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        backlog=BACKLOG,
        log_access=False,
        log_enabled=False,
        respawn_failed_workers=True,
        workers_kill_timeout=30,
    ).serve()


def web_app() -> Flask:
    """The app of one web process."""
    end_with_parent()
    settings = read_settings()
    set_up_logging(settings)
    return make_app(make_site(settings, os.environ.get(BIND, "")))


def simulate(provider: str, host: str, port: int, options: Mapping[str, Any]) -> None:
    """A stand-in provider, until SIGTERM or SIGINT; its jobs live in one process's memory."""
    os.environ[STAND_IN] = json.dumps({"provider": provider, "options": options})
    web("connector.serve:stand_in_app", host, port, 1, 8)


def stand_in_app() -> Flask:
    """The app of the stand-in's process."""
    end_with_parent()
    said = json.loads(os.environ[STAND_IN])
    options = {**said["options"], "fail": tuple(said["options"]["fail"])}
    return SIMULATORS[said["provider"]](Options(**options))


def work(settings: Settings, threads: int) -> None:
    """A worker alone, until SIGTERM or SIGINT."""
    worker = Worker(make_site(settings, os.environ.get(BIND, "")).engine, threads)
    for each in (signal.SIGTERM, signal.SIGINT):
        # In a thread: a handler that takes a lock the loop holds would wait for ever.
        signal.signal(each, lambda *_: threading.Thread(target=worker.stop).start())
    worker.run()


def _work(threads: int) -> None:
    end_with_parent()
    settings = read_settings()
    set_up_logging(settings)
    work(settings, threads)


def end_with_parent() -> None:
    """This process ends as soon as the one that started it is gone, however that ended."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            threading.Event().wait(0.2)
        os._exit(1)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def set_up_logging(settings: Settings) -> None:
    """One line an event on stderr; no request lines, so no query strings."""
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)


def free_port(host: str = "127.0.0.1") -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


def _child(target: Callable[..., None], *args: Any) -> BaseProcess:
    return multiprocessing.get_context("spawn").Process(target=target, args=args)


def _watch(beside: BaseProcess) -> None:
    """A worker that dies takes the web down too: half a service would only look alive."""

    def watch() -> None:
        beside.join()
        if beside.exitcode:
            log.error("the worker ended with %s; stopping", beside.exitcode)
            os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="worker-watch", daemon=True).start()


def _end(beside: BaseProcess) -> None:
    if beside.is_alive():
        beside.terminate()  # SIGTERM: calls in flight end and are saved
    beside.join()


def _reachable(host: str) -> str:
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)
    return f"[{name}]" if ":" in name and not name.startswith("[") else name
