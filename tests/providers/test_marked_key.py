import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from second_unit.providers.keys import environment_without_keys
from second_unit.providers.seedance.wire import correlation_token
from second_unit.rehearsal.running import Rehearsal

MARKED = "marked-key-0815-4711"
SHOOT = Path(__file__).with_name("marked_shoot.py")


def test_a_marked_key_is_found_in_no_file_no_log_no_error_and_no_process(rehearsal: Rehearsal, tmp_path: Path) -> None:
    folder = tmp_path / "shoot"
    folder.mkdir()
    faults: list[dict[str, Any]] = [
        {"kind": "refuse", "on": "create", "status": 400, "message": f"bad key {MARKED}"},  # quoted back
        {"kind": "refuse", "on": "create", "status": 401, "message": f"Bearer {MARKED} is bad"},
        {"kind": "reset", "on": "create", "stage": "answer"},
        {"kind": "refuse", "on": "create", "status": 503},
        {"kind": "garbled", "on": "create", "form": "html"},
    ]
    for turn, fault in enumerate(faults):
        rehearsal.fault(**fault, match=correlation_token(f"marked-{turn}"))
    root = str(Path(__file__).parents[2])
    with subprocess.Popen(
        [sys.executable, str(SHOOT), rehearsal.endpoint(), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment_without_keys() | {"PYTHONPATH": root},
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        running.stdin.write(f'{{"seedance": "{MARKED}"}}\n')
        running.stdin.flush()
        said = running.stdout.readline()
        seen = said + processes() if said == "ready\n" else said + running.stdout.read()
        running.stdin.write("\n")
        running.stdin.close()
        seen += running.stdout.read()
    assert (said, running.returncode) == ("ready\n", 0), seen
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"take.mp4", "answer.json", "errors.jsonl", "log.txt"} <= {path.name for path in written}
    assert len((folder / "errors.jsonl").read_text().split('"kind"')) - 1 == 5  # every fault was met
    holding = [path.name for path in written if MARKED.encode() in path.read_bytes()]
    assert (holding, MARKED in seen) == ([], False)


def processes() -> str:
    """What any user of this machine could see of its processes: arguments, and (of their own) environments."""
    if not Path("/proc/self/cmdline").exists():
        pytest.skip("this system tells of its processes in another way")
    told = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and int(process.name) != os.getpid():
            for name in ("cmdline", "environ"):
                try:
                    told.append((process / name).read_bytes().decode("utf-8", "replace"))
                except OSError:
                    continue
    return "\0".join(told)
