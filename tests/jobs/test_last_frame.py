"""The picture of the last frame lies beside the take, where it was ordered; without it the take is none the worse."""

from __future__ import annotations

from pathlib import Path

import av
import pytest
from PIL import Image

from second_unit.jobs.enqueue import enqueue
from second_unit.jobs.job import Job, State
from second_unit.jobs.store import JobStore
from second_unit.jobs.worker import run_worker
from second_unit.plan import Plan
from second_unit.rehearsal.running import rehearsing
from tests.jobs.making import HURRY, make_request


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARK_API_KEY", "test-key-of-nobody")


def shoot(folder: Path, **options: object) -> Job:
    """Order one shot of a rehearsal of Seedance, and return its job as it ended."""
    request = make_request(service="seedance").model_copy(update={"options": options})
    store_path = folder / "home" / "jobs.sqlite3"
    with rehearsing(folder / "rehearsal", fast=True) as rehearsal:
        with JobStore(store_path) as store:
            (job,) = enqueue(store, Plan(requests=(request,)), folder / "takes", endpoint=rehearsal.endpoint())
        assert run_worker(store_path, idle_seconds=0, settings=HURRY)
    with JobStore(store_path) as store:
        return store.job(job.id)


def names(job: Job) -> list[str]:
    assert job.take_file is not None
    return sorted(path.name for path in job.take_file.parent.iterdir())


def test_the_last_frame_lies_beside_the_take_where_it_was_ordered(tmp_path: Path) -> None:
    job = shoot(tmp_path, return_last_frame=True)
    assert (State.READY, ["SH010_take001.json", "SH010_take001.mp4", "SH010_take001_last_frame.png"]) == (
        job.state,
        names(job),
    )
    assert job.take_file is not None
    with av.open(str(job.take_file)) as film:
        last = list(film.decode(video=0))[-1].to_image()
    with Image.open(job.take_file.with_name("SH010_take001_last_frame.png")) as picture:
        assert last.size == picture.size


def test_without_being_ordered_there_is_none(tmp_path: Path) -> None:
    job = shoot(tmp_path)
    assert ["SH010_take001.json", "SH010_take001.mp4"] == names(job)
