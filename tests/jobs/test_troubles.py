"""Trouble outside of the wire: the network, the disk, the clock, the store, a second worker, a stop."""

from __future__ import annotations

import collections
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from second_unit.jobs.clock import SystemClock
from second_unit.jobs.enqueue import enqueue
from second_unit.jobs.job import Job, State
from second_unit.jobs.store import JobStore
from second_unit.jobs.worker import run_worker
from second_unit.providers.seedance.wire import correlation_token
from second_unit.rehearsal.running import Rehearsal, rehearsing
from tests.jobs.making import HURRY, accepted_orders, make_plan, serving
from tests.jobs.peer_provider import open_peer

ROOT = Path(__file__).resolve().parents[2]


def order(tmp_path: Path, endpoint: str, *names: str, service: str = "peer") -> tuple[Path, tuple[Job, ...]]:
    store_path = tmp_path / "home" / "jobs.sqlite3"
    with JobStore(store_path) as store:
        return store_path, enqueue(store, make_plan(*names, service=service), tmp_path / "takes", endpoint=endpoint)


def ends(store_path: Path) -> list[State]:
    with JobStore(store_path) as store:
        return [job.state for job in store.jobs()]


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.mark.parametrize(
    "endpoint",
    [f"http://127.0.0.1:{unused_port()}/api/v3", "https://no-such-service.invalid/api/v3"],
    ids=["connect refused", "DNS failure"],
)
def test_a_service_that_is_not_there_is_tried_for_a_while_and_nothing_is_charged(
    tmp_path: Path, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_path, (job,) = order(tmp_path, endpoint, service="seedance")
    monkeypatch.setenv("ARK_API_KEY", "test-key-of-nobody")
    settings = HURRY.model_copy(update={"submit_patience_seconds": 1.0})
    tries: collections.Counter[str] = collections.Counter()
    run_worker(store_path, idle_seconds=0, settings=settings, watch=lambda _job, step: tries.update([step]))
    with JobStore(store_path) as store:
        ended = store.job(job.id)
        (entry,) = store.ledger()
    assert ended.error is not None
    assert (ended.state, ended.error["kind"], ended.error["charged"]) == (State.FAILED, "ServiceUnavailable", False)
    assert tries["after Postponed"] > 1
    assert entry.standing == "released"


def test_a_service_without_a_good_certificate_gets_no_order(tmp_path: Path) -> None:
    with rehearsing(tmp_path / "service") as service:
        endpoint = service.endpoint().replace("http://", "https://")
        store_path, _ = order(tmp_path, endpoint, service="seedance")
        settings = HURRY.model_copy(update={"submit_patience_seconds": 0.5})
        run_worker(store_path, idle_seconds=0, settings=settings)
        assert service.order_counts() == {}
    assert ends(store_path) == [State.FAILED]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    with rehearsing(tmp_path_factory.mktemp("service")) as running:
        yield running


@pytest.mark.parametrize("stage", ["before", "upload"])
def test_a_connection_reset_while_the_order_is_sent_leads_to_one_order(
    tmp_path: Path, stage: str, service: Rehearsal
) -> None:
    service.fault("reset", stage=stage, times=2)
    store_path, (job,) = order(tmp_path, service.endpoint(), service="seedance")
    run_worker(store_path, idle_seconds=0, settings=HURRY)
    assert service.order_counts()[correlation_token(job.id)] == 1
    assert ends(store_path) == [State.READY]


def test_a_service_that_restarts_meanwhile_loses_nothing(tmp_path: Path) -> None:
    with rehearsing(tmp_path / "service", running_seconds=1.5) as service:
        store_path, _ = order(tmp_path, service.endpoint(), "SH010", "SH020", service="seedance")

        def restart() -> None:
            while sum(service.order_counts().values()) < 2:
                time.sleep(0.05)
            service.kill()
            time.sleep(0.5)
            service.start()

        restarting = threading.Thread(target=restart)
        restarting.start()
        run_worker(store_path, idle_seconds=0, settings=HURRY)
        restarting.join()
        assert sorted(service.order_counts().values()) == [1, 1]
    assert ends(store_path) == [State.READY, State.READY]


class JumpingClock(SystemClock):
    """The day's time leaps by days, forth and back, with every look at it."""

    def now(self) -> float:
        return super().now() + random.choice((-3, 0, 3)) * 86_400


def test_a_clock_that_jumps_back_and_forth_does_no_harm(tmp_path: Path) -> None:
    with serving(tmp_path / "peer") as endpoint:
        store_path, jobs = order(tmp_path, endpoint, "SH010", "SH020", "SH030")
        began = time.monotonic()
        run_worker(store_path, idle_seconds=0, settings=HURRY, open_provider=open_peer, clock=JumpingClock())
        assert time.monotonic() - began < 30
        assert sorted(job.id for job in jobs) == sorted(accepted_orders(tmp_path / "peer"))
    assert ends(store_path) == [State.READY] * 3


def can_mount() -> bool:
    if shutil.which("unshare") is None:
        return False
    command = ["unshare", "--user", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not can_mount(), reason="no mount namespaces here")
@pytest.mark.parametrize("trouble", ["full", "read-only"])
def test_a_disk_that_is_full_or_read_only_is_waited_for(tmp_path: Path, trouble: str) -> None:
    with serving(tmp_path / "peer") as endpoint:
        store_path, (job,) = order(tmp_path, endpoint)
        (tmp_path / "takes").mkdir()
        command = ["unshare", "--user", "--map-root-user", "--mount", sys.executable, "-m"]
        command += ["tests.jobs.run_in_small_disk", str(store_path), str(tmp_path / "takes"), trouble]
        subprocess.run([*command, str(tmp_path / "kept")], cwd=ROOT, check=True, timeout=120)
        assert [job.id] == accepted_orders(tmp_path / "peer")
    with JobStore(store_path) as store:
        ended = store.job(job.id)
    words = "The disk is full" if trouble == "full" else "can't be written"
    assert any(entry.event == "Troubled" and words in entry.message for entry in ended.history)
    assert State.READY is ended.state
    kept = tmp_path / "kept" / "SH010_take001.mp4"
    assert (tmp_path / "peer" / "movie.mp4").read_bytes() == kept.read_bytes()


def test_a_takes_folder_that_cannot_be_made_is_found_before_anything_is_ordered(tmp_path: Path) -> None:
    (tmp_path / "takes").write_text("a file where the folder should be")
    with serving(tmp_path / "peer") as endpoint:
        store_path, (job,) = order(tmp_path, endpoint)
        run_worker(store_path, idle_seconds=0, settings=HURRY, open_provider=open_peer)
        assert accepted_orders(tmp_path / "peer") == []
    with JobStore(store_path) as store:
        error = store.job(job.id).error
    assert error is not None
    assert (error["kind"], error["charged"]) == ("ReadOnlyFolder", False)


def test_too_little_room_is_found_before_anything_is_ordered(tmp_path: Path) -> None:
    with serving(tmp_path / "peer") as endpoint:
        store_path, _ = order(tmp_path, endpoint)
        settings = HURRY.model_copy(update={"spare_bytes": 1 << 60})
        run_worker(store_path, idle_seconds=0, settings=settings, open_provider=open_peer)
        assert accepted_orders(tmp_path / "peer") == []
    assert ends(store_path) == [State.FAILED]


def test_a_store_that_another_process_holds_is_waited_for(tmp_path: Path) -> None:
    with serving(tmp_path / "peer") as endpoint:
        store_path, (job,) = order(tmp_path, endpoint)
        held = threading.Event()

        def watch(_job: str, step: str) -> None:
            if step == "after sending" and not held.is_set():
                # From here on the id is known to this process alone, and can't be written for a while.
                blocker = sqlite3.connect(store_path, isolation_level=None, check_same_thread=False)
                blocker.execute("BEGIN EXCLUSIVE")
                held.set()
                threading.Timer(2.0, blocker.close).start()

        run_worker(store_path, idle_seconds=0, settings=HURRY, open_provider=open_peer, watch=watch, busy_seconds=0.3)
        assert held.is_set()
        assert [job.id] == accepted_orders(tmp_path / "peer")
    assert ends(store_path) == [State.READY]


def test_a_second_worker_on_the_same_store_leaves_at_once(tmp_path: Path) -> None:
    store_path = tmp_path / "home" / "jobs.sqlite3"
    JobStore(store_path).close()
    command = [sys.executable, "-m", "second_unit", "work", "--store", str(store_path)]
    with subprocess.Popen([*command, "--idle", "60"]) as first:
        try:
            wait_until(lambda: "at work" in (store_path.parent / "logs" / "worker.log").read_text())
            second = subprocess.run([*command, "--idle", "0"], capture_output=True, text=True, check=False, timeout=30)
            assert second.returncode == 0
            assert "already at work" in second.stderr
            assert first.poll() is None
        finally:
            first.send_signal(signal.SIGTERM)
    assert first.returncode == 0


def test_a_worker_that_is_asked_to_stop_keeps_the_answer_it_waits_for(tmp_path: Path, service: Rehearsal) -> None:
    service.fault("slow answer", seconds=1.5)
    store_path, (job,) = order(tmp_path, service.endpoint(), service="seedance")
    command = [sys.executable, "-m", "second_unit", "work", "--store", str(store_path)]
    with subprocess.Popen([*command, "--idle", "0"]) as worker:
        wait_until(lambda: correlation_token(job.id) in service.order_counts())
        worker.send_signal(signal.SIGTERM)
    assert worker.returncode == 0
    with JobStore(store_path) as store:
        assert State.SUBMITTED is store.job(job.id).state
    run_worker(store_path, idle_seconds=0, settings=HURRY)
    assert service.order_counts()[correlation_token(job.id)] == 1
    assert ends(store_path) == [State.READY]


def test_a_job_added_while_the_worker_is_leaving_is_taken_up(tmp_path: Path) -> None:
    with serving(tmp_path / "peer") as endpoint:
        store_path, _ = order(tmp_path, endpoint, "SH010")
        added: list[Job] = []

        def open_late(service: str, *, endpoint: str | None = None) -> object:
            provider = open_peer(service, endpoint=endpoint)
            close = provider.close

            async def close_late() -> None:
                await close()
                if not added:  # the worker holds the lock, and has looked for the last time
                    with JobStore(store_path) as store:
                        added.extend(enqueue(store, make_plan("SH020"), tmp_path / "takes", endpoint=endpoint))

            provider.close = close_late  # type: ignore[method-assign]
            return provider

        run_worker(store_path, idle_seconds=0, settings=HURRY, open_provider=open_late)  # type: ignore[arg-type]
    assert ends(store_path) == [State.READY, State.READY]


def wait_until(holds: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if holds():
                return
        except FileNotFoundError:
            pass
        time.sleep(0.05)
    raise AssertionError("it did not come about")


def test_a_service_that_never_answers_an_order_and_never_has_it_is_given_up_for_nothing(
    tmp_path: Path, service: Rehearsal
) -> None:
    store_path, (job,) = order(tmp_path, service.endpoint(), service="seedance")
    # A gateway that answers for a service it doesn't reach.
    service.fault("refuse", status=502, match=correlation_token(job.id), times=None)
    run_worker(store_path, idle_seconds=0, settings=HURRY)
    assert correlation_token(job.id) not in service.order_counts()
    with JobStore(store_path) as store:
        ended = store.job(job.id)
    assert ended.error is not None
    assert (State.FAILED, 3, False) == (ended.state, ended.attempts, ended.error["charged"])
