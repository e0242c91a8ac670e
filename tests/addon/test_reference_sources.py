"""Unusual media and large numbers, from Blender's strips through the plan to what is ready to send."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np
import pytest
from PIL import Image

from addon.reading.read_timeline import read_timeline
from addon.sequencer import RIGHT_HANDLE
from second_unit.catalog.models import model_of
from second_unit.media.prepare import prepare_reference
from second_unit.media.probe import probe
from second_unit.media.samples import read_samples
from second_unit.planning import make_plan
from second_unit.shot_list import build_shot_list
from second_unit.timeline import ShootSettings
from tests.addon.laying import lay_text, set_rate
from tests.addon.media import write_ramp
from tests.media.clips import read_numbers, write_clip


@pytest.fixture
def edit(registered, tmp_path):
    """A saved edit at 24 fps with a shot of four seconds."""
    scene = registered.context.scene
    scene.sequence_editor_create()
    set_rate(scene, 24)
    lay_text(scene.sequence_editor, "SH010", "A gull turns.", 60, 1, 96)
    bpy.ops.wm.save_as_mainfile(filepath=str(tmp_path / "edit.blend"))
    return scene


def plan_for_seedance(scene):
    timeline = read_timeline(scene, "all")
    settings = ShootSettings(service="seedance", model="seedance-2.0")
    return make_plan(build_shot_list(timeline.model_copy(update={"settings": settings})))


def prepare(request, folder: Path):
    takes = model_of(request).capabilities
    return [prepare_reference(one, takes.limits(one.kind), request, folder) for one in request.references]


def test_of_forty_references_the_model_gets_what_it_takes_and_the_rest_are_named(edit, tmp_path):
    for number in range(1, 41):
        path = tmp_path / f"panel {number}.png"
        Image.new("RGB", (640, 360), (number * 6, 20, 250 - number * 6)).save(path)
        strip = edit.sequence_editor.strips.new_image(f"Panel {number:02}", str(path), number, 1, fit_method="FIT")
        setattr(strip, RIGHT_HANDLE, 97)
        strip.second_unit.pinned = number in {7, 40}
    plan = plan_for_seedance(edit)
    (request,) = plan.requests
    kept = {one.name for one in request.references}
    left_out = {warning.strip for warning in plan.warnings if warning.code == "left-out"}
    assert (len(kept), {"Panel 07", "Panel 40"} <= kept) == (9, True)
    assert kept | left_out == {f"Panel {number:02}" for number in range(1, 41)}
    assert [one.label for one in prepare(request, tmp_path)] == [f"Image {number}" for number in range(1, 10)]


def test_a_sound_packed_into_the_blend_is_sent_as_it_sounds(edit, tmp_path):
    ramp = write_ramp(tmp_path / "Сирена.wav", 4)
    picture = tmp_path / "panel.png"
    Image.new("RGB", (640, 360), "navy").save(picture)
    still = edit.sequence_editor.strips.new_image("Panel", str(picture), 1, 1, fit_method="FIT")
    setattr(still, RIGHT_HANDLE, 97)
    strip = edit.sequence_editor.strips.new_sound("Siren", str(ramp), 2, 1)
    expected = read_samples(ramp, rate=48_000, channels=1)
    strip.sound.pack()
    ramp.unlink()
    bpy.ops.wm.save_mainfile()
    (request,) = plan_for_seedance(edit).requests
    sent = next(one for one in prepare(request, tmp_path / "prepared") if one.label == "Audio 1")
    assert np.abs(read_samples(sent.path, rate=48_000, channels=1) - expected).max() < 1 / 32_000


def test_of_a_movie_with_several_sounds_one_picture_and_one_sound_are_sent(edit, tmp_path):
    import av

    source = write_clip(tmp_path / "one.mp4", frames=96, rate=24, size=(960, 540), layout="stereo")
    twice = tmp_path / "zwei Töne.mkv"
    with av.open(str(source)) as read, av.open(str(twice), "w") as written:
        template = read.streams.audio[0]
        copies = [written.add_stream_from_template(stream) for stream in (read.streams.video[0], template, template)]
        for packet in read.demux():
            if packet.dts is None:
                continue
            is_picture = packet.stream.type == "video"
            packet.stream = copies[0] if is_picture else copies[1]
            written.mux(packet)
    movie = edit.sequence_editor.strips.new_movie("Twice", str(twice), 1, 1, fit_method="FIT")
    setattr(movie, RIGHT_HANDLE, 73)
    (request,) = plan_for_seedance(edit).requests
    (sent,) = prepare(request, tmp_path / "prepared")
    assert read_numbers(sent.path) == list(range(72))
    with av.open(str(sent.path)) as made:
        assert [stream.type for stream in made.streams] == ["video", "audio"]
    assert probe(sent.path).channels == 2
