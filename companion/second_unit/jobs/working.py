"""``second-unit work``: the worker as a process, from its arguments to its exit. Loads no command-line library."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from second_unit.errors import SecondUnitError

IDLE_SECONDS = 30.0


def work_from_arguments(arguments: Sequence[str]) -> NoReturn:
    """Run the worker as ``second-unit work`` does, and end the process."""
    parser = argparse.ArgumentParser(prog="second-unit work", description="Do the jobs of a store until none is left.")
    parser.add_argument("--store", type=Path, help="the job store; else this user's own")
    parser.add_argument("--idle", type=float, default=IDLE_SECONDS, help="seconds to stay when nothing is left to do")
    parser.add_argument("--keys-from-stdin", action="store_true", help='read one line of JSON: {"<service>": "<key>"}')
    told = parser.parse_args(arguments)
    work(told.store, idle_seconds=told.idle, keys_from_stdin=told.keys_from_stdin)


def work(store: Path | None, *, idle_seconds: float, keys_from_stdin: bool) -> NoReturn:
    """Run the worker and end the process: 0 where it worked or another is at work, 1 where it couldn't."""
    try:
        worked = _work(store, idle_seconds, keys_from_stdin)
    except SecondUnitError as error:
        logging.getLogger("second_unit.jobs").log(logging.ERROR, "%s", error)
        sys.stderr.write(f"second-unit: {error}\n")
        _exit(1)
    if not worked:
        sys.stderr.write("second-unit: a worker is already at work on this store; it takes up new jobs by itself.\n")
    _exit(0)


def _work(store: Path | None, idle_seconds: float, keys_from_stdin: bool) -> bool:
    from second_unit.jobs.folders import store_path
    from second_unit.jobs.logs import start_log
    from second_unit.jobs.playblast import render_source
    from second_unit.jobs.worker import run_worker
    from second_unit.network.keys import hand_over, keys_from

    if keys_from_stdin:
        hand_over(keys_from(sys.stdin))
    where = store or store_path()
    start_log(where)
    return run_worker(where, idle_seconds=idle_seconds, render_source=render_source)


def _exit(code: int) -> NoReturn:
    # Not sys.exit: Python would wait for threads that decode or render, and what they do is not wanted any more.
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
