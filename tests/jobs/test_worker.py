"""The worker does jobs, end to end, against real services on loopback."""

from __future__ import annotations

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from second_unit.jobs.enqueue import enqueue
from second_unit.jobs.job import State
from second_unit.jobs.starting import start_worker, wait_for
from second_unit.jobs.store import JobStore
from second_unit.jobs.worker import run_worker
from second_unit.plan import Plan
from second_unit.providers.provider import Accepted, Order, Progress
from second_unit.providers.seedance.wire import correlation_token
from second_unit.rehearsal.running import rehearsing
from tests.jobs.making import HURRY, accepted_orders, make_plan, make_request, serving
from tests.jobs.peer_provider import open_grouping_peer, open_peer
from tests.jobs.test_faults import open_one_by_one


def test_a_planned_job_becomes_a_verified_take_with_its_sidecar(tmp_path: Path) -> None:
    store_path, peer = tmp_path / "home" / "jobs.sqlite3", tmp_path / "peer"
    with serving(peer) as endpoint:
        with JobStore(store_path) as store:
            (job,) = enqueue(store, make_plan("SH010"), tmp_path / "takes", endpoint=endpoint)
        assert run_worker(store_path, idle_seconds=0, settings=HURRY, open_provider=open_peer)
    with JobStore(store_path) as store:
        done = store.job(job.id)
    assert done.state is State.READY, done.message
    take = tmp_path / "takes" / "reel one" / "SH010_take001.mp4"
    assert done.take is not None
    assert take == done.take.file
    assert (peer / "movie.mp4").read_bytes() == take.read_bytes()
    sidecar = json.loads(take.with_suffix(".json").read_text())
    assert (job.id, "SH010: a red door opens.", done.take.fingerprint) == (
        sidecar["job"],
        sidecar["prompt"],
        sidecar["sha256"],
    )
    assert ["SH010_take001.json", "SH010_take001.mp4"] == sorted(path.name for path in take.parent.iterdir())
    assert [job.id] == accepted_orders(peer)


def test_a_further_take_overwrites_nothing(tmp_path: Path) -> None:
    store_path = tmp_path / "home" / "jobs.sqlite3"
    with serving(tmp_path / "peer") as endpoint:
        for _ in range(2):
            with JobStore(store_path) as store:
                enqueue(store, make_plan("SH010"), tmp_path / "takes", endpoint=endpoint, duplicate="order")
            run_worker(store_path, idle_seconds=0, settings=HURRY, open_provider=open_peer)
    names = sorted(path.name for path in (tmp_path / "takes" / "reel one").glob("*.mp4"))
    assert ["SH010_take001.mp4", "SH010_take002.mp4"] == names


def test_polls_are_grouped_where_the_service_can_be_asked_for_many(tmp_path: Path) -> None:
    store_path, peer = tmp_path / "home" / "jobs.sqlite3", tmp_path / "peer"
    names = [f"SH{number:03d}" for number in range(12)]
    with serving(peer, "--running", "1") as endpoint:
        with JobStore(store_path) as store:
            jobs = enqueue(store, make_plan(*names), tmp_path / "takes", endpoint=endpoint)
        run_worker(store_path, idle_seconds=0, settings=HURRY, open_provider=open_grouping_peer)
        reads = (peer / "reads.txt").read_text().splitlines()
    with JobStore(store_path) as store:
        assert {State.READY} == {job.state for job in store.jobs()}
    assert sorted(job.id for job in jobs) == sorted(accepted_orders(peer))
    grouped = [int(line.removeprefix("many ")) for line in reads if line.startswith("many")]
    assert sum(grouped) / len(grouped) > 3


def test_nothing_that_one_job_does_holds_up_anothers_polls(tmp_path: Path) -> None:
    store_path = tmp_path / "home" / "jobs.sqlite3"
    long_take = Plan(requests=(make_request("SH010", service="seedance", seconds=15),))
    with rehearsing(tmp_path / "service") as service:
        service.fault("slow answer", match="SH010: ", seconds=2.5)
        service.fault("slow body", match="SH010: ", on="media", seconds=2.5)
        service.fault("pace", match="SH020: ", running_seconds=3600)
        with JobStore(store_path) as store:
            (watched,) = enqueue(
                store, make_plan("SH020", service="seedance"), tmp_path / "takes", endpoint=service.endpoint()
            )
        ended: dict[str, float] = {}
        asked: list[float] = []

        def watch(job_id: str, step: str) -> None:
            if job_id != watched.id:
                ended[step] = time.monotonic()
                if step == "after Verified":
                    service.advance(3600)  # and so the other is made too

        provider = open_one_by_one("seedance", endpoint=service.endpoint())
        ask = provider.progress

        async def count(accepted: Accepted, order: Order) -> Progress:
            if order.job == watched.id:
                asked.append(time.monotonic())
                if len(asked) == 1:  # now there is something to hold up
                    with JobStore(store_path) as store:
                        enqueue(store, long_take, tmp_path / "takes", endpoint=service.endpoint())
            return await ask(accepted, order)

        provider.progress = count  # type: ignore[method-assign]
        run_worker(store_path, idle_seconds=0, settings=HURRY, open_provider=lambda *_, **__: provider, watch=watch)
    # All of the slow job lay within the time in which the other was asked for ...
    assert asked[0] < ended["before preparing"]
    assert ended["after Verified"] < asked[-1]
    assert ended["after sending"] - ended["before sending"] > 2.5
    assert ended["after downloading"] - ended["before downloading"] > 2.0
    # ... and the other was asked for all the while, every 0.3 s: no wait was as long as any of those steps.
    assert max(after - before for before, after in itertools.pairwise(asked)) < 2.0


@pytest.mark.skipif(os.name != "posix", reason="process groups")
def test_the_worker_goes_on_when_who_started_it_is_killed(tmp_path: Path) -> None:
    store_path = tmp_path / "home" / "jobs.sqlite3"
    with rehearsing(tmp_path / "service", running_seconds=2) as service:
        with JobStore(store_path) as store:
            (job,) = enqueue(store, make_plan(service="seedance"), tmp_path / "takes", endpoint=service.endpoint())
        code = "import sys, time; from pathlib import Path; from second_unit.jobs.starting import start_worker;"
        code += "start_worker(Path(sys.argv[1]), idle_seconds=0); print('started', flush=True); time.sleep(60)"
        editor = subprocess.Popen(
            [sys.executable, "-c", code, str(store_path)], stdout=subprocess.PIPE, start_new_session=True
        )
        with editor:
            assert editor.stdout is not None
            editor.stdout.readline()
            os.killpg(editor.pid, signal.SIGKILL)
        rows = wait_for(store_path, [job.id])
    assert rows[job.id].state == "ready"


def test_a_hundred_jobs_at_once_are_all_done_in_little_memory(tmp_path: Path) -> None:
    store_path = tmp_path / "home" / "jobs.sqlite3"
    with rehearsing(tmp_path / "service") as service:
        with JobStore(store_path) as store:
            plan = make_plan(*(f"SH{number:03d}" for number in range(100)), service="seedance")
            jobs = enqueue(store, plan, tmp_path / "takes", endpoint=service.endpoint())
        worker = start_worker(store_path, idle_seconds=0.5)
        peak = 0
        for _ in while_at_work(worker):
            peak = max(peak, peak_memory(worker.pid))
        assert worker.returncode == 0
        assert {correlation_token(job.id): 1 for job in jobs} == service.order_counts()
    with JobStore(store_path) as store:
        assert {State.READY} == {job.state for job in store.jobs()}
    assert peak < 200_000_000


def while_at_work(worker: subprocess.Popen[bytes], seconds: float = 200) -> Iterator[None]:
    """Come round now and then until a worker has ended; one that goes on for too long is ended."""
    deadline = time.monotonic() + seconds
    try:
        while worker.poll() is None:
            assert time.monotonic() < deadline, "the worker didn't end"
            yield
            time.sleep(0.1)
    finally:
        worker.kill()


def peak_memory(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:  # another system, or the end of the process
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)


def test_a_marked_key_is_nowhere_in_what_the_worker_writes(tmp_path: Path) -> None:
    store_path, key = tmp_path / "home" / "jobs.sqlite3", "marked-key-8f3b2c71d90e"
    with rehearsing(tmp_path / "service") as service:
        with JobStore(store_path) as store:
            names = ("SH010", "SH020", "SH030")
            plan = make_plan(*names, service="seedance")
            _, refused, moderated = enqueue(store, plan, tmp_path / "takes", endpoint=service.endpoint())
        service.fault("refuse", status=401, match=correlation_token(refused.id), times=None, message=f"bad key {key}")
        service.fault("moderation", match=correlation_token(moderated.id))
        worker = start_worker(store_path, keys={"seedance": key}, idle_seconds=0)
        for _ in while_at_work(worker):
            arguments = Path(f"/proc/{worker.pid}/cmdline")
            assert not arguments.exists() or key.encode() not in arguments.read_bytes()
    with JobStore(store_path) as store:
        assert ["ready", "failed", "failed"] == [str(job.state) for job in store.jobs()]
    written = [path for part in ("home", "takes") for path in (tmp_path / part).rglob("*") if path.is_file()]
    assert len(written) >= 5
    assert [] == [path for path in written if key.encode() in path.read_bytes()]
    # The service's own addresses are signed: they let anybody in.
    assert [] == [path for path in written if b"X-Tos-Signature=" in path.read_bytes()]
