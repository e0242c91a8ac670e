"""
Render one scene, or one strip as it looks, in a Blender of its own; the editor's session neither waits nor changes.

``blender -b --factory-startup --python playblast_job.py -- JOB``, or with the bpy module ``python playblast_job.py --
JOB``. JOB is JSON: see :class:`Job`. It needs nothing but Blender. It talks in lines of JSON on standard output: after
each frame of a movie how many there are, ``{"frames": 3}``, and where it fails why, ``{"error": …}``, ending with code
1. It ends at once when its standard input is closed, so that it never outlives who started it.
"""

from __future__ import annotations

import json
import math
import os
import sys
import threading
from dataclasses import dataclass
from typing import Any

import bpy

# What sees all that lies under it, and names no inputs.
_SEES_BELOW = {"ADJUSTMENT", "MULTICAM"}
_SAMPLES = 16


@dataclass(frozen=True)
class Job:
    """
    What to render.

    Args:
        file: the library file that holds the scene. It is opened and never written.
        scene: the scene to render; for a strip, the one that is edited.
        strip: the strip to show; empty renders the scene's own camera.
        camera: films the scene; empty leaves it to the scene.
        first, last: frames of the scene, both included.
        rate: frames a second, as a fraction.
        still: write a PNG of the first frame instead of an H.264 movie.
        engine: ``"WORKBENCH"``, ``"CYCLES"``, or ``"SCENE"`` for the scene's own.
        pixels: how many the picture has at least, unless the strip's edit has fewer.
        to: where it is written.
    """

    file: str
    scene: str
    first: int
    last: int
    rate: tuple[int, int]
    engine: str
    pixels: int
    to: str
    strip: str = ""
    camera: str = ""
    still: bool = False


def render(job: Job) -> None:
    """Render the job; RuntimeError where Blender can't."""
    bpy.ops.wm.open_mainfile(filepath=job.file, load_ui=False)
    scene = bpy.data.scenes.get(job.scene)
    if scene is None:
        raise RuntimeError(f"there is no scene '{job.scene}' any more")
    scene.frame_start, scene.frame_end, scene.frame_step = job.first, job.last, 1
    if job.strip:
        _show_strip(scene, job)
    else:
        _show_camera(scene, job)
    _set_plain(scene.render, job)
    if job.still:
        scene.frame_set(job.first)
        bpy.ops.render.render(write_still=True, scene=scene.name)
    else:
        done = 0

        @bpy.app.handlers.persistent
        def tell(*_: object) -> None:
            nonlocal done
            done += 1
            # Not through sys.stdout, which would hold it back.
            os.write(1, b'\n{"frames": %d}\n' % done)

        bpy.app.handlers.render_write.append(tell)
        bpy.ops.render.render(animation=True, scene=scene.name)


def _show_camera(scene: bpy.types.Scene, job: Job) -> None:
    """Film the scene, its picture made just as large as it has to be."""
    render = scene.render
    render.use_sequencer = False
    if job.camera and (scene.camera is None or scene.camera.name != job.camera):
        scene.camera = bpy.data.objects.get(job.camera)
        for marker in scene.timeline_markers:
            marker.camera = None  # the strip's own camera films all of it, as it does in the edit
    if scene.camera is None:
        raise RuntimeError(f"the scene '{scene.name}' has no camera")
    _set_engine(scene, job.engine)
    wide = render.resolution_x * render.pixel_aspect_x / (render.resolution_y * render.pixel_aspect_y)
    height = math.sqrt(job.pixels / wide)
    render.resolution_x, render.resolution_y = _even(height * wide), _even(height)
    render.pixel_aspect_x = render.pixel_aspect_y = 1.0
    render.resolution_percentage = 100


def _even(pixels: float) -> int:
    return 2 * math.ceil(pixels / 2)


def _set_engine(scene: bpy.types.Scene, engine: str) -> None:
    """Choose who renders, quickly rather than finely."""
    if engine == "WORKBENCH":
        scene.render.engine = "BLENDER_WORKBENCH"
        scene.display.render_aa = "FXAA"
        scene.render.use_compositing = False
    elif engine == "CYCLES":
        scene.render.engine = "CYCLES"
    if scene.render.engine == "CYCLES":
        scene.cycles.device = "CPU"
        scene.cycles.samples = min(scene.cycles.samples, _SAMPLES)
        scene.cycles.use_denoising = False
    if hasattr(scene.eevee, "taa_render_samples"):
        scene.eevee.taa_render_samples = min(scene.eevee.taa_render_samples, _SAMPLES)


def _show_strip(scene: bpy.types.Scene, job: Job) -> None:
    """Show the strip alone in the sequencer: with what it is made of, and nothing else."""
    editor = scene.sequence_editor
    strip = next((one for one in editor.strips_all if one.name == job.strip), None)
    if strip is None:
        raise RuntimeError(f"there is no strip '{job.strip}' any more")
    if strip.blend_type not in {"REPLACE", "ALPHA_OVER", "CROSS"} and strip.type not in _SEES_BELOW:
        strip.blend_type = "ALPHA_OVER"  # there is nothing under it to be multiplied with
    kept: set[str] = set()
    _keep(editor, strip, kept)
    _remove_others(editor, kept)
    for shown in {one.scene for one in editor.strips_all if one.type == "SCENE" and one.scene}:
        # As it looks: with the scene's own engine, unless that was said to need a driver that isn't there.
        _set_engine(shown, "CYCLES" if job.engine == "CYCLES" else "SCENE")
    scene.render.use_sequencer = True
    scene.render.resolution_percentage = _percentage(scene.render, job.pixels)


def _keep(editor: Any, strip: Any, kept: set[str]) -> None:
    """Gather the names of all that a strip shows, and of the metas that hold it."""
    if strip is None or strip.name in kept:
        return
    kept.add(strip.name)
    for name in ("input_1", "input_2"):
        _keep(editor, getattr(strip, name, None), kept)
    for modifier in strip.modifiers:
        _keep(editor, modifier.input_mask_strip, kept)
    holder = _holder(editor, strip)
    if strip.type in _SEES_BELOW:
        for below in holder.strips:
            if below.channel < strip.channel:
                _keep(editor, below, kept)
                _keep_children(editor, below, kept)
    _keep_children(editor, strip, kept)
    while holder != editor:
        kept.add(holder.name)
        holder = _holder(editor, holder)


def _keep_children(editor: Any, strip: Any, kept: set[str]) -> None:
    for child in strip.strips if strip.type == "META" else ():
        _keep(editor, child, kept)


def _holder(editor: Any, strip: Any) -> Any:
    """Return the meta that holds a strip, or the sequencer."""
    metas = (one for one in editor.strips_all if one.type == "META")
    return next((meta for meta in metas if strip.name in meta.strips), editor)


def _remove_others(holder: Any, kept: set[str]) -> None:
    for name in [one.name for one in holder.strips]:
        # One that is gone already was an effect on what was removed before it.
        strip = holder.strips.get(name)
        if strip is None:
            continue
        if name not in kept:
            holder.strips.remove(strip)
        elif strip.type == "META":
            _remove_others(strip, kept)


def _percentage(render: bpy.types.RenderSettings, pixels: int) -> int:
    """
    Return the least percentage that makes both sides even and the picture large enough.

    Strips lie in the picture by absolute pixels, so its size may be scaled but never set.
    """
    for percent in range(1, 101):
        wide, high = render.resolution_x * percent // 100, render.resolution_y * percent // 100
        if wide * high >= pixels and wide % 2 == high % 2 == 0:
            return percent
    return 100


def _set_plain(render: bpy.types.RenderSettings, job: Job) -> None:
    """Write a picture or a movie as it is: no stamp, border, second eye or sound."""
    render.fps, render.fps_base = job.rate[0], job.rate[1]
    render.frame_map_old = render.frame_map_new = 100
    render.use_stamp = render.use_border = render.use_multiview = render.film_transparent = False
    render.use_file_extension, render.use_overwrite, render.use_placeholder = False, True, False
    render.filepath = job.to
    images = render.image_settings
    if hasattr(images, "media_type"):
        images.media_type = "IMAGE" if job.still else "VIDEO"  # from 5.0 on it decides which formats there are
    images.file_format = "PNG" if job.still else "FFMPEG"
    images.color_mode = "RGB"
    if job.still:
        images.color_depth = "8"
        return
    movie = render.ffmpeg
    movie.format, movie.codec, movie.audio_codec = "MPEG4", "H264", "NONE"
    movie.constant_rate_factor, movie.ffmpeg_preset, movie.gopsize = "HIGH", "GOOD", 12


def _end_with_parent() -> None:
    # The file's number, not sys.stdin: a thread that waits in its buffer makes Python's end an abort.
    while os.read(0, 1024):
        pass
    os._exit(3)


def main() -> None:
    """Render the job on the command line, and end the process."""
    threading.Thread(target=_end_with_parent, name="watching the parent", daemon=True).start()
    code = 0
    try:
        told = json.loads(sys.argv[sys.argv.index("--") + 1])
        render(Job(**told | {"rate": tuple(told["rate"])}))
    except Exception as error:
        sys.stdout.write("\n" + json.dumps({"error": str(error).strip()}) + "\n")
        code = 1
    sys.stdout.flush()
    # Not sys.exit: Blender 4.5's module never ends while anything is still registered.
    os._exit(code)


if __name__ == "__main__":
    main()
