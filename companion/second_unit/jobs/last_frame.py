"""
The picture of a take's last frame, where the service was asked for one (Seedance's ``return_last_frame``).

It is better than the film's own last frame, for it was never coded as film. It lies beside the take; where it can't be
had the take is none the worse, so nothing here is more than a line in the log.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from second_unit.errors import HostileAnswer, SecondUnitError
from second_unit.jobs.job import Job
from second_unit.jobs.naming import give_name
from second_unit.jobs.ordering import order_of
from second_unit.jobs.shift import Shift, log
from second_unit.network.resuming import forget_mark
from second_unit.providers.provider import Finished

_MOST_SECONDS = 60.0
_MOST_BYTES = 64_000_000
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"


async def fetch_last_frame(shift: Shift, job: Job, finished: Finished, part: Path) -> None:
    """Fetch the picture, if there is one, to a temporary name beside the take's."""
    if finished.last_frame_url is None:
        return
    to = _temporary(part)
    asked = finished.model_copy(update={"url": finished.last_frame_url})
    drop_last_frame(part)
    try:
        order = await order_of(shift, job)
        fetching = shift.desk(job).provider.download(asked, to, order, _bounded)
        await asyncio.wait_for(fetching, _MOST_SECONDS)
    except (SecondUnitError, OSError) as error:  # a timeout is an OSError too
        log.warning("job %s: its last frame can't be fetched: %s", job.id, error)
        drop_last_frame(part)


def keep_last_frame(part: Path, take: Path) -> None:
    """Give the picture that was fetched its name for good: ``SH010_take001_last_frame.png``."""
    picture = _temporary(part)
    try:
        if not picture.is_file():
            return
        with picture.open("rb") as file:
            head = file.read(8)
        suffix = ".png" if head == _PNG else ".jpg" if head.startswith(_JPEG) else None
        if suffix is not None:
            give_name(picture, take.with_name(f"{take.stem}_last_frame{suffix}"))
        drop_last_frame(part)
    except OSError as error:
        log.warning("the last frame of %s can't be kept: %s", take.name, error)


def drop_last_frame(part: Path) -> None:
    """Remove what was fetched of it."""
    _temporary(part).unlink(missing_ok=True)
    forget_mark(_temporary(part))


def _temporary(part: Path) -> Path:
    return part.with_name(f"{part.name}.last_frame")


async def _bounded(count: int, total: int | None) -> None:
    if max(count, total or 0) > _MOST_BYTES:
        raise HostileAnswer("The last frame is larger than 64 MB.", remedy="Take it from the film.")
