"""Processes that end with the one that started them, however that one ends."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys

_PR_SET_PDEATHSIG = 1
PARENT = "HUITING_PARENT"


def start(module: str, **environment: str) -> subprocess.Popen[bytes]:
    """Start `python -m module`, to be killed by the kernel when this process dies."""
    own = {**os.environ, **environment, PARENT: str(os.getpid())}
    return subprocess.Popen([sys.executable, "-m", module], env=own)  # noqa: S603 - our own module


def end_with_parent() -> None:
    """Ask the kernel (Linux prctl) to end this process with its parent; a parent already gone ends it now."""
    parent = os.environ.get(PARENT)
    if parent is None or not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(parent):
        sys.exit(0)


def stop(child: subprocess.Popen[bytes], patience_s: float = 10) -> None:
    """Ask a child to end, and end it if it does not."""
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(patience_s)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
