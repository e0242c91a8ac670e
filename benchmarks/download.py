"""
A 2 GB download beside curl's: ``python -m benchmarks download [MEGABYTES] [FOLDER]``.

Each fetches the same film from the same server on loopback into the same folder, by turns; each in a process of its
own. On a busy machine look at the processor seconds: the wall clock then measures the neighbours.
"""

from __future__ import annotations

import asyncio
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

TURNS = 5
PIECE = bytes(1024**2)


def main(argv: list[str]) -> int:
    if argv[:1] == ["--ours"]:
        return _fetch(argv[1], Path(argv[2]))
    if argv[:1] == ["--serve"]:
        return _serve(int(argv[1]))
    size = int(argv[0] if argv else 2000) * 10**6
    folder = Path(tempfile.mkdtemp(dir=argv[1] if len(argv) > 1 else None))
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks", "download", "--serve", str(size)], stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    url = f"http://127.0.0.1:{server.stdout.readline().strip()}/film.mp4"
    try:
        _compare(url, folder, size)
    finally:
        server.kill()
        shutil.rmtree(folder)
    return 0


def _compare(url: str, folder: Path, size: int) -> None:
    ours = [sys.executable, "-m", "benchmarks", "download", "--ours", url, str(folder / "ours.mp4")]
    curl = ["curl", "-s", "-o", str(folder / "curl.mp4"), "-w", "%{time_total}", url]
    speeds: dict[str, list[float]] = {"curl": [], "second unit": []}
    processor = {"curl": 0.0, "second unit": 0.0}
    memory = ""
    for _ in range(TURNS):
        took, spent = _run(curl)
        speeds["curl"].append(size / float(took) / 1e6)
        processor["curl"] += spent / TURNS
        told, spent = _run(ours)
        took, memory = told.split()
        speeds["second unit"].append(size / float(took) / 1e6)
        processor["second unit"] += spent / TURNS
        assert (folder / "ours.mp4").stat().st_size == size
        for path in folder.iterdir():
            path.unlink()
    for name, found in speeds.items():
        each = ", ".join(f"{speed:.0f}" for speed in found)
        print(f"{name:12} {statistics.median(found):7.0f} MB/s, {processor[name]:.2f} s of processor   ({each})")
    ratio = statistics.median(speeds["second unit"]) / statistics.median(speeds["curl"])
    print(f"ratio        {ratio:7.2f}   memory at most {memory} MB for {size / 1e6:.0f} MB")


def _run(command: list[str]) -> tuple[str, float]:
    """Return what a command printed, and the processor seconds it took, starting up included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return out, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _fetch(url: str, to: Path) -> int:
    from second_unit.network.download import Fetch, download
    from second_unit.network.reach import Reach

    began = time.perf_counter()
    asyncio.run(download(Fetch(url, to, Reach(url), "benchmark", "benchmark")))
    took = time.perf_counter() - began
    # Kilobytes on Linux, bytes on macOS.
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    print(f"{took} {largest:.0f}")
    return 0


def _serve(size: int) -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        print(listening.getsockname()[1], flush=True)
        while True:
            connection, _ = listening.accept()
            threading.Thread(target=_answer, args=(connection, size), daemon=True).start()


def _answer(connection: socket.socket, size: int) -> None:
    with connection:
        connection.recv(65536)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode())
        left = size
        while left:
            left -= connection.send(PIECE[: min(left, len(PIECE))])
