"""``second-unit watch``: follow jobs until they are done."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from second_unit.cli.plan import AsJson

if TYPE_CHECKING:
    from second_unit.cli.exits import Exit
    from second_unit.cli.lines import DoneLine
    from second_unit.cli.output import Output
    from second_unit.jobs.job import Job
    from second_unit.jobs.reader import JobRow


def watch(
    jobs: Annotated[list[str] | None, typer.Argument(help="Their ids; else all open ones.")] = None,
    store: Annotated[Path | None, typer.Option(help="The job store; else this user's own.")] = None,
    as_json: AsJson = False,
) -> None:
    """
    Follow jobs until they are done, starting the worker if it isn't at work.

    Example: second-unit watch
    """
    from second_unit.cli.output import Output
    from second_unit.jobs.folders import store_path
    from second_unit.jobs.starting import start_worker
    from second_unit.jobs.store import JobStore

    where = store or store_path()
    with Output(as_json) as output:
        with JobStore(where) as kept:
            wanted = [kept.job(one).id for one in jobs] if jobs else [job.id for job in kept.open_jobs()]
        start_worker(where)
        code, ended = follow(where, wanted, wait=True, output=output)
        output.say(count_ends(code, ended))
    raise typer.Exit(code)


def follow(store: Path, jobs: Sequence[str], *, wait: bool, output: Output) -> tuple[Exit, tuple[Job, ...]]:
    """
    Say how the jobs fare until all are done; return the exit code and the jobs as they stand then.

    Ctrl-C, and ``wait`` being False, leave them running and say how to come back.
    """
    from second_unit.cli.exits import Exit, exit_of
    from second_unit.jobs.store import JobStore

    with suppress(KeyboardInterrupt):
        if wait:
            _follow_to_the_end(store, jobs, output)
    with JobStore(store) as kept:
        ended = tuple(kept.job(one) for one in jobs)
    say_ends(ended, output)
    running = sum(job.is_open for job in ended)
    if running:
        typer.echo(f"{running} jobs go on without this command. Come back with: second-unit watch", err=True)
        return Exit.STILL_RUNNING if wait else Exit.DONE, ended
    return exit_of(ended), ended


def count_ends(code: int, ended: Sequence[Job]) -> DoneLine:
    """Return the last line of a command that followed these jobs."""
    from second_unit.cli.lines import DoneLine

    ready = sum(job.take is not None for job in ended)
    running = sum(job.is_open for job in ended)
    return DoneLine(exit_code=code, ready=ready, failed=len(ended) - ready - running, running=running)


def _follow_to_the_end(store: Path, jobs: Sequence[str], output: Output) -> None:
    from second_unit.cli.lines import JobLine
    from second_unit.jobs.starting import wait_for

    def report(row: JobRow) -> None:
        output.say(JobLine(job=row.id, name=row.name, state=row.state, progress=row.progress, message=row.message))

    wait_for(store, jobs, report=report)


def say_ends(ended: Sequence[Job], output: Output) -> None:
    """Say each take that came back, and each failure."""
    from second_unit.cli.lines import ErrorLine, Failure, TakeLine

    for job in ended:
        if job.take is not None:
            take = job.take
            output.say(
                TakeLine(
                    job=job.id, name=job.name, file=take.file, number=take.number, seconds=float(take.facts.seconds)
                )
            )
        elif not job.is_open:
            record = job.error or {"kind": job.state, "message": f"It is {job.state}. {job.message}"}
            failure = Failure.model_validate(record | {"job": job.id, "shot": job.name})
            output.say(ErrorLine(error=failure))
