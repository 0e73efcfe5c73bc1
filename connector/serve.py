"""How do the processes live together? Web and worker beside each other, ending together."""

from __future__ import annotations

import errno
import gc
import json
import logging
import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask
from granian import Granian
from granian.constants import Interfaces

from connector.app import make_app
from connector.settings import Settings, read_settings
from connector.simulators import BUYERS, SIMULATORS, Options
from connector.wiring import make_site
from connector.worker import Worker

BIND = "CONNECTOR_BOUND_URL"  # from the parent to its children: where the web is bound
STAND_IN = "CONNECTOR_STAND_IN"  # likewise: which provider, and its options
BACKLOG = 1024
LETTING_GO = 3.0  # seconds in which a killed service has surely let go of its port

log = logging.getLogger(__name__)


def serve(host: str, port: int, workers: int, with_worker: bool, settings: Settings) -> int:
    """Serves until SIGTERM or SIGINT; returns the exit status. Children end with this process."""
    os.environ[BIND] = f"http://{_reachable(host)}:{port}"
    beside = Beside(settings.threads) if with_worker else None
    try:
        web("connector.serve:web_app", host, port, workers, settings.threads)
    finally:
        well = beside is None or beside.end()
    return 0 if well else 1


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
    site = make_site(settings, os.environ.get(BIND, ""))
    when_told_to_stop(site.engine.parts.stopping.set)
    app = make_app(site)
    settle_memory()
    return app


def simulate(provider: str, host: str, port: int, options: Mapping[str, Any]) -> None:
    """A stand-in provider, until SIGTERM or SIGINT; its jobs live in one process's memory."""
    os.environ[STAND_IN] = json.dumps({"provider": provider, "options": options})
    web("connector.serve:stand_in_app", host, port, 1, 8)


def stand_in_app() -> Flask:
    """The app of the stand-in's process."""
    end_with_parent()
    said = json.loads(os.environ[STAND_IN])
    options = {**said["options"], "fail": tuple(said["options"]["fail"])}
    return {**SIMULATORS, **BUYERS}[said["provider"]](Options(**options))


def work(settings: Settings, threads: int) -> None:
    """A worker alone, until SIGTERM or SIGINT."""
    worker = Worker(make_site(settings, os.environ.get(BIND, "")).engine, threads)

    def stop() -> None:
        log.info("stopping; calls in flight end first")
        worker.stop()

    for each in (signal.SIGTERM, signal.SIGINT):
        # In a thread: a handler that takes a lock the loop holds would wait for ever.
        signal.signal(each, lambda *_: threading.Thread(target=stop).start())
    worker.run()


def _work(threads: int) -> None:
    end_with_parent()
    settings = read_settings()
    set_up_logging(settings)
    work(settings, threads)


def settle_memory() -> None:
    """What was made at the start stays: the collector need not look at it with every order."""
    gc.collect()
    gc.freeze()


def when_told_to_stop(deed: Callable[[], None]) -> None:
    """Does this, in a thread, at the first SIGTERM or SIGINT; to be called in the main thread.

    Granian, which takes the handlers of both once the app is made, lets requests end before it
    does; whoever only waits must hear of it. The interpreter writes every signal to this socket.
    """
    heard, told = socket.socketpair()
    told.setblocking(False)
    signal.set_wakeup_fd(told.detach(), warn_on_full_buffer=False)

    def listen() -> None:
        while heard.recv(1)[0] not in (signal.SIGTERM, signal.SIGINT):
            pass
        deed()

    threading.Thread(target=listen, name="stop-watch", daemon=True).start()


def end_with_parent() -> None:
    """This process ends as soon as the one that started it is gone, however that ended."""
    starter = multiprocessing.parent_process()
    # Not getppid: the parent may have ended while this process was still on its way up.
    parent = os.getppid() if starter is None else starter.pid

    def watch() -> None:
        while os.getppid() == parent:
            threading.Event().wait(0.2)
        os._exit(1)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()


def set_up_logging(settings: Settings) -> None:
    """One line an event on stderr; no request lines, so no query strings."""
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # its lines hold URLs: callbacks, tokens


def cannot_bind(host: str, port: int) -> str | None:
    """Why nothing can be served there, as a sentence; None when it can.

    Granian shares a port that is taken (SO_REUSEPORT), or dies of it with the worker left over.
    A moment is waited for a service that was killed just now.
    """
    ends = time.monotonic() + LETTING_GO
    while True:
        try:
            family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
            with socket.socket(family, kind) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
            return None
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() > ends:
                return f"{host}:{port} cannot be served: {error.strerror}; try another --port."
        time.sleep(0.1)


def free_port(host: str = "127.0.0.1") -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


class Beside:
    """The worker's process beside the web. If it dies the web ends too: half a service would
    only look alive."""

    def __init__(self, threads: int) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._process = spawn.Process(target=_work, args=(threads,), daemon=True)
        self._process.start()
        self._ending = threading.Event()
        self._watch = threading.Thread(target=self._watched, name="worker-watch", daemon=True)
        self._watch.start()

    def end(self) -> bool:
        """Calls in flight end and are saved; whether the worker ended as it was told to."""
        self._ending.set()
        self._process.terminate()
        self._watch.join()  # it alone waits for the process: a second one would learn no status
        return self._process.exitcode in (0, -signal.SIGTERM)

    def _watched(self) -> None:
        self._process.join()
        if self._ending.is_set():
            return
        if self._process.exitcode:
            log.error("the worker ended with %s; stopping", self._process.exitcode)
        os.kill(os.getpid(), signal.SIGTERM)


def _reachable(host: str) -> str:
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)
    return f"[{name}]" if ":" in name and not name.startswith("[") else name
