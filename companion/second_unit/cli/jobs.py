"""``second-unit jobs``: see how the orders fare, and what can be done about each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from second_unit.cli.plan import AsJson

if TYPE_CHECKING:
    from collections.abc import Callable

    from second_unit.jobs.job import Job
    from second_unit.jobs.store import JobStore

Store = Annotated[Path | None, typer.Option(help="The job store; else this user's own.")]
JobId = Annotated[str, typer.Argument(help="The job's id, or its first characters.")]

app = typer.Typer(rich_markup_mode=None, add_completion=False, invoke_without_command=True)


@app.callback()
def jobs(
    context: typer.Context,
    store: Store = None,
    open_only: Annotated[bool, typer.Option("--open", help="Only those that are still open.")] = False,
    project: Annotated[str | None, typer.Option(help="Only those of this project.")] = None,
    as_json: AsJson = False,
) -> None:
    """
    List the jobs: what each is, how it stands, whether it was charged.

    Example: second-unit jobs --open
    """
    if context.invoked_subcommand is not None:
        return
    with _open(store) as kept:
        found = [job for job in kept.jobs(project=project) if job.is_open or not open_only]
    _say_jobs(found, as_json)


@app.command("list")
def list_jobs(store: Store = None, as_json: AsJson = False) -> None:
    """
    List all jobs.

    Example: second-unit jobs list --json
    """
    with _open(store) as kept:
        _say_jobs(list(kept.jobs()), as_json)


@app.command()
def show(job: JobId, store: Store = None, as_json: AsJson = False) -> None:
    """
    Show one job with its history: what happened, when, and what to do next.

    Example: second-unit jobs show 3f2a
    """
    with _open(store) as kept:
        found = kept.job(job)
    _say_job(found, as_json)


@app.command()
def cancel(job: JobId, store: Store = None, as_json: AsJson = False) -> None:
    """
    Ask for a job to be stopped; what is being made already can't always be.

    Example: second-unit jobs cancel 3f2a
    """
    from second_unit.jobs import remedies

    _do(store, as_json, lambda kept: remedies.cancel(kept, job))


@app.command()
def check(job: JobId, store: Store = None, as_json: AsJson = False) -> None:
    """
    Look once more for an uncertain order; it is sent only if the service surely does not have it.

    Example: second-unit jobs check 3f2a
    """
    from second_unit.jobs import remedies

    _do(store, as_json, lambda kept: remedies.check(kept, job))


@app.command()
def adopt(
    job: JobId,
    task: Annotated[str, typer.Argument(help="The task's id, as the service lists it.")],
    store: Store = None,
    as_json: AsJson = False,
) -> None:
    """
    Take over a task that you found at the service. Orders nothing.

    Example: second-unit jobs adopt 3f2a cgt-20261122143015-k7x2m
    """
    from second_unit.jobs import remedies

    _do(store, as_json, lambda kept: remedies.adopt(kept, job, task))


@app.command()
def resume(job: JobId, store: Store = None, as_json: AsJson = False) -> None:
    """
    Take a failed or cancelled job up again. Never pays twice.

    Example: second-unit jobs resume 3f2a
    """
    from second_unit.jobs import remedies

    _do(store, as_json, lambda kept: remedies.resume(kept, job))


@app.command()
def resubmit(
    job: JobId,
    store: Store = None,
    pay_again: Annotated[bool, typer.Option("--pay-again", help="Yes: it may be charged a second time.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    Order a job again, as a new job. Paid a second time if the first order was accepted.

    Example: second-unit jobs resubmit 3f2a --pay-again
    """
    from second_unit.jobs import remedies
    from second_unit.jobs.wording import explain

    def order_again(kept: JobStore) -> Job:
        old = kept.job(job)
        if not pay_again and (old.error or {}).get("charged") is not False:
            typer.echo(f"{explain(old)}\nTo order it all the same, add --pay-again.", err=True)
            raise typer.Exit(2)
        return remedies.resubmit(kept, old.id)

    _do(store, as_json, order_again)


@app.command()
def forget(job: JobId, store: Store = None, as_json: AsJson = False) -> None:
    """
    Drop an ended job from the list. Its take and its line in the ledger stay.

    Example: second-unit jobs forget 3f2a
    """
    _do(store, as_json, lambda kept: kept.forget(job), start=False)


def _open(store: Path | None) -> JobStore:
    from second_unit.jobs.folders import store_path
    from second_unit.jobs.store import JobStore

    return JobStore(store or store_path())


def _do(store: Path | None, as_json: bool, deed: Callable[[JobStore], Job], *, start: bool = True) -> None:
    """Do something to a job, start the worker that carries it out, and say how the job stands."""
    from second_unit.jobs.starting import start_worker

    with _open(store) as kept:
        job = deed(kept)
        where = kept.path
    if start:
        start_worker(where)
    _say_job(job, as_json)


def _say_jobs(found: list[Job], as_json: bool) -> None:
    from second_unit.cli.output import rows
    from second_unit.jobs.wording import explain

    if as_json:
        for job in found:
            typer.echo(_as_json(job))
        return
    if not found:
        typer.echo("There are no jobs.")
        return
    rows(
        ((job.id, job.name, job.state, _percent(job.progress), explain(job).happened) for job in found),
        "job",
        "shots",
        "state",
        "",
        "what happened",
    )


def _say_job(job: Job, as_json: bool) -> None:
    from second_unit.jobs.wording import explain

    if as_json:
        typer.echo(_as_json(job))
        return
    told = explain(job)
    lines = [
        f"Job {job.id}: '{job.name}', {job.request.service} {job.request.model}".rstrip(),
        told.happened,
        told.charged,
    ]
    lines += [told.next, *(["Task: " + job.task] if job.task else [])]
    lines += [f"  {_time(entry.at)}  {entry.state:<11}  {entry.message}" for entry in job.history]
    typer.echo("\n".join(lines))


def _as_json(job: Job) -> str:
    import json

    from second_unit.jobs.wording import explain

    told: dict[str, Any] = job.model_dump(mode="json", exclude={"raw"})
    return json.dumps(told | {"explanation": explain(job).model_dump()}, ensure_ascii=False)


def _percent(progress: float | None) -> str:
    return "" if progress is None else f"{progress:.0%}"


def _time(at: float) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(at, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")
