"""What only preparing can tell, the order's bytes, is checked before anything is sent."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from second_unit.jobs.enqueue import enqueue
from second_unit.jobs.job import State
from second_unit.jobs.store import JobStore
from second_unit.jobs.worker import run_worker
from second_unit.planning import make_plan
from second_unit.rehearsal.running import rehearsing
from second_unit.shot_list import build_shot_list
from tests.edits import image, text, timeline
from tests.jobs.making import HURRY


def noise(path: Path) -> Path:
    """A picture that is within every limit by itself, and 27 MB."""
    Image.effect_noise((3000, 3000), 100).convert("RGB").save(path, "BMP")
    with path.open("ab") as file:  # told apart by their content
        file.write(np.frombuffer(path.name.encode(), np.uint8).tobytes())
    return path


def test_an_order_too_large_once_prepared_is_refused_by_name_and_never_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = [
        image(f"panel {number}", 0, 96, noise(tmp_path / f"{number}.bmp"), channel=number) for number in (1, 2, 3)
    ]
    plan = make_plan(build_shot_list(timeline(text("SH010", 0, 96), *pictures, service="seedance")))
    store_path = tmp_path / "home" / "jobs.sqlite3"
    with rehearsing(tmp_path / "rehearsal", fast=True) as rehearsal:
        with JobStore(store_path) as store:
            (job,) = enqueue(store, plan, tmp_path / "takes", endpoint=rehearsal.endpoint())
        assert run_worker(store_path, idle_seconds=0, settings=HURRY)
        assert rehearsal.order_counts() == {}
    with JobStore(store_path) as store:
        ended = store.job(job.id)
    error = ended.error or {}
    assert (ended.state, error["kind"], error["charged"]) == (State.FAILED, "OverLimit", False)


def test_a_reference_that_cannot_be_prepared_names_its_strip(tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture at all")
    plan = make_plan(build_shot_list(timeline(text("SH010", 0, 96), image("panel", 0, 96, broken))))
    store_path = tmp_path / "home" / "jobs.sqlite3"
    with JobStore(store_path) as store:
        (job,) = enqueue(store, plan, tmp_path / "takes")
    assert run_worker(store_path, idle_seconds=0, settings=HURRY)
    with JobStore(store_path) as store:
        ended = store.job(job.id)
    assert (ended.state, (ended.error or {})["strip"]) == (State.FAILED, "panel")
