"""
Run a worker whose takes folder is on a disk of its own, full or read-only at first and mended after a while.

    unshare --user --map-root-user --mount python -m tests.jobs.run_in_small_disk STORE TAKES full|read-only KEEP

A mount namespace of its own needs no rights on the machine, and its disks end with it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

from second_unit.jobs.worker import run_worker
from tests.jobs.making import HURRY
from tests.jobs.peer_provider import open_peer


def main() -> None:
    store, takes, trouble, keep = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4])
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(takes)], check=True)
    ballast = takes / "ballast"

    def watch(_job: str, step: str) -> None:
        # The disk is fine when it is looked at before ordering, and isn't any more when the result is there.
        if step == "before downloading" and not ballast.exists():
            ballast.touch()
            if trouble == "full":
                fill(ballast)
            else:
                subprocess.run(["mount", "-o", "remount,ro", str(takes)], check=True)
            threading.Thread(target=mend, daemon=True).start()

    def mend() -> None:
        time.sleep(1.5)
        if trouble == "full":
            ballast.write_bytes(b"")
        else:
            subprocess.run(["mount", "-o", "remount,rw", str(takes)], check=True)

    run_worker(store, idle_seconds=0, settings=HURRY, open_provider=open_peer, watch=watch)
    shutil.copytree(takes / "reel one", keep)


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        try:
            while file.write(b"\0" * 1024):
                pass
        except OSError:
            return


if __name__ == "__main__":
    main()
