"""Bad input is named, with its remedy, and nothing is lost or half placed."""

from __future__ import annotations

import os

import bpy
import pytest

from addon.sequencer import strips_all
from addon.shoot import plan, shoot
from second_unit.errors import (
    BadRange,
    DamagedStore,
    EmptyPrompt,
    EmptyStretch,
    MissingMedia,
    NoFreeChannel,
    ReadOnlyFolder,
    SecondUnitError,
    UnreadableMedia,
    UnsavedEdit,
)
from second_unit.jobs.folders import store_path
from tests.addon.laying import lay_text

SHOT = ("SH010", "A door opens. Static. Hinges creak.", 3, 1, 30)
QUICK = {"resolution": "480p"}


@pytest.fixture
def edit(scene):
    return scene.sequence_editor


def strip_names(scene):
    return sorted(strip.name for strip in strips_all(scene))


def refusal(kind: type[SecondUnitError], do, *args, **more) -> SecondUnitError:
    with pytest.raises(kind) as caught:
        do(*args, **more)
    assert caught.value.remedy
    return caught.value


def test_missing_media_names_the_strip(scene, edit, tmp_path):
    edit.strips.new_image("Storyboard", str(tmp_path / "gone.png"), 1, 1)
    lay_text(edit, *SHOT)
    assert refusal(MissingMedia, plan, scene).strip == "Storyboard"


def test_unreadable_media_names_the_strip(scene, edit, tmp_path):
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no movie at all" * 100)
    edit.strips.new_movie("Blocking", str(broken), 1, 1)
    lay_text(edit, *SHOT)
    assert refusal(UnreadableMedia, plan, scene).strip == "Blocking"


def test_an_empty_selection_is_refused(scene, edit):
    lay_text(edit, *SHOT).select = False
    refusal(EmptyStretch, plan, scene, stretch="selection")


def test_an_edit_without_strips_is_refused(scene):
    refusal(EmptyStretch, plan, scene)


def test_a_text_strip_with_no_text_is_named(scene, edit):
    lay_text(edit, "SH010", "", 3, 1, 30)
    assert refusal(EmptyPrompt, plan, scene).strip == "SH010"


def test_a_stretch_that_no_strip_lies_in_is_refused(scene, edit):
    lay_text(edit, *SHOT)
    refusal(EmptyStretch, plan, scene, frames=(100, 200))


def test_a_shot_before_frame_0_is_named(scene, edit):
    lay_text(edit, "SH010", "A door opens.", 3, -20, 30)
    assert refusal(BadRange, plan, scene).strip == "SH010"


def test_an_unsaved_edit_orders_nothing(home, scene, edit):
    bpy.ops.wm.read_homefile(use_factory_startup=True, use_empty=True)
    fresh = bpy.context.scene
    fresh.sequence_editor_create()
    lay_text(fresh.sequence_editor, *SHOT)
    refusal(UnsavedEdit, shoot, fresh, **QUICK)
    assert not store_path().exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write any folder")
def test_a_read_only_takes_folder_orders_nothing(scene, edit, tmp_path):
    lay_text(edit, *SHOT)
    takes = tmp_path / "takes"
    takes.mkdir(mode=0o500)
    refusal(ReadOnlyFolder, shoot, scene, takes=takes, **QUICK)


def test_a_takes_folder_that_is_a_file_orders_nothing(scene, edit, tmp_path):
    lay_text(edit, *SHOT)
    takes = tmp_path / "takes"
    takes.write_text("in the way")
    refusal(ReadOnlyFolder, shoot, scene, takes=takes, **QUICK)
    assert strip_names(scene) == ["SH010"]


def test_a_full_channel_stack_leaves_the_edit_as_it_was_and_keeps_the_take(scene, edit):
    lay_text(edit, *SHOT)
    for channel in range(4, 129):
        lay_text(edit, f"Title {channel}", "", channel, 1, 30).mute = True
    before = strip_names(scene)
    refusal(NoFreeChannel, shoot, scene, **QUICK)
    assert before == strip_names(scene)
    assert len(list((scene_folder() / "takes").rglob("*.mp4"))) == 1


def scene_folder():
    from pathlib import Path

    return Path(bpy.data.filepath).parent


def test_a_damaged_store_is_set_aside_and_never_deleted(scene, edit, home):
    lay_text(edit, *SHOT)
    home.mkdir()
    damaged = b"this is no database, but somebody may still want it" * 50
    store_path().write_bytes(damaged)
    refusal(DamagedStore, shoot, scene, **QUICK)
    assert damaged in [path.read_bytes() for path in home.iterdir() if path.is_file()]
    assert shoot(scene, **QUICK).failed == ()
