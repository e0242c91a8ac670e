"""Strips in; placed picture and sound out: the straight line, on the embedded provider, in one call."""

from __future__ import annotations

from pathlib import Path

import bpy
import pytest

from addon.preview import render_preview
from addon.sequencer import left_handle, right_handle
from addon.shoot import shoot
from addon.strip_marks import take_tag
from second_unit.timing import FrameRate
from tests.addon.laying import lay_text, set_rate
from tests.mixing import mix_down
from tests.story.measuring import flashes, lag, nearest, read_sound

SOUND_SECONDS, PICTURE_SECONDS = 0.005, 1 / 24
QUICK = {"resolution": "480p", "options": {"sync_pops": True}}


def lay_real_footage(scene, media: Path) -> list[int]:
    """Lay photographs, trimmed movies and a recording at 30 fps under five shots; return the shots' first frames."""
    set_rate(scene, 30)
    strips = scene.sequence_editor.strips
    starts = [1, 61, 121, 196, 241]
    for name, start, end in (("elva.jpg", 1, 61), ("wild-bear.jpg", 121, 196)):
        still = strips.new_image(name, str(media / name), 1, start, fit_method="FIT")
        still.frame_final_end = end
    for name, start, end, skip in (("rabbit.mp4", 61, 121, 45), ("crystal.mp4", 196, 300, 100)):
        movie = strips.new_movie(name, str(media / name), 1, start - skip, fit_method="FIT")
        movie.frame_final_start, movie.frame_final_end = start, end
    sound = strips.new_sound("bear.mp3", str(media / "bear.mp3"), 2, 61)
    sound.frame_final_end = 181
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], 300], strict=True), start=1):
        words = "An animal looks up. Slow push in. Wind in the leaves."
        lay_text(scene.sequence_editor, f"SH0{number}0", words, 3, start, end - start)
    scene.frame_start, scene.frame_end = 1, 299
    return starts


@pytest.mark.filterwarnings("ignore:.*frame_final:DeprecationWarning")
def test_real_footage_comes_back_in_its_place_in_picture_and_sound(scene, real_media, tmp_path):
    starts = lay_real_footage(scene, real_media)
    bpy.ops.wm.save_mainfile()
    shooting = shoot(scene, mute_scratch=True, **QUICK)
    assert shooting.failed == ()
    preview = tmp_path / "preview.mp4"
    render_preview(scene, preview, percentage=100)
    mix = tmp_path / "mix.wav"
    mix_down(mix)
    shots = shooting.planned.plan.requests[0].shots
    seen, heard, take = flashes(preview), read_sound(mix), read_sound(shooting.jobs[0].take.file)
    begins = [float(FrameRate(30).seconds(start - 1)) for start in starts]
    assert len(starts) == len(shots)
    for begin, shot in zip(begins, shots, strict=True):
        assert nearest(begin, seen) <= PICTURE_SECONDS
        assert abs(lag(heard, begin, take, shot.start_seconds)) <= SOUND_SECONDS


def test_every_shot_gets_a_pair_of_strips_above_it_from_its_first_frame_to_its_last(scene):
    lay_text(scene.sequence_editor, "SH010", "A door opens. Static. Hinges creak.", 3, 1, 50)
    lay_text(scene.sequence_editor, "SH020", "A cat walks in. Slow pan left. A purr.", 3, 51, 40)
    shoot(scene, **QUICK)
    placed = sorted(
        (strip.type, left_handle(strip), right_handle(strip))
        for strip in scene.sequence_editor.strips
        if take_tag(strip)
    )
    assert placed == [("MOVIE", 1, 51), ("MOVIE", 51, 91), ("SOUND", 1, 51), ("SOUND", 51, 91)]
    assert all(strip.channel > 3 for strip in scene.sequence_editor.strips if take_tag(strip))


def test_shooting_again_makes_new_takes_and_overwrites_nothing(scene):
    lay_text(scene.sequence_editor, "SH010", "A door opens. Static. Hinges creak.", 3, 1, 30)
    first = shoot(scene, **QUICK).jobs[0].take
    before = first.file.read_bytes()
    second = shoot(scene, **QUICK).jobs[0].take
    assert (first.number, second.number) == (1, 2)
    assert before == first.file.read_bytes()
    assert first.file != second.file


def test_takes_are_never_taken_for_references(scene):
    lay_text(scene.sequence_editor, "SH010", "A door opens. Static. Hinges creak.", 3, 1, 30)
    shoot(scene, **QUICK)
    again = shoot(scene, **QUICK)
    assert again.planned.shot_list.references == ()
    assert len(again.planned.shot_list.segments) == 1
