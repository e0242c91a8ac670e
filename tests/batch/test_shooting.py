"""The whole line in one call, with no Blender: from an OpenTimelineIO edit to one with its takes."""

from __future__ import annotations

from pathlib import Path

import opentimelineio as otio
import pytest

from second_unit.batch import order, plan_shots, read_edit, shoot, with_settings
from second_unit.errors import KeyMissing, OverBudget, UnreadableMedia
from second_unit.jobs.store import JobStore
from second_unit.rehearsal.running import rehearsing


@pytest.fixture
def edit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SECOND_UNIT_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("ARK_API_KEY", raising=False)
    timeline = otio.schema.Timeline("edit")
    track = otio.schema.Track("V1", kind=otio.schema.TrackKind.Video)
    for name in ("SH010", "SH020"):
        length = otio.opentime.TimeRange(otio.opentime.RationalTime(0, 24), otio.opentime.RationalTime(48, 24))
        clip = otio.schema.Clip(name, source_range=length)
        clip.metadata["second_unit"] = {"prompt": f"{name}: a door opens. Static. Hinges creak."}
        track.append(clip)
    timeline.tracks.append(track)
    path = tmp_path / "edit.otio"
    otio.adapters.write_to_file(timeline, str(path))
    return path


def test_an_edit_is_shot_and_written_with_its_takes_and_a_second_run_pays_nothing(
    edit: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARK_API_KEY", "rehearsal")
    told = []
    with rehearsing(tmp_path / "rehearsal") as studio:
        for _ in range(2):
            shooting = shoot(
                edit, service="seedance", resolution="480p", endpoint=studio.endpoint(), budget=5,
                save_as=tmp_path / "shot.otio", report=lambda row: told.append(row.state),
            )  # fmt: skip
        assert [1] == list(studio.order_counts().values())
    assert () == shooting.failed
    assert "ready" == told[-1]
    shot = otio.adapters.read_from_file(str(tmp_path / "shot.otio"))
    assert ["V1", "Second Unit", "Second Unit sound"] == [track.name for track in shot.tracks]


def test_what_refuses_an_order_leaves_no_job(edit: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = plan_shots(with_settings(read_edit(edit), service="seedance"))
    with pytest.raises(KeyMissing, match="no key for 'seedance'"):
        order(plan, tmp_path / "takes")
    monkeypatch.setenv("ARK_API_KEY", "rehearsal")
    with pytest.raises(OverBudget, match="Nothing was ordered"):
        order(plan, tmp_path / "takes", budget=0.01)
    assert not (tmp_path / "home" / "jobs.sqlite3").exists() or not JobStore(tmp_path / "home" / "jobs.sqlite3").jobs()


def test_a_blend_is_refused_with_blenders_command(tmp_path: Path) -> None:
    (tmp_path / "edit.blend").write_bytes(b"BLENDER")
    with pytest.raises(UnreadableMedia, match=r"blender -b edit.blend -c second_unit"):
        read_edit(tmp_path / "edit.blend")
