"""
Many jobs at once, whether any is lost, the worker's memory, and what a tick of Blender's timer costs.

``python -m benchmarks jobs [COUNT]`` runs a rehearsal server, a worker, and a reader that looks at the store as Blender
does, four times a second.
"""

from __future__ import annotations

import collections
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from second_unit.jobs.enqueue import enqueue
from second_unit.jobs.reader import StoreReader
from second_unit.jobs.starting import start_worker
from second_unit.jobs.store import JobStore
from second_unit.plan import Cost, GenerationRequest, Plan, TimedShot
from second_unit.rehearsal.running import rehearsing
from second_unit.timing import FrameRange, FrameRate


def main(argv: list[str]) -> int:
    count = int(argv[0]) if argv else 500
    with tempfile.TemporaryDirectory() as folder:
        return measure(Path(folder), count)


def measure(folder: Path, count: int) -> int:
    store_path = folder / "home" / "jobs.sqlite3"
    with rehearsing(folder / "service") as service:
        with JobStore(store_path) as store:
            plan = Plan(requests=tuple(a_request(number) for number in range(count)))
            jobs = enqueue(store, plan, folder / "takes", endpoint=service.endpoint())
        began = time.monotonic()
        worker = start_worker(store_path, idle_seconds=1)
        ticks, most = watch(store_path, worker.pid, lambda: worker.poll() is None)
        seconds = time.monotonic() - began
        counts, requests = service.order_counts(), service.requests()["counts"]
    with JobStore(store_path) as store:
        states = collections.Counter(str(job.state) for job in store.jobs())
    ticks.sort()
    print(f"{count} jobs in {seconds:.0f} s: {dict(states)}")
    print(f"accepted orders: {len(counts)}, the most for one job: {max(counts.values(), default=0)}")
    print(f"requests: {dict(requests)}")
    print(f"worker's memory at most: {most / 1e6:.0f} MB")
    median, slow = ticks[len(ticks) // 2], ticks[len(ticks) * 95 // 100]
    print(f"tick of the timer: median {median * 1000:.3f} ms, 95th {slow * 1000:.3f} ms")
    lost = states["ready"] != count or len(counts) != count or max(counts.values()) != 1 or len(jobs) != count
    print("lost or paid twice!" if lost else "none lost, none paid twice")
    return int(lost)


def watch(store_path: Path, pid: int, alive: Callable[[], bool]) -> tuple[list[float], int]:
    """Tick as Blender does until the worker ends; return what each tick cost and the worker's peak memory in bytes."""
    reader, cursor = StoreReader(store_path), 0
    ticks: list[float] = []
    most = 0
    while alive():
        began = time.perf_counter()
        cursor, _ = reader.changed_since(cursor)
        ticks.append(time.perf_counter() - began)
        most = max(most, peak_memory(pid))
        time.sleep(0.25)
    reader.close()
    return ticks, most


def peak_memory(pid: int) -> int:
    """Return the most memory that a process has held, in bytes; 0 where the system doesn't say (only Linux does)."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)


def a_request(number: int) -> GenerationRequest:
    name = f"SH{number:04d}"
    shot = TimedShot(segment=name, name=name, range=FrameRange(0, 96), start_seconds=0, end_seconds=4, text="a door")
    return GenerationRequest(
        name=name,
        service="seedance",
        model="seedance-2.0-mini",
        prompt=f"{name}: a red door opens.",
        shots=(shot,),
        duration_seconds=4,
        ratio="1:1",
        resolution="480p",
        width=640,
        height=640,
        rate=FrameRate(24),
        edit=Path("/edits/reel.blend"),
        cost=Cost(amount=Decimal("0.14")),
    )
