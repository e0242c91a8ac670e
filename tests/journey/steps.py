"""The journey's steps, in Blender's window. Each ``yield`` gives the window a moment; see ``window.py``."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import bpy

ROOT = "bl_ext.user_default.second_unit"


def ours(name: str) -> Any:
    """Return a module of the installed extension."""
    return import_module(f"{ROOT}.{name}")


def scene() -> Any:
    return ours("sequencer").sequencer_scene(bpy.context)


def takes() -> list[Any]:
    strips, tag = ours("sequencer").strips_all(scene()), ours("strip_marks").take_tag
    return [strip for strip in strips if tag(strip) is not None]


def idle() -> bool:
    return ours("watching.session").open_count() == 0


def install(hands: Any) -> Iterator[Any]:
    """Install the zip into a clean profile, and look at the preferences."""
    (archive,) = hands.folder.glob("*.zip")
    with bpy.context.temp_override(window=hands.window):
        bpy.ops.extensions.package_install_files(repo="user_default", filepath=str(archive), enable_on_install=True)
    yield lambda: ROOT in bpy.context.preferences.addons
    bpy.ops.wm.save_userpref()
    yield 1.0
    hands.say("installed")
    yield from show_preferences(hands)


def show_preferences(hands: Any) -> Iterator[Any]:
    """Fill the window with the preferences, and scroll to ours."""
    area = max(hands.window.screen.areas, key=lambda one: one.width * one.height)
    area.type = "PREFERENCES"
    bpy.context.preferences.active_section = "ADDONS"
    bpy.context.window_manager.addon_search = "Second Unit"
    bpy.ops.preferences.addon_expand(module=ROOT)
    region = next(one for one in area.regions if one.type == "WINDOW")
    with bpy.context.temp_override(window=hands.window, area=area, region=region):
        bpy.ops.screen.screen_full_area(use_hide_panels=True)
    yield 1.0
    area = hands.window.screen.areas[0]
    region = next(one for one in area.regions if one.type == "WINDOW")
    with bpy.context.temp_override(window=hands.window, area=area, region=region):
        bpy.ops.view2d.scroll_down(deltax=0, deltay=-170, page=False)
    yield 1.0
    yield from hands.picture("preferences")


def prepare(hands: Any) -> Iterator[Any]:
    """Lay the window out as an editor would: a wide timeline with the sidebar open, nothing of the file browser's."""
    for area in [one for one in hands.window.screen.areas if one.type in {"FILE_BROWSER", "PROPERTIES"}]:
        region = next(one for one in area.regions if one.type == "WINDOW")
        with bpy.context.temp_override(window=hands.window, area=area, region=region):
            bpy.ops.screen.area_close()
        yield 0.3
    area = hands.area("SEQUENCE_EDITOR", "SEQUENCER")
    area.spaces.active.show_region_ui = True
    yield 0.5
    hands.sidebar().active_panel_category = "Second Unit"
    area.tag_redraw()
    yield 0.5


def look_at_all(hands: Any) -> Iterator[Any]:
    """Press Home over the timeline."""
    yield from hands.press("HOME")
    yield 0.5


def shoot(hands: Any) -> Iterator[Any]:
    """From the demo edit to a second take, by clicks and keys; then save and quit."""
    bpy.ops.wm.read_homefile(app_template="Video_Editing")  # as File > New > Video Editing
    yield 1.5
    yield from prepare(hands)
    yield from hands.picture("1-start")
    yield from hands.click_sidebar(80)  # Open Demo Edit
    yield lambda: bpy.data.filepath.endswith(ours("demo_open").FILE)
    yield 1.0
    (hands.folder / "edit.txt").write_text(bpy.data.filepath)
    yield from prepare(hands)
    yield from look_at_all(hands)
    yield from hands.picture("2-demo")
    yield from hands.click_sidebar(94)  # Preview
    yield lambda: ours("watching.session").preview(scene()) is not None
    yield from hands.picture("3-plan")
    yield from generate_and_place(hands)


def generate_and_place(hands: Any) -> Iterator[Any]:
    """Click Generate, watch, see the strips, order a second take, change between the two, undo, save."""
    yield from hands.click_sidebar(152)  # Generate
    yield lambda: ours("watching.session").open_count() > 0
    yield lambda: any(row.state == "running" and (row.progress or 0) > 0.3 for row in ours("watching.session").rows())
    yield from hands.picture("4-progress")
    yield lambda: idle() and bool(takes())
    yield 1.0
    count = len(takes())
    hands.say("placed", count)
    yield from hands.picture("5-placed")

    first = shown()
    yield from select(hands, next(one for one in takes() if one.type == "MOVIE"))
    yield from hands.search("Redo Take")
    yield 0.5
    yield from hands.enter()
    yield lambda: not idle()
    yield idle
    yield lambda: shown() != first
    yield 1.0
    yield from hands.picture("6-second-take")
    second = shown()
    yield from hands.press("COMMA", alt=True)  # Previous Take
    yield lambda: shown() != second
    yield from hands.picture("7-previous-take")
    yield from hands.press("Z", ctrl=True)
    yield lambda: shown() == second
    yield from hands.picture("8-undone")
    yield from hands.press("S", ctrl=True)
    yield lambda: not bpy.data.is_dirty
    hands.say("saved", count)


def select(hands: Any, strip: Any) -> Iterator[Any]:
    """Click on a strip in the timeline."""
    region, sequencer = hands.timeline(), ours("sequencer")
    frame = (sequencer.left_handle(strip) + sequencer.right_handle(strip)) / 2
    x, y = region.view2d.view_to_region(frame, strip.channel + 0.5, clip=False)
    yield from hands.click(region.x + int(x), region.y + int(y))
    yield 0.3


def file_of(strip: Any) -> str:
    return str(strip.filepath)


def shown() -> tuple[str, ...]:
    """Return the files of the takes that the edit shows."""
    return tuple(file_of(one) for one in takes() if one.type == "MOVIE")


def reopened(hands: Any) -> Iterator[Any]:
    """Look at the edit that was saved."""
    yield from prepare(hands)
    yield from look_at_all(hands)
    hands.say("reopened", len(takes()))
    yield from hands.picture("9-reopened")


def killed(hands: Any) -> Iterator[Any]:
    """Order, and be killed while the worker is at work; the file was never saved since."""
    bpy.ops.wm.read_homefile(app_template="Video_Editing")
    yield 1.5
    yield from prepare(hands)
    yield from hands.search("Open Demo Edit")
    yield lambda: bpy.data.filepath.endswith(ours("demo_open").FILE)
    yield 1.0
    (hands.folder / "edit.txt").write_text(bpy.data.filepath)
    yield from order(hands)
    hands.say("killed")
    os.kill(os.getpid(), signal.SIGKILL)


def quits(hands: Any) -> Iterator[Any]:
    """Order once more, save, and quit while the worker is at work."""
    yield from prepare(hands)
    yield lambda: idle() and bool(takes())
    hands.say("placed after a kill", len(takes()))
    yield 1.0
    yield from look_at_all(hands)
    yield from hands.picture("10-after-a-kill")
    scene().second_unit.look = "Ink on paper"
    yield 0.5
    yield from order(hands)
    bpy.ops.wm.save_mainfile()
    hands.say("quit with", ours("watching.session").open_count(), "open")


def returned(hands: Any) -> Iterator[Any]:
    """Find the takes that came meanwhile in their places, beside those that were there."""
    yield lambda: idle() and len(takes()) > 16
    hands.say("placed after quitting", len(takes()) - 16)


def order(hands: Any) -> Iterator[Any]:
    """Press the keys of Preview, then take Generate from the search, and wait until the worker makes it."""
    yield from hands.press("P", shift=True, alt=True)
    yield lambda: ours("watching.session").preview(scene()) is not None
    yield 0.5
    yield from hands.search("Generate")
    yield lambda: any(row.state == "running" for row in ours("watching.session").rows())
