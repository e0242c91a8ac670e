"""A take that is a little too short is slowed until it fills its shot; the take itself stays as it is."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from addon.operators.slow_takes import slow_take
from addon.placing.place_takes import place_takes
from addon.sequencer import content_duration, left_handle, right_handle
from addon.settings import errands
from second_unit.media.probe import fingerprint_media
from second_unit.takes import Placement
from second_unit.timing import FrameRange

from .flash_and_pop import prepare_scene, render_edit, write_take


@pytest.fixture
def take(tmp_path) -> Path:
    """Four seconds and a frame; the second shot begins in its middle."""
    return write_take(tmp_path / "take.mp4", frames=97)


@pytest.fixture
def edit(scene):
    return prepare_scene(scene, (24, 1.0))


def test_the_strips_show_the_slowed_file_over_the_same_frames(edit, take, tmp_path):
    """Two seconds of footage fill 50 frames, slowed by 4 %: its last frame is seen on the shot's last."""
    before, told = fingerprint_media(take), []
    short = _placement(take)
    (placed,) = place_takes(edit, [short]).takes
    slow_take(edit, placed.picture, short, told.append)
    errands.wait()
    assert told == [f"'{placed.picture}' is slowed by 4.0% and fills its shot."]
    picture, sound = (edit.sequence_editor.strips[name] for name in (placed.picture, placed.sound))
    assert picture.filepath == sound.sound.filepath != str(take)
    assert (1, 51) == (left_handle(picture), right_handle(picture)) == (left_handle(sound), right_handle(sound))
    assert content_duration(picture) == 101
    shown = render_edit(edit, tmp_path / "edit.mp4", range(1, 51)).numbers
    assert (48, True) == (shown[0], shown[-1] >= 95)
    assert before == fingerprint_media(take)


def test_a_file_that_cannot_be_written_anew_is_told_and_nothing_changes(edit, take):
    short, told = _placement(take), []
    (placed,) = place_takes(edit, [short]).takes
    take.write_bytes(b"no movie any more")
    slow_take(edit, placed.picture, short, told.append)
    errands.wait()
    assert told[0].startswith(f"'{placed.picture}' was not slowed: ")
    assert str(take) == edit.sequence_editor.strips[placed.picture].filepath


def _placement(take: Path) -> Placement:
    return Placement(
        name="SH020",
        file=take,
        range=FrameRange(1, 51),
        source_start_seconds=Fraction(2),
        job="job-1",
        slower=Fraction(1, 25),
    )
