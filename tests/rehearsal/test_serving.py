"""The command: one line when it is ready, a clean end, and a folder that survives a kill."""

import json
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from second_unit.rehearsal.running import Rehearsal
from tests.rehearsal.conftest import ArkClient

QUICK = {"fast": True, "queued_seconds": 0.05, "running_seconds": 0.1}


def command(*options: str) -> list[str]:
    return [sys.executable, "-m", "second_unit.cli.rehearse", *options]


def test_ready_is_one_json_line_and_the_server_listens_when_it_comes(tmp_path: Path) -> None:
    rehearsal = Rehearsal(tmp_path, **QUICK).start()
    try:
        assert rehearsal.services == {"seedance": f"http://127.0.0.1:{rehearsal.port}/ark/api/v3"}
        socket.create_connection(("127.0.0.1", rehearsal.port), timeout=5).close()
    finally:
        code = rehearsal.stop()
    assert code == 0


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_even_in_the_middle_of_a_stalled_answer(tmp_path: Path, ending: signal.Signals) -> None:
    rehearsal = Rehearsal(tmp_path, **QUICK).start()
    rehearsal.fault("stall", on="list")
    with socket.create_connection(("127.0.0.1", rehearsal.port), timeout=5) as stalled:
        stalled.sendall(b"GET /v3/contents/generations/tasks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer k\r\n\r\n")
        assert stalled.recv(100).startswith(b"HTTP/1.1 200")
        started = time.monotonic()
        rehearsal.process.send_signal(ending)
        assert rehearsal.process.wait(timeout=20) == 0
    rehearsal.stop()
    assert time.monotonic() - started < 8


def test_it_says_what_to_set(tmp_path: Path) -> None:
    running = subprocess.Popen(
        command("--port", "0", "--folder", str(tmp_path)), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    said = ""
    while "Ctrl-C" not in said:
        said += running.stdout.readline()
    running.terminate()
    _, complaint = running.communicate(timeout=20)
    assert "second-unit generate timeline.json --service seedance --endpoint http://127.0.0.1:" in said
    assert (running.returncode, complaint) == (0, "")


def test_a_killed_server_goes_on_where_it_was(tmp_path: Path) -> None:
    rehearsal = Rehearsal(tmp_path, **QUICK).start()
    with ArkClient(rehearsal.endpoint()) as ark:
        tasks = [ark.order(f"Shot {n}", safety_identifier=f"job-{n % 2}") for n in range(4)]
    assert rehearsal.kill() == -signal.SIGKILL
    rehearsal.start()
    try:
        assert rehearsal.order_counts() == {"job-0": 2, "job-1": 2}
        with ArkClient(rehearsal.endpoint()) as ark:
            assert [ark.wait(task)["status"] for task in tasks] == ["succeeded"] * 4
            again = ark.order(safety_identifier="job-0")
        assert (again in tasks, rehearsal.order_counts()["job-0"]) == (False, 3)
    finally:
        rehearsal.stop()


def test_a_killed_server_leaves_no_renderer_behind(tmp_path: Path) -> None:
    rehearsal = Rehearsal(tmp_path, **(QUICK | {"fast": False})).start()
    with ArkClient(rehearsal.endpoint()) as ark:
        ark.order("A long one.", duration=15, resolution="720p")
        time.sleep(0.5)
    children = children_of(rehearsal.process.pid)
    assert children
    rehearsal.kill()
    for _ in range(300):
        if not any(is_running(child) for child in children):
            return
        time.sleep(0.1)
    raise AssertionError("a renderer is still there")


def test_the_clock_put_forward_stays_so_after_a_restart(tmp_path: Path, renders: Path) -> None:
    rehearsal = Rehearsal(tmp_path, renders=renders, **QUICK).start()
    try:
        with ArkClient(rehearsal.endpoint()) as ark:
            url = ark.wait(ark.order())["content"]["video_url"]
            rehearsal.advance(86_401)
            assert ark.fetch(url).status_code == 403
            rehearsal.kill()
            rehearsal.start()
            assert ark.fetch(url).status_code == 403
    finally:
        rehearsal.stop()


def test_the_command_s_answer_parses_as_json(tmp_path: Path) -> None:
    running = subprocess.Popen(
        command("--port", "0", "--json", "--folder", str(tmp_path)), stdout=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    told = json.loads(running.stdout.readline())
    running.terminate()
    rest, _ = running.communicate(timeout=20)
    assert (sorted(told), rest, running.returncode) == (["port", "services"], "", 0)


def children_of(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task/{process}/children")
    if not listed.exists():
        pytest.skip("this system does not list a process's children")
    return [int(child) for child in listed.read_text().split()]


def is_running(process: int) -> bool:
    try:
        return "(zombie)" not in Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return False
