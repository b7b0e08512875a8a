"""Running the product: the web process and the worker side by side, or the worker alone."""

from __future__ import annotations

import signal
import threading
import urllib.request
from collections.abc import Callable

from qa_app.core import queue
from qa_app.core.db import reading
from qa_app.core.errors import Conflict
from qa_app.core.tables import JobState
from qa_app.processes import start, stop
from qa_app.runtime import Runtime
from qa_app.terminal import Progress
from qa_app.worker import Worker

WAIT_S = 60
RESTART_S = 2


def serve_until_stopped(live: Runtime, port: int | None, say: Callable[[str], None]) -> None:
    """The web process and a worker; whichever ends by accident is started again."""
    port = port or live.settings.port
    environment = {"HUITING_PORT": str(port)}
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stopping.set())
    children = {module: start(module, **environment) for module in ("qa_app.asgi", "qa_app.worker")}
    try:
        if _answers(live.settings.host, port, stopping):
            say(f"Huiting is at http://{live.settings.host}:{port}  (Ctrl+C stops it)")
        elif not stopping.is_set():
            raise Conflict("The web process does not answer on port {port}; is another program using it?", port=port)
        while not stopping.wait(RESTART_S):
            for module, child in children.items():
                if child.poll() is not None:
                    children[module] = start(module, **environment)
    finally:
        for child in children.values():
            stop(child)


def work_until_stopped(live: Runtime) -> None:
    """A worker in this process until SIGTERM or Ctrl+C."""
    worker = Worker(live)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: worker.stopping.set())
    worker.run()


def work_until_done(live: Runtime, bar: Progress) -> list[tuple[str, str]]:
    """Do everything that is due, with progress; returns what failed for good."""
    shares: dict[str, float] = {}
    with reading(live.engine) as session:
        counts = queue.counts(session, "transcribe")
    total = counts.get(JobState.WAITING, 0) + counts.get(JobState.LEASED, 0)

    def tell(name: str, share: float) -> None:
        before = shares.get(name, 0.0)
        shares[name] = share
        bar.show(sum(shares.values()), max(total, len(shares)), name)
        if share >= 1 > before:
            bar.line(name)

    worker = Worker(live, once=True, on_event=tell)
    worker.run()
    return worker.failed


def _answers(host: str, port: int, stopping: threading.Event) -> bool:
    """Whether /health answers within a minute."""
    address = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}/health"  # noqa: S104 - compared, not bound
    for _ in range(WAIT_S * 2):
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                return bool(answer.status == 200)  # noqa: PLR2004 - OK
        except OSError:
            if stopping.wait(0.5):
                return False
    return False
