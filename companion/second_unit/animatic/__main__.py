"""
``python -m second_unit.animatic SCRIPT.json TO.mp4``: render in a process of one's own.

Each line on standard output is JSON: ``{"done": 12, "total": 481}`` while it renders, ``{"error": …}`` where it fails.
It ends at once when its standard input is closed, so that it never outlives who started it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from pathlib import Path

from second_unit.animatic.render import render
from second_unit.animatic.script import AnimaticScript
from second_unit.errors import describe


def main(arguments: list[str] | None = None) -> int:
    """Render one script; return 0, or 1 where it failed."""
    parser = argparse.ArgumentParser(prog="second_unit.animatic", description="Render an animatic.")
    parser.add_argument("script", type=Path)
    parser.add_argument("to", type=Path)
    parser.add_argument("--while-read", action="store_true", help="end when standard input is closed")
    told = parser.parse_args(arguments)
    if told.while_read:
        threading.Thread(target=_end_with_parent, name="watching the parent", daemon=True).start()
    try:
        script = AnimaticScript.model_validate_json(told.script.read_text(encoding="utf-8"))
        render(script, told.to, lambda done, total: _say({"done": done, "total": total}))
    except Exception as error:
        _say({"error": describe(error)})
        return 1
    return 0


def _say(line: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _end_with_parent() -> None:
    # The file's number, not sys.stdin: a thread that waits in its buffer makes Python's end an abort.
    while os.read(0, 1024):
        pass
    os._exit(3)


if __name__ == "__main__":
    sys.exit(main())
