"""The demo's edit: eight shots over twenty seconds at 30 fps, with storyboard, movie, sounds and cast."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import bpy

from .sequencer import LEFT_HANDLE, RIGHT_HANDLE

PANELS, MOVIES, SHOTS = 1, 2, 3
SOUNDS = 4


def lay_demo_edit(scene: bpy.types.Scene, media: Path) -> None:
    """
    Lay the sample media of ``media`` on an empty scene: panels, movies, sounds, and a text strip a shot above them.

    30 fps, for services return 24: what comes back has to be fitted.
    """
    from second_unit.animatic.sample_edit import MANIFEST, SampleMedia

    sample = SampleMedia.model_validate_json((media / MANIFEST).read_bytes())
    scene.name = "Lighthouse"
    scene.render.fps, scene.render.fps_base = 30, 1.0
    scene.render.resolution_x, scene.render.resolution_y = 1280, 720
    scene.view_settings.view_transform = "Standard"
    scene.frame_start, scene.frame_end = 1, _frame(sample.seconds) - 1
    strips = scene.sequence_editor_create().strips
    for shot in sample.shots:
        start, end = _frame(shot.start_seconds), _frame(shot.end_seconds)
        panel = strips.new_image(f"{shot.name} panel", str(media / shot.panel), PANELS, start, fit_method="FIT")
        _fit(panel, start, end)
        panel.second_unit.role = shot.role.name
        words = _lay_text(strips, shot.name, SHOTS, start, end)
        words.text = f"{shot.prompt.subject} {shot.prompt.action}."
        # Small, at the foot of the picture: the panel behind it is to be seen.
        words.font_size, words.wrap_width, words.location = 28.0, 0.9, (0.5, 0.1)
        for field in ("camera", "environment", "lighting", "audio"):
            setattr(words.second_unit, field, getattr(shot.prompt, field))
    for movie in sample.movies:
        start, end = _frame(movie.start_seconds), _frame(movie.end_seconds)
        strip = strips.new_movie(movie.name, str(media / movie.file), MOVIES, start, fit_method="FIT")
        _fit(strip, start, end)
        strip.second_unit.role = movie.role.name
    for number, sound in enumerate(sample.sounds):
        start, end = _frame(sound.start_seconds), _frame(sound.end_seconds)
        strip = strips.new_sound(sound.name, str(media / sound.file), SOUNDS + number, start)
        _fit(strip, start, end)
        strip.second_unit.role = sound.role.name
    _lay_cast(scene, sample, media)


def _lay_cast(scene: bpy.types.Scene, sample: Any, media: Path) -> None:
    scene.second_unit.look = sample.look
    for member in sample.cast:
        cast = scene.second_unit.cast.add()
        cast.name, cast.description, cast.exclusion = member.name, member.description, member.exclusion
        cast.role = member.role.name if member.role else "AUTO"
        for file in member.files:
            cast.files.add().path = str(media / file)


def _lay_text(strips: Any, name: str, channel: int, start: int, end: int) -> Any:
    # 5.0 renamed the length's argument.
    named = strips.bl_rna.functions["new_effect"].parameters.keys()
    span = {"length": end - start} if "length" in named else {"frame_end": end}
    return strips.new_effect(name=name, type="TEXT", channel=channel, frame_start=start, **span)


def _fit(strip: Any, start: int, end: int) -> None:
    setattr(strip, LEFT_HANDLE, start)
    setattr(strip, RIGHT_HANDLE, end)


def _frame(seconds: Fraction) -> int:
    """Return the frame at a moment of the edit, which starts on frame 1."""
    return 1 + round(seconds * 30)
