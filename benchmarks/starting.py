"""How long ``second-unit`` takes to say something, and what Python loads for it: ``python -m benchmarks starting``."""

from __future__ import annotations

import subprocess
import sys
import time

from second_unit.cli.app import COMMANDS


def main(_argv: list[str]) -> int:
    """Print the least of seven runs of each command's help, in milliseconds."""
    print(f"{'python alone':<14} {_least_milliseconds(['-c', 'pass']):6.0f} ms")
    for name in ("", *COMMANDS):
        command = ["-m", "second_unit", *name.split(), "--help"]
        print(f"{name or '--help':<14} {_least_milliseconds(command):6.0f} ms, {_modules(command)} modules")
    return 0


def _least_milliseconds(arguments: list[str]) -> float:
    """Return the least time until the first byte of output, or the end where there is none."""
    return min(_first_byte_seconds(arguments) for _ in range(7)) * 1000


def _first_byte_seconds(arguments: list[str]) -> float:
    began = time.perf_counter()
    with subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE) as child:
        if child.stdout:
            child.stdout.read(1)
        return time.perf_counter() - began


def _modules(arguments: list[str]) -> int:
    done = subprocess.run([sys.executable, "-X", "importtime", *arguments], capture_output=True, text=True, check=True)
    return done.stderr.count("import time:") - 1
