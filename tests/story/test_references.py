"""What is on the timeline is what the model sees: every strip type, through Blender, the worker and HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import bpy

from addon.shoot import Shooting, shoot
from second_unit.media.probe import probe
from second_unit.rehearsal.running import rehearsing
from second_unit.shots import FileSource
from tests.mixing import mix_down
from tests.story.reference_edit import (
    correlation,
    frame_shown,
    frames_of,
    hosted,
    lay_every_strip,
    make_media,
    psnr,
    sound_of,
)

DECIBELS, LIKENESS = 30, 0.95


@dataclass
class Story:
    """What was laid, ordered, and saved by the server."""

    scene: Any
    media: dict[str, Path]
    shooting: Shooting
    orders: list[dict[str, Any]]
    folder: Path

    def attachment(self, strip: str) -> Path:
        """Return the saved file of the reference that a strip made."""
        for request, order in zip(self.shooting.planned.plan.requests, self.orders, strict=True):
            for reference, saved in zip(request.references, order["attachments"], strict=True):
                if reference.name == strip:
                    return Path(saved["file"])
        raise AssertionError(f"nothing was sent for {strip}")

    def show_only(self, strip: str) -> None:
        for other in self.scene.sequence_editor.strips:
            other.mute = other.name != strip

    def mixed(self, strip: str, first: int, last: int) -> Path:
        """Return what Blender plays of a strip alone, in some frames of the edit."""
        self.show_only(strip)
        self.scene.frame_start, self.scene.frame_end = first, last
        mix = self.folder / f"{strip}.wav"
        mix_down(mix)
        return mix

    def rendered(self, strip: str, frame: int) -> Any:
        """Return what Blender's sequencer shows of a strip alone in a frame of the edit."""
        self.show_only(strip)
        render = self.scene.render
        if hasattr(render.image_settings, "media_type"):
            render.image_settings.media_type = "IMAGE"
        render.image_settings.file_format, render.use_sequencer = "PNG", True
        # With transparency, 4.5 leaves the grade's brightness in pixels that nothing is seen of.
        render.image_settings.color_mode = "RGB"
        render.filepath = str(self.folder / f"{strip} {frame}.png")
        self.scene.frame_set(frame)
        bpy.ops.render.render(write_still=True, scene=self.scene.name)
        return frames_of(Path(render.filepath))[0]


def tell(scene, folder: Path, media: dict[str, Path], monkeypatch) -> Story:
    """Lay the edit, order it at a rehearsal of the service, and take what was cut in out of the picture again."""
    lay_every_strip(scene, media, folder)
    bpy.ops.wm.save_mainfile()
    monkeypatch.setenv("ARK_API_KEY", "rehearsal")
    with (
        hosted(folder / "hosted", monkeypatch),
        rehearsing(folder / "rehearsal", fast=True) as rehearsal,
    ):
        shooting = shoot(
            scene, stretch="all", service="seedance", model="seedance-2.0", endpoint=rehearsal.endpoint(),
            resolution="480p", audio=False,
        )  # fmt: skip
        assert [job.message for job in shooting.failed] == []
        orders = sorted(rehearsal.orders(), key=lambda one: one["body"]["content"][0]["text"])
    requests = sorted(shooting.planned.plan.requests, key=lambda one: one.prompt)
    plan = shooting.planned.plan.model_copy(update={"requests": tuple(requests)})
    object.__setattr__(shooting.planned, "plan", plan)
    return Story(scene, media, shooting, orders, folder)


def check(story: Story) -> None:
    """Compare everything that arrived with what was laid."""
    check_labels(story)
    check_words(story)
    check_pictures(story)
    check_movie_and_sound(story)
    check_rendered(story)


def check_labels(story: Story) -> None:
    for request, order in zip(story.shooting.planned.plan.requests, story.orders, strict=True):
        labels = [reference.label for reference in request.references]
        assert labels == [saved["label"] for saved in order["attachments"]]
        assert order["body"]["content"][0]["text"] == request.prompt
        assert [label for label in labels if label not in request.prompt] == []
    sent = {reference.name for request in story.shooting.planned.plan.requests for reference in request.references}
    assert sent == {"Photograph", "Footage", "Voice", "Panels", "Blocking", "Inner", "Graded"}


def check_words(story: Story) -> None:
    (told,) = [request.prompt for request in story.shooting.planned.plan.requests if "boat leaves" in request.prompt]
    assert "coarse blockout" in told
    assert "truck right" in told


def check_pictures(story: Story) -> None:
    panels = story.folder / "panels"
    for strip, file in (("Photograph", story.media["photograph"]), ("Inner", panels / "panel_0047.png")):
        assert psnr(frames_of(story.attachment(strip))[0], frames_of(file)[0]) > DECIBELS, strip


def check_movie_and_sound(story: Story) -> None:
    movie, sent = story.media["movie"], story.attachment("Footage")
    frames = frames_of(sent)
    assert len(frames) == 72
    assert psnr(frames[0], frame_shown(movie, Fraction(1))) > DECIBELS
    assert psnr(frames[-1], frame_shown(movie, 1 + Fraction(71, 24))) > DECIBELS
    assert correlation(sound_of(sent), sound_of(movie, 1)) > LIKENESS
    voice = story.attachment("Voice")
    assert abs(probe(voice).seconds - 3) < Fraction(1, 1000)
    assert correlation(sound_of(voice), sound_of(story.mixed("Voice", 1, 72))) > LIKENESS


def check_rendered(story: Story) -> None:
    panels = story.folder / "panels"
    expected = {
        "Panels": (frames_of(panels / "panel_0012.png")[0], frames_of(panels / "panel_0047.png")[0]),
        "Blocking": (story.rendered("Blocking", 97), story.rendered("Blocking", 144)),
        "Graded": (story.rendered("Graded", 97), story.rendered("Graded", 144)),
    }
    for strip, (first, last) in expected.items():
        frames = frames_of(story.attachment(strip))
        assert len(frames) == 48, strip
        assert psnr(frames[0], first) > DECIBELS, strip
        assert psnr(frames[-1], last) > DECIBELS, strip


def test_what_reaches_the_service_is_what_every_strip_shows(scene, tmp_path, monkeypatch):
    check(tell(scene, tmp_path, make_media(tmp_path), monkeypatch))


def test_what_reaches_the_service_of_real_media_is_what_every_strip_shows(scene, real_media, tmp_path, monkeypatch):
    media = {
        "photograph": real_media / "red-panda.jpg",
        "movie": real_media / "rabbit.mp4",
        "voice": real_media / "bear.mp3",
    }
    check(tell(scene, tmp_path, media, monkeypatch))


def test_nothing_of_the_edit_is_touched_by_ordering_its_playblasts(scene, tmp_path):
    from addon.playblast import write_libraries
    from addon.shoot import plan

    lay_every_strip(scene, make_media(tmp_path), tmp_path)
    bpy.ops.wm.save_mainfile()
    planned = plan(scene, stretch="all", service="seedance", model="seedance-2.0")
    bpy.ops.wm.save_mainfile()
    before = (plan(scene, stretch="all", service="seedance", model="seedance-2.0"), bpy.data.is_dirty)
    ordered = write_libraries(planned.plan, tmp_path / "prepared")
    assert before == (plan(scene, stretch="all", service="seedance", model="seedance-2.0"), bpy.data.is_dirty)
    sources = [one.source for request in ordered.requests for one in request.references]
    assert all(
        source.blend.is_file() for source in sources if not isinstance(source, FileSource) and hasattr(source, "blend")
    )
