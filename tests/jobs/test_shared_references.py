"""What several jobs use is made ready once."""

from __future__ import annotations

from pathlib import Path

from second_unit.jobs.enqueue import enqueue
from second_unit.jobs.folders import media_folder
from second_unit.jobs.job import State
from second_unit.jobs.store import JobStore
from second_unit.jobs.worker import run_worker
from second_unit.planning import make_plan
from second_unit.shot_list import build_shot_list
from tests.edits import movie, text, timeline
from tests.jobs.making import HURRY
from tests.media.clips import write_clip


def test_the_same_trim_is_prepared_once_for_all_jobs_and_runs(tmp_path: Path) -> None:
    """Two orders of one run and one of a later run show the same second of a movie, under names of their own."""
    clip = write_clip(tmp_path / "clip.mp4", frames=72, rate=24)
    store_path = tmp_path / "home" / "jobs.sqlite3"

    def shoot(*shots: str) -> set[tuple[str, int]]:
        with JobStore(store_path) as store:
            for shot in shots:
                strips = text(shot, 0, 24), movie(f"{shot} board", 0, 24, clip, seconds=(1, 2))
                enqueue(store, make_plan(build_shot_list(timeline(*strips))), tmp_path / "takes")
        assert run_worker(store_path, idle_seconds=0, settings=HURRY)
        with JobStore(store_path) as store:
            assert {State.READY} == {job.state for job in store.jobs()}
        return {(file.name, file.stat().st_ino) for file in media_folder(store_path).glob("*.mp4")}

    first = shoot("SH010", "SH020")
    assert len(first) == 1
    assert first == shoot("SH030")
