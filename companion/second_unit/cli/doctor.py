"""``second-unit doctor``: whether everything is there that the worker needs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from second_unit.cli.plan import AsJson


def doctor(
    store: Annotated[Path | None, typer.Option(help="The job store; else this user's own.")] = None,
    takes: Annotated[Path | None, typer.Option(help="A takes folder to look at too.")] = None,
    online: Annotated[bool, typer.Option("--online/--offline", help="Try to reach the services.")] = True,
    as_json: AsJson = False,
) -> None:
    """
    Look at the store, the worker, the disks, the keys and the network; exit code 1 where something is wrong.

    Keys are looked for, never shown or sent.

    Example: second-unit doctor --offline
    """
    import asyncio

    from second_unit.cli.output import rows
    from second_unit.jobs.checkup import check_up
    from second_unit.jobs.folders import store_path

    findings = asyncio.run(check_up(store or store_path(), takes, online=online))
    if as_json:
        for finding in findings:
            typer.echo(finding.model_dump_json())
    else:
        rows(
            (("✓" if one.good else "✗", one.about, f"{one.message} {one.remedy}".strip()) for one in findings),
            "",
            "what",
            "how it is",
        )
    if not all(finding.good for finding in findings):
        raise typer.Exit(1)
