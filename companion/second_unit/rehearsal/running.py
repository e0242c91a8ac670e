"""
The rehearsal server as a process of its own, for tests and benchmarks.

>>> with rehearsing(folder) as rehearsal:                                        # doctest: +SKIP
...     rehearsal.fault("refuse", status=429, reason="rate", retry_after="1")
...     provider = open_provider("seedance", endpoint=rehearsal.endpoint())
"""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import httpx


class Rehearsal:
    """
    A rehearsal server in a process of its own.

    Args:
        folder: where it keeps orders, attachments and movies; a server started on it later goes on from there.
        options: of ``second-unit rehearse``: ``queued_seconds=1`` is ``--queued-seconds 1``, ``fast=True`` ``--fast``.
    """

    def __init__(self, folder: Path, **options: str | float | bool | Path | None) -> None:
        self.folder = folder
        self.options = options
        self.port = 0
        self.services: dict[str, str] = {}
        self._process: subprocess.Popen[str] | None = None
        self._client: httpx.Client | None = None

    def start(self) -> Self:
        """Start the server and wait until it listens: on the same port as before, if it ran before."""
        self._process = subprocess.Popen(self._command(), stdout=subprocess.PIPE, text=True, env=self._environment())
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise RuntimeError(f"The rehearsal server ended at once, exit code {self._process.wait()}.")
        told = json.loads(line)
        self.port, self.services = told["port"], told["services"]
        return self

    @property
    def url(self) -> str:
        """The server's address, without a path."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def process(self) -> subprocess.Popen[str]:
        """The server's process."""
        if self._process is None:
            raise RuntimeError("The rehearsal server was not started.")
        return self._process

    def endpoint(self, service: str = "seedance") -> str:
        """Return what to set as a service's endpoint."""
        return self.services[service]

    def fault(self, kind: str, **fields: Any) -> int:
        """Let a fault wait for the next request that matches; return its number (kinds: :mod:`.faults`)."""
        numbers: list[int] = self._ask("POST", "faults", json={"kind": kind, **fields})["numbers"]
        return numbers[0]

    def faults(self) -> dict[str, Any]:
        """Return the faults that wait and those that were met."""
        return self._ask("GET", "faults")

    def clear_faults(self) -> None:
        """Withdraw every fault."""
        self._ask("DELETE", "faults")

    def orders(self, correlation: str | None = None) -> list[dict[str, Any]]:
        """Return the accepted orders, all or those with one correlation token."""
        query = {} if correlation is None else {"correlation": correlation}
        orders: list[dict[str, Any]] = self._ask("GET", "orders", params=query)["orders"]
        return orders

    def order_counts(self) -> dict[str, int]:
        """Return how many orders were accepted, by correlation token."""
        counts: dict[str, int] = self._ask("GET", "orders")["by_correlation"]
        return counts

    def requests(self) -> dict[str, Any]:
        """Return how many requests of each operation came in (``counts``), and the latest ones (``latest``)."""
        return self._ask("GET", "requests")

    def advance(self, seconds: float) -> None:
        """Put the server's clock forward."""
        self._ask("POST", "clock", json={"advance_seconds": seconds})

    def stop(self) -> int:
        """Ask it to end (SIGTERM) and return its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        """End it as a crash would (SIGKILL)."""
        return self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> int:
        if self.process.poll() is None:
            self.process.send_signal(how)
        code = self.process.wait(timeout=20)
        if self._client is not None:
            self._client.close()
            self._client = None
        if self.process.stdout:
            self.process.stdout.close()
        return code

    def _command(self) -> list[str]:
        command = [sys.executable, "-m", "second_unit.cli.rehearse", "--json", "--folder", str(self.folder)]
        command += ["--port", str(self.port)]
        for name, value in self.options.items():
            flag = f"--{name.replace('_', '-')}"
            if value is True:
                command.append(flag)
            elif value not in (None, False):
                command += [flag, str(value)]
        return command

    def _environment(self) -> dict[str, str]:
        here = str(Path(__file__).resolve().parents[2])
        paths = [here, *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
        return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), "PYTHONUNBUFFERED": "1"}

    def _ask(self, method: str, what: str, **about: Any) -> dict[str, Any]:
        if self._client is None:
            # Never used on plain HTTP; the usual one takes 50 ms to load its certificates.
            no_certificates = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            self._client = httpx.Client(trust_env=False, timeout=30, verify=no_certificates)
        answer = self._client.request(method, f"{self.url}/rehearsal/{what}", **about)
        answer.raise_for_status()
        told: dict[str, Any] = answer.json()
        return told


@contextmanager
def rehearsing(folder: Path, **options: str | float | bool | Path | None) -> Iterator[Rehearsal]:
    """
    Run a rehearsal server for as long as the block lasts.

    Quick by default: plain clips (``fast=False`` has them rendered by the animatic), a tenth of a second queued and two
    running. Other options are those of ``second-unit rehearse``.
    """
    quick: dict[str, str | float | bool | Path | None] = {"fast": True, "queued_seconds": 0.1, "running_seconds": 0.2}
    rehearsal = Rehearsal(folder, **(quick | options)).start()
    try:
        yield rehearsal
    finally:
        rehearsal.stop()
