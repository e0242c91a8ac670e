"""From a result at the service to a take on disk: download, verify, name. Nothing here costs anything or loses any."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path

from second_unit.errors import BrokenTake, SecondUnitError, TaskExpired, describe
from second_unit.jobs import events
from second_unit.jobs.following import accepted_of, charged, read_failed
from second_unit.jobs.job import Job
from second_unit.jobs.last_frame import drop_last_frame, fetch_last_frame, keep_last_frame
from second_unit.jobs.naming import (
    give_name,
    movie_suffix,
    next_number,
    part_file,
    safe_name,
    take_folder,
    take_name,
)
from second_unit.jobs.ordering import order_of
from second_unit.jobs.orders import drop_order
from second_unit.jobs.patience import local_trouble, retry_wait
from second_unit.jobs.receiving import receive
from second_unit.jobs.shift import Shift, log
from second_unit.jobs.sidecar import write_sidecar
from second_unit.media.facts import Loudness, MediaFacts, TakeCuts
from second_unit.network.resuming import forget_mark
from second_unit.providers.provider import Billed, Finished, Progress, Running, Stopped, Waiting


async def download(shift: Shift, job: Job) -> Job:
    """Fetch the result of a ``downloading`` job to its temporary name, going on where an earlier try stopped."""
    part = part_file(job.takes_folder, job.request.edit, job.id)
    try:
        finished = shift.made.pop(job.id, None) or await _ask_again(shift, job)
        if not isinstance(finished, Finished):
            return await shift.apply(job, _not_there(shift, job, finished))
        part.parent.mkdir(parents=True, exist_ok=True)
        shift.watch(job.id, "before downloading")
        await receive(shift, job, finished, part)
        await fetch_last_frame(shift, job, finished, part)
        shift.watch(job.id, "after downloading")
        size = part.stat().st_size
    except OSError as error:
        return await _local_trouble(shift, job, error)
    except TaskExpired as error:
        # The address expired: the next try asks for a new one. Where there is none, asking says so itself.
        return await read_failed(shift, job, _once_more(error, shift.trouble(job).failures))
    except SecondUnitError as error:
        return await read_failed(shift, job, error)
    shift.settled(job)
    return await shift.apply(job, events.Downloaded(at=shift.clock.now(), bytes=size))


async def verify(shift: Shift, job: Job) -> Job:
    """Check what a ``verifying`` job downloaded, give it its name for good, and call it ready."""
    part = part_file(job.takes_folder, job.request.edit, job.id)
    done = job.take_file if job.take_file is not None and not part.exists() and job.take_file.exists() else None
    try:
        shift.watch(job.id, "before verifying")
        facts, fingerprint = await shift.in_thread(partial(_check, job, done or part))
        cuts = await shift.in_thread(partial(_find_cuts, job, done or part))
        shift.watch(job.id, "after verifying")
        if done is None:
            job = await _name(shift, job, part, facts, fingerprint, cuts)
        if job.take_file is not None:
            await shift.in_thread(partial(keep_last_frame, part, job.take_file))
    except OSError as error:
        return await _local_trouble(shift, job, error)
    except BrokenTake as error:
        return await _reject(shift, job, part, error)
    job = await shift.apply(job, events.Verified(at=shift.clock.now(), facts=facts, fingerprint=fingerprint, cuts=cuts))
    await shift.in_thread(partial(drop_order, job.id, shift.store.path))
    return job


async def _ask_again(shift: Shift, job: Job) -> Progress:
    return await shift.desk(job).progress(accepted_of(job), await order_of(shift, job), job.project)


def _not_there(shift: Shift, job: Job, told: Waiting | Running | Stopped) -> events.Event:
    """Return what happened to a result that was there before."""
    now = shift.clock.now()
    if isinstance(told, Stopped):
        error = told.error | {"charged": job.billed.charged if job.billed else None}
        return events.Failed(at=now, error=error, billed=job.billed or told.billed)
    return events.Moved(at=now, raw_state=told.raw_state)


def _once_more(error: TaskExpired, failures: int) -> TaskExpired:
    """Return the error as one worth another try, for the first few."""
    again = TaskExpired(
        error.message, remedy=error.remedy, service=error.service, code=error.code, charged=error.charged
    )
    again.retry = failures < 3
    return again


def _check(job: Job, path: Path) -> tuple[MediaFacts, str]:
    from second_unit.media.verify import verify_take  # loads PyAV

    if not path.exists():
        raise BrokenTake(f"The download of job {job.id} is gone.", remedy="It is fetched again.", retry=True)
    facts = verify_take(
        path, job.request, expects_audio=job.expects_audio, expected_seconds=job.expected_seconds, job=job.id
    )
    facts = facts.model_copy(update={"loudness": _measure_loudness(job, path)})
    with path.open("rb") as file:
        return facts, hashlib.file_digest(file, "sha256").hexdigest()


def _measure_loudness(job: Job, path: Path) -> Loudness | None:
    """Return how loud the take is. It is verified already: no fault here may cost it."""
    from second_unit.media.loudness import measure_loudness  # loads PyAV

    try:
        return measure_loudness(path)
    except SecondUnitError as error:
        log.warning("job %s: its loudness can't be measured: %s", job.id, error)
        return None


def _find_cuts(job: Job, path: Path) -> TakeCuts | None:
    """Return where a take with several shots is cut. It is verified already: no fault here may cost the take."""
    from second_unit.media.cuts import cuts_of  # loads PyAV

    try:
        return cuts_of(path, job.request)
    except SecondUnitError as error:
        log.warning("job %s: its cuts can't be looked for: %s", job.id, error)
        return None


async def _name(shift: Shift, job: Job, part: Path, facts: MediaFacts, fingerprint: str, cuts: TakeCuts | None) -> Job:
    """Give the take a name that no other file has or will have, its sidecar beside it."""
    references = (await order_of(shift, job)).references
    while True:
        if job.take_file is None or not _is_ours(job.take_file, part):
            job = await _choose_name(shift, job, part)
        name = job.take_file
        assert name is not None  # noqa: S101  for the type checker: just chosen
        shift.watch(job.id, "before sidecar")
        await shift.in_thread(partial(write_sidecar, job, name, facts, fingerprint, references, cuts))
        shift.watch(job.id, "after sidecar")
        shift.watch(job.id, "before naming")
        if await shift.in_thread(partial(give_name, part, name)):
            shift.watch(job.id, "after naming")
            return job


def _discard(part: Path) -> None:
    part.unlink(missing_ok=True)
    forget_mark(part)
    drop_last_frame(part)


def _is_ours(name: Path, part: Path) -> bool:
    """Whether the name that was chosen before a restart is still free, or already this very file."""
    return not name.exists() or name.samefile(part) or name.stat().st_size == 0


async def _choose_name(shift: Shift, job: Job, part: Path) -> Job:
    folder, stem = take_folder(job.takes_folder, job.request.edit), safe_name(job.name)
    least = await shift.in_thread(partial(next_number, folder, stem))
    number = await shift.in_store(shift.store.name_take, job.id, folder, stem, least)
    file = folder / take_name(stem, number, movie_suffix(part))
    return await shift.apply(job, events.Named(at=shift.clock.now(), file=file, number=number))


async def _reject(shift: Shift, job: Job, part: Path, error: BrokenTake) -> Job:
    now = shift.clock.now()
    if job.rejections + 1 < shift.settings.verify_attempts:
        await shift.in_thread(partial(_discard, part))
        job = await shift.apply(job, events.Rejected(at=now, error=describe(error)))
        await shift.wait(job, retry_wait(job.rejections, error, shift.settings))
        return job
    aside = part.with_name(
        f"{safe_name(job.name)}_rejected_{job.id}{'.mp4' if not part.exists() else movie_suffix(part)}"
    )
    if part.exists():
        forget_mark(part)
        drop_last_frame(part)
        # Paid for, and perhaps usable in part: the user decides.
        await shift.in_thread(partial(part.replace, aside))
    log.warning("job %s: %s Kept as %s.", job.id, error, aside)
    record = describe(error) | {
        "message": f"{error.message} What came is kept as {aside.name}.",
        "remedy": "Look at it; resume the job to fetch it again while the service keeps it, or order it again.",
        "charged": charged(job, error),
    }
    return await shift.apply(job, events.Failed(at=now, error=record, billed=job.billed or Billed()))


async def _local_trouble(shift: Shift, job: Job, error: OSError) -> Job:
    trouble, words = shift.trouble(job), local_trouble(error)
    trouble.failures += 1
    now = shift.clock.now()
    if words is not None and trouble.lasts_seconds < shift.settings.local_patience_seconds:
        wait = retry_wait(trouble.failures, words, shift.settings)
        job = await shift.apply(job, events.Troubled(at=now, error=describe(words), wait_seconds=wait))
        await shift.wait(job, wait)
        return job
    record = describe(words or error) | {"charged": charged(job, words or SecondUnitError(""))}
    return await shift.apply(job, events.Failed(at=now, error=record, billed=job.billed or Billed()))
