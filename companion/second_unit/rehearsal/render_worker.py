"""
The process that renders for the rehearsal server: ``python -m second_unit.rehearsal.render_worker FOLDER``.

Reads one commission a line (JSON) from its standard input and answers each with one line: what was made, or
``{"error": …}``. It ends when its input does, so a killed server leaves no renderer behind.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
from pathlib import Path

from second_unit.rehearsal.results import make
from second_unit.rehearsal.tasks import Commission


def serve_renderings(folder: Path) -> None:
    """Answer commissions until the input ends; then end at once, in the middle of a movie if need be."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever a codec prints must not be taken for an answer
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(lines,), daemon=True).start()
    while True:
        answers.write(_answer(lines.get(), folder) + "\n")
        answers.flush()


def _listen(lines: queue.SimpleQueue[str]) -> None:
    for line in sys.stdin:
        lines.put(line)
    os._exit(0)  # the server is gone, and nobody waits for what is being rendered


def _answer(line: str, folder: Path) -> str:
    try:
        return make(Commission.model_validate_json(line), folder).model_dump_json()
    except Exception as error:  # the server tells its client, and the renderer lives on
        return json.dumps({"error": f"{type(error).__name__}: {error}"})


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's to answer
    serve_renderings(Path(sys.argv[1]))
