"""An edit with every strip type for the story of the references: what is laid, and what must arrive."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import av
import bpy
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from addon import sequencer
from tests.addon.laying import lay_adjusted_movie, lay_effect, lay_text, set_rate
from tests.media.clips import draw_number, write_clip

Picture = NDArray[np.uint8]
UPLOAD = """import shutil, sys
shutil.copy(sys.argv[1], sys.argv[2])
print(sys.argv[3] + "/" + sys.argv[1].replace(chr(92), "/").rsplit("/", 1)[-1])
"""


def make_media(folder: Path) -> dict[str, Path]:
    """Write a photograph, a movie of numbered frames with sound, and a voice, in a folder with a long, foreign name."""
    deep = folder / "撮影 – Außen" / ("sehr lang " * 12).strip() / ("noch länger " * 10).strip()
    deep.mkdir(parents=True)
    Image.fromarray(draw_number(700, (1280, 720))).save(deep / "Möwe 1.png")
    write_clip(deep / "фильм.mp4", frames=100, rate=24, size=(960, 540), layout="stereo")
    steps = np.random.default_rng(5).integers(-8000, 8000, 5 * 48_000, dtype=np.int16)
    with wave.open(str(deep / "聲音.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(48_000)
        file.writeframes(steps.tobytes())
    return {"photograph": deep / "Möwe 1.png", "movie": deep / "фильм.mp4", "voice": deep / "聲音.wav"}


def write_sequence(folder: Path) -> Path:
    """Write 48 numbered pictures."""
    folder.mkdir()
    for number in range(48):
        Image.fromarray(draw_number(number, (960, 540))).save(folder / f"panel_{number:04}.png")
    return folder


def make_set() -> bpy.types.Scene:
    """Return a scene with a lit block that its camera passes; flat light, so that no chance is in the picture."""
    stage = bpy.data.scenes.new("Set")
    stage.render.fps, stage.render.resolution_x, stage.render.resolution_y = 24, 640, 360
    stage.render.engine, stage.cycles.samples = "CYCLES", 1
    stage.cycles.use_denoising = False
    stage.view_settings.view_transform = "Standard"
    stage.frame_start, stage.frame_end = 1, 120
    stage.world = bpy.data.worlds.new("Grey")
    paint = bpy.data.materials.new("Lamp")
    block = bpy.data.meshes.new("Block")
    block.from_pydata([(-1, 0, -1), (1, 0, -1), (1, 0, 1), (-1, 0, 1)], [], [(0, 1, 2, 3)])
    if bpy.app.version < (5, 0, 0):  # later it always does, and asking is a warning
        paint.use_nodes = True
    lamp = next(node for node in paint.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    lamp.inputs["Emission Color"].default_value = (0.9, 0.5, 0.1, 1)
    lamp.inputs["Emission Strength"].default_value = 1.0
    lamp.inputs["Base Color"].default_value = (0, 0, 0, 1)
    block.materials.append(paint)
    stage.collection.objects.link(bpy.data.objects.new("Block", block))
    camera = bpy.data.objects.new("Cam A", bpy.data.cameras.new("Cam A"))
    camera.rotation_euler = (np.pi / 2, 0, 0)
    for frame, x in ((1, -2), (120, 2)):
        camera.location = (x, -7, 0)
        camera.keyframe_insert("location", frame=frame)
    stage.collection.objects.link(camera)
    stage.camera = camera
    return stage


def lay_every_strip(scene: bpy.types.Scene, media: dict[str, Path], folder: Path) -> None:
    """
    Lay two shots of four seconds at 24 fps, a marker between them: frames 1–96, and 97–192.

    SH010: a photograph, a movie cut to its seconds 1–4, a sound cut to its seconds 0.5–3.5, and a muted movie.
    SH020: a sequence's pictures 12–47, a scene's frames 13–60, a picture in a meta, and a movie with a filter, as it
    looks, in its frames 24–71; a grey card and a blur that make no reference.
    """
    set_rate(scene, 24)
    editor = scene.sequence_editor
    strips = editor.strips
    still = strips.new_image("Photograph", str(media["photograph"]), 1, 1, fit_method="FIT")
    _cut(still, 1, 97)
    footage = lay_adjusted_movie(scene, media["movie"], 2, 1 - 24)
    footage.name = "Footage"
    _cut(footage, 1, 73)
    voice = strips.new_sound("Voice", str(media["voice"]), 3, 1 - 12)
    _cut(voice, 1, 73)
    lay_adjusted_movie(scene, media["movie"], 4, 1).mute = True
    lay_text(editor, "SH010", "A gull turns over the harbour. Static camera. Wind.", 9, 1, 96)

    scene.timeline_markers.new("cut", frame=97)
    _lay_sequence(strips, write_sequence(folder / "panels"))
    blocking = strips.new_scene("Blocking", make_set(), 2, 97 - 12)
    _cut(blocking, 97, 145)
    meta = strips.new_meta("Board", 3, 97)
    inner = meta.strips.new_image("Inner", str(folder / "panels" / "panel_0047.png"), 1, 97, fit_method="FIT")
    _cut(inner, 97, 193)
    _cut(meta, 97, 193)
    graded = lay_adjusted_movie(scene, media["movie"], 4, 97 - 24)
    graded.name = "Graded"
    graded.modifiers.new("Brighter", "BRIGHT_CONTRAST").bright = 20
    graded.second_unit.as_it_looks = True
    _cut(graded, 97, 145)
    lay_effect(editor, "Card", "COLOR", 6, 97, 96)
    lay_effect(editor, "Blur", "GAUSSIAN_BLUR", 7, 97, 48, graded)
    lay_text(editor, "SH020", "The boat leaves. Slow push in. Ropes creak.", 9, 97, 96)
    # No graphics driver is needed so: this runs on any machine.
    scene.second_unit.playblast = "CYCLES"


def _lay_sequence(strips: Any, folder: Path) -> None:
    sequence = strips.new_image("Panels", str(folder / "panel_0000.png"), 1, 97 - 12, fit_method="FIT")
    for number in range(1, 48):
        sequence.elements.append(f"panel_{number:04}.png")
    _cut(sequence, 97, 133 + 12)


def _cut(strip: Any, start: int, end: int) -> None:
    setattr(strip, sequencer.LEFT_HANDLE, start)
    setattr(strip, sequencer.RIGHT_HANDLE, end)


@contextmanager
def hosted(folder: Path, monkeypatch: Any) -> Iterator[None]:
    """Serve a folder over HTTP, and set the user's hosting up as a command that copies files into it."""
    folder.mkdir()
    script = folder.with_suffix(".py")
    script.write_text(UPLOAD)
    handler = partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        import json
        import sys

        address = f"http://127.0.0.1:{server.server_address[1]}"
        settings = folder.with_suffix(".settings")
        settings.mkdir()
        command = [sys.executable, str(script), "{path}", str(folder), address]
        monkeypatch.setenv("SECOND_UNIT_HOST", "command")
        monkeypatch.setenv("SECOND_UNIT_HOST_COMMAND", " ".join(json.dumps(part) for part in command))
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        pass


def frames_of(path: Path) -> list[Picture]:
    """Return every frame of a movie, or the picture itself."""
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def frame_shown(path: Path, seconds: Fraction) -> Picture:
    """Return the frame that a movie shows at a moment, decoded from its start."""
    shown = None
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            if shown is not None and Fraction(frame.pts) * frame.time_base > seconds + Fraction(1, 1000):
                break
            shown = frame.to_ndarray(format="rgb24")
    assert shown is not None
    return shown


def psnr(one: Picture, other: Picture) -> float:
    """Return the likeness of two pictures in decibels, the second brought to the first's size."""
    height, width = one.shape[:2]
    same = np.asarray(Image.fromarray(other).resize((width, height), Image.Resampling.BICUBIC))
    error = np.mean((one.astype(float) - same.astype(float)) ** 2)
    return float("inf") if error == 0 else float(10 * np.log10(255**2 / error))


def sound_of(path: Path, start: float = 0.0, length: float = 3.0) -> NDArray[np.float32]:
    """Return a stretch of a file's sound, one channel at 48 kHz, by the times that stand in the file."""
    resampler = av.AudioResampler(format="flt", layout="mono", rate=48_000)
    with av.open(str(path)) as container:
        decoded = list(container.decode(audio=0))
        first = float(decoded[0].pts * decoded[0].time_base)  # before 0 where the coder needs a run-up
    pieces = [piece.to_ndarray()[0] for frame in [*decoded, None] for piece in resampler.resample(frame)]
    begin = round((start - first) * 48_000)
    silence = np.zeros(max(0, -begin), np.float32)
    return np.concatenate([silence, *pieces])[max(0, begin) :][: round(length * 48_000)]


def correlation(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Return how alike two sounds are where they lie, 1 for the same."""
    length = min(one.size, other.size)
    return float(np.corrcoef(one[:length], other[:length])[0, 1])
