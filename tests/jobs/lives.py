"""
One life of a worker after another, each killed where the test says. Run by ``test_kills.py`` as a process of its own.

It loads the worker once and forks a fresh process for each line that it reads, so that two hundred deaths take a minute
and not ten. What is forked is the real ``run_worker``; what ends it is a real SIGKILL, which nothing can catch.

Each line: ``{"step": "before Accepted"}`` dies the first time that any job reaches the step, ``{"seconds": 0.08}`` is
killed from outside, ``{}`` lives to its end. Each answer: ``{"killed": true}``.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

import second_unit.media.verify
import second_unit.providers.seedance.provider  # noqa: F401  loaded once, before the forks
from second_unit.jobs.worker import run_worker
from second_unit.providers.provider import Provider
from second_unit.providers.registry import open_provider
from tests.jobs.making import HURRY
from tests.jobs.peer_provider import open_peer


def open_either(service: str, *, endpoint: str | None = None) -> Provider:
    return open_peer(service, endpoint=endpoint) if service == "peer" else open_provider(service, endpoint=endpoint)


def live(store: Path, step: str | None) -> None:
    def watch(_job: str, reached: str) -> None:
        if reached == step:
            os.kill(os.getpid(), signal.SIGKILL)

    run_worker(store, idle_seconds=0, settings=HURRY, watch=watch, open_provider=open_either)


def main() -> None:
    store = Path(sys.argv[1])
    for line in sys.stdin:
        told = json.loads(line)
        assert threading.active_count() == 1, "a fork would lose the threads"
        child = os.fork()
        if child == 0:
            code = 1
            try:
                live(store, told.get("step"))
                code = 0
            finally:
                os._exit(code)
        if "seconds" in told:
            time.sleep(told["seconds"])
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        assert killed or status == 0, f"the worker ended by itself with status {status}"
        print(json.dumps({"killed": killed}), flush=True)


if __name__ == "__main__":
    main()
