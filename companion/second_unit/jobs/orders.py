"""The order as it is sent: the request with its references made ready, kept beside the store while the job is open."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from second_unit.catalog.models import model_of
from second_unit.errors import MediaError, ReadOnlyFolder, SecondUnitError
from second_unit.jobs import events
from second_unit.jobs.folders import media_folder, prepared_order_path
from second_unit.jobs.job import Job
from second_unit.jobs.naming import take_folder
from second_unit.jobs.shift import Shift
from second_unit.media.facts import PreparedReference
from second_unit.plan import OrderReference
from second_unit.planning.validation import validate
from second_unit.providers.provider import Order
from second_unit.shots import ReferenceKind

_TELL_SECONDS = 1.0
_KEEP_SECONDS = 7 * 24 * 3600.0


async def prepare_order(shift: Shift, job: Job) -> Order:
    """
    Return the order with every reference made ready, several at once; as it was before a restart, where it was.

    What is made is named by its content and shared by all jobs: the same trim is prepared once.

    Raises:
        MediaError, TimelineError, PlanRefused: a reference can't be prepared, the model isn't known, or won't take the
            order as it turned out: sizes and bytes are known only now.
    """
    kept = await shift.in_thread(partial(kept_order, job, shift.store.path))
    if kept is not None:
        return kept
    told = _Told(shift, job)
    making = [shift.in_thread(partial(_prepare, shift, job, one, told)) for one in job.request.references]
    async with told.telling():
        references = await asyncio.gather(*making)
    if references:  # an order of text alone is known as well while it is planned
        validate(job.request, model_of(job.request), references)
    order = Order(job=job.id, request=job.request, references=tuple(references))
    await shift.in_thread(partial(_keep, order, shift.store.path))
    return order


async def host_references(shift: Shift, order: Order) -> Order:
    """
    Return the order with a web address for each video that its service must fetch, where the user set hosting up.

    Raises:
        HostingError: it could not be uploaded.
    """
    if all(one.kind is not ReferenceKind.VIDEO for one in order.references):
        return order
    if not model_of(order.request).capabilities.video_needs_url or (host := shift.host()) is None:
        return order
    hosted = [
        one.model_copy(update={"url": await host.host(one.path, one.media_type)})
        if one.kind is ReferenceKind.VIDEO
        else one
        for one in order.references
    ]
    return order.model_copy(update={"references": tuple(hosted)})


def _prepare(shift: Shift, job: Job, reference: OrderReference, told: _Told) -> PreparedReference:
    from second_unit.media.prepare import prepare_reference  # loads PyAV: an order of text alone needs none

    def report(done: int, total: int) -> None:
        told.parts[reference.label] = done / total if total else 0.0

    limits = model_of(job.request).capabilities.limits(reference.kind)
    folder = media_folder(shift.store.path)
    try:
        return prepare_reference(reference, limits, job.request, folder, report, shift.render_source)
    except SecondUnitError as error:
        error.strip = error.strip or next(iter(reference.strips), None)
        raise


class _Told:
    """How far each reference is, told by threads and written down now and then."""

    def __init__(self, shift: Shift, job: Job) -> None:
        self.parts: dict[str, float] = {}
        self._shift, self._job = shift, job

    @asynccontextmanager
    async def telling(self) -> AsyncIterator[None]:
        """Tell the job's row while the block lasts."""
        teller = asyncio.ensure_future(self._tell())
        try:
            yield
        finally:
            teller.cancel()

    async def _tell(self) -> None:
        shift, count = self._shift, len(self._job.request.references)
        while True:
            await shift.clock.sleep(_TELL_SECONDS)
            if self.parts:
                fraction = sum(self.parts.values()) / count
                await shift.apply(self._job, events.Prepared(at=shift.clock.now(), fraction=fraction))


def kept_order(job: Job, store: Path) -> Order | None:
    """Return the order as it was prepared before a restart; None where it wasn't, or its files are gone."""
    try:
        text = prepared_order_path(store, job.id).read_text(encoding="utf-8")
        order = Order.model_validate_json(text)
    except (OSError, ValueError):
        return None
    whole = all(reference.path.is_file() for reference in order.references)
    return order if whole and order.request == job.request else None


def drop_order(job: str, store: Path) -> None:
    """Remove the order of a job that has ended; its references stay for a while, for the next one that uses them."""
    prepared_order_path(store, job).unlink(missing_ok=True)


def drop_old_references(store: Path) -> None:
    """Remove the prepared references that no order has used for a week. For when no job is open."""
    folder, oldest = media_folder(store), time.time() - _KEEP_SECONDS
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_file() and max(path.stat().st_mtime, path.stat().st_atime) < oldest:
            path.unlink(missing_ok=True)


def check_takes_folder(job: Job, spare_bytes: int) -> None:
    """
    Make the takes folder and see that a take can be written there, before anything is paid.

    Raises:
        ReadOnlyFolder: it can't be made or written.
        MediaError: less than ``spare_bytes`` is free.
    """
    folder = take_folder(job.takes_folder, job.request.edit)
    trial = folder / f".{job.id}.trial"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        trial.write_bytes(b"\0")
        trial.unlink()
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise ReadOnlyFolder(
            f"The takes folder {folder} can't be written: {error.strerror or error}.",
            remedy="Make it writable, or choose another. Nothing was ordered; then resume the job.",
            job=job.id,
        ) from error
    if free < spare_bytes:
        raise MediaError(
            f"Only {free // 1_000_000} MB are free in the takes folder {folder}; a take needs room.",
            remedy=f"Free at least {spare_bytes // 1_000_000} MB. Nothing was ordered; then resume the job.",
            job=job.id,
        )


def _keep(order: Order, store: Path) -> None:
    """Keep the order without its hosted addresses: they let anybody in, and expire."""
    bare = tuple(reference.model_copy(update={"url": None}) for reference in order.references)
    for reference in bare:
        reference.path.touch()  # in use: not to be dropped as old
    path = prepared_order_path(store, order.job)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    beside.write_text(order.model_copy(update={"references": bare}).model_dump_json(), encoding="utf-8")
    beside.replace(path)
