"""The demo's edit, ordered over HTTP at a rehearsal of the service, comes back as the animatic's does."""

from __future__ import annotations

import json
import subprocess
import sys

import bpy

from addon import shoot
from addon.demo_edit import lay_demo_edit
from addon.preview import render_preview
from second_unit.animatic.sample_media import make_sample_media
from second_unit.jobs.store import JobStore
from second_unit.rehearsal.running import rehearsing
from tests.mixing import mix_down
from tests.story.measuring import flashes, lag, nearest, read_sound

SOUND_SECONDS, PICTURE_SECONDS = 0.005, 1 / 24


def generate(edit, endpoint, takes):
    """Run the command as a user does, and return what it said."""
    told = subprocess.run(
        [
            *(sys.executable, "-m", "second_unit", "generate", str(edit), "--service", "seedance"),
            *("--endpoint", endpoint, "--takes", str(takes), "--resolution", "480p"),
            *("--option", "stills_for_video=true", "--json"),
        ],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    return [json.loads(line) for line in told.stdout.splitlines()]


def test_the_demos_edit_over_http_is_in_sync_and_each_order_is_accepted_once(scene, home, tmp_path, monkeypatch):
    monkeypatch.setenv("ARK_API_KEY", "rehearsal")
    make_sample_media(tmp_path / "media")
    lay_demo_edit(scene, tmp_path / "media")
    bpy.ops.wm.save_mainfile()
    edit = tmp_path / "edit.json"
    edit.write_text(shoot.plan(scene).timeline.model_dump_json())
    with rehearsing(tmp_path / "rehearsal", fast=False) as rehearsal:
        said = generate(edit, rehearsal.endpoint(), tmp_path / "takes")
        counts = rehearsal.order_counts()
    jobs = [line["job"] for line in said if line["event"] == "take"]
    assert set(counts.values()) == {1}
    assert len(jobs) == len(counts)

    store = home / "jobs.sqlite3"
    shoot.place(scene, store, jobs, mute_scratch=True)
    scene.render.resolution_x, scene.render.resolution_y = 640, 360
    preview, mix = tmp_path / "preview.mp4", tmp_path / "mix.wav"
    render_preview(scene, preview)
    mix_down(mix)
    seen, heard = flashes(preview), read_sound(mix)
    with JobStore(store) as kept:
        takes = [kept.job(job).take for job in jobs]
    for take in takes:
        sound = read_sound(take.file)
        for shot in take.request.shots:
            begin = float(take.request.rate.seconds(shot.range.start - scene.frame_start))
            assert nearest(begin, seen) <= PICTURE_SECONDS
            assert abs(lag(heard, begin, sound, shot.start_seconds)) <= SOUND_SECONDS
