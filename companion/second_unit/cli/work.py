"""``second-unit work``: do the jobs of a store until none is left. Blender starts it by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def work(
    store: Annotated[Path | None, typer.Option(help="The job store; else this user's own.")] = None,
    idle: Annotated[float, typer.Option(min=0, help="Seconds to stay when nothing is left to do.")] = 30.0,
    keys_from_stdin: Annotated[
        bool, typer.Option("--keys-from-stdin", help='Read one line of JSON first: {"<service>": "<key>"}.')
    ] = False,
) -> None:
    """
    Do the jobs of a store until none is left; one worker a store.

    It goes on when Blender closes, and picks up where it was after it was killed. SIGTERM ends it cleanly.

    Example: second-unit work --idle 600
    """
    from second_unit.jobs.working import work as work_until_idle

    work_until_idle(store, idle_seconds=idle, keys_from_stdin=keys_from_stdin)
