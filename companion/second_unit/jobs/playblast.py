"""
Rendering what only Blender can: a scene's playblast, a strip as it looks. A child Blender does it, never the editor's.

Blender left a library file with the scene and, beside it, the command that renders (``addon/playblast.py``). Here that
command is run, once for the same content, frames and engine, and its end is put into words.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from pydantic import ValidationError

from second_unit.errors import MediaError
from second_unit.media.keeping import content_mark, keep
from second_unit.network.keys import environment_without_keys
from second_unit.shots import SceneSource, StripSource
from second_unit.timeline import Value

Report = Callable[[int, int], None]
# The fewest pixels that the services of the catalog take of a video; a playblast needn't be larger.
PIXELS = 854 * 480
_START_SECONDS, _FRAME_SECONDS = 300.0, 20.0
_COUNTED = re.compile(r'\{"frames": (\d+)\}$')
# Of all that a talkative Blender says, why it failed stands last.
_KEPT_LINES = 1000
_NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)

# A Blender at work takes all processors: another beside it would only take its memory too.
_one_at_a_time = threading.Lock()


class HowToRender(Value):
    """
    What lies beside a library file, under its name with ``.json``.

    Args:
        command: runs the job whose JSON is put at its end.
        engine: who renders: ``"WORKBENCH"``, ``"CYCLES"`` or ``"SCENE"``.
    """

    command: tuple[str, ...]
    engine: str = "WORKBENCH"


def render_source(source: SceneSource | StripSource, folder: Path, report: Report | None = None) -> Path:
    """
    Return the movie, or the picture, of a scene's or a strip's frames; made now unless it was made before.

    Blocks until it is there: call it on a thread.

    Args:
        source: its ``blend`` is a library file that Blender wrote for it.
        folder: where it is kept.
        report: is told how many frames are rendered, and of how many.

    Raises:
        MediaError: Blender never wrote the file, can't be started, or can't render it; says why and what to do.
    """
    how = _how_to_render(source)
    content = [source.content or content_mark(source.blend or Path())]
    recipe = {"make": "playblast", "engine": how.engine, "pixels": PIXELS, "version": 1}
    recipe |= {"shown": source.model_dump(mode="json", exclude={"blend", "content"})}

    def make(part: Path) -> None:
        with _one_at_a_time:
            _run(source, how, part, report)

    return keep(folder, content, recipe, ".png" if source.still else ".mp4", make)


def _how_to_render(source: SceneSource | StripSource) -> HowToRender:
    library = source.blend
    try:
        if library is not None and library.is_file():
            return HowToRender.model_validate_json(library.with_suffix(".json").read_bytes())
    except (OSError, ValidationError):
        pass
    raise MediaError(
        f"{_name(source)} must be rendered by Blender, and there is no file that it can be rendered from.",
        remedy="Order it from Blender, with the edit open. Nothing was charged.",
    )


def _run(source: SceneSource | StripSource, how: HowToRender, to: Path, report: Report | None) -> None:
    command = [*how.command, json.dumps(_job(source, how, to))]
    try:
        child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,  # it ends when this is closed: with us, whatever ends us
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment_without_keys(),
            creationflags=_NO_WINDOW,
        )
    except OSError as error:
        raise MediaError(
            f"{_name(source)} can't be rendered: {how.command[0]} can't be started ({error.strerror}).",
            remedy="Order it again from the Blender that you use now. Nothing was charged.",
        ) from error
    with child:
        # Read here, so that a talkative Blender never waits for us; `communicate` would close its input.
        clock = threading.Timer(_START_SECONDS + _FRAME_SECONDS * source.frames.length, child.kill)
        clock.start()
        said = _listen(child.stdout, source.frames.length, report) if child.stdout else ""
        code = child.wait()
        late = not clock.is_alive()
        clock.cancel()
    if code != 0 or not to.is_file():
        raise _failure(source, how, code, said, late=late)


def _listen(stream: IO[bytes], frames: int, report: Report | None) -> str:
    """Return the last of what the child says until it ends; pass on how far it is."""
    said: deque[str] = deque(maxlen=_KEPT_LINES)
    for line in stream:
        words = line.decode("utf-8", "replace").rstrip()
        done = _COUNTED.match(words)
        if done is None:
            said.append(words)
        elif report is not None:
            report(min(int(done[1]), frames), frames)
    return "\n".join(said)


def _job(source: SceneSource | StripSource, how: HowToRender, to: Path) -> dict[str, Any]:
    """Return the job as ``addon/playblast_job.py`` reads it."""
    return {
        "file": str(source.blend),
        "scene": source.scene,
        **({"strip": source.strip} if isinstance(source, StripSource) else {"camera": source.camera}),
        "first": source.frames.start,
        "last": source.frames.end - 1,
        "rate": [source.rate.numerator, source.rate.denominator],
        "still": source.still,
        "engine": how.engine,
        "pixels": PIXELS,
        "to": str(to),
    }


def _failure(source: SceneSource | StripSource, how: HowToRender, code: int, said: str, *, late: bool) -> MediaError:
    """Return what went wrong, as an error that says what to do."""
    if late:
        return MediaError(
            f"{_name(source)} took Blender too long to render.",
            remedy="Shorten its strip, or set it to a still. Nothing was charged.",
        )
    reason = _reason(said)
    if reason:
        return MediaError(
            f"{_name(source)} can't be rendered: {reason}.", remedy="Mend that in Blender and order it again."
        )
    way_out = "a picture in its place" if how.engine == "CYCLES" else "Cycles for playblasts, or a picture in its place"
    return MediaError(
        f"{_name(source)} can't be rendered: Blender broke off ({_ending(code)}). Workbench and EEVEE need a graphics "
        "driver, and this machine may have none.",
        remedy=f"Choose {way_out}, and order it again. Nothing was charged.",
    )


def _reason(said: str) -> str:
    for line in reversed(said.splitlines()):
        try:
            told = json.loads(line) if line.startswith('{"error"') else None
        except ValueError:
            continue
        if told is not None:
            return str(told["error"]).removeprefix("Error: ").rstrip(".")
    return ""


def _ending(code: int) -> str:
    try:
        # A shell in between tells a signal as 128 and its number.
        return signal.Signals(-code if code < 0 else code - 128).name
    except ValueError:
        return f"code {code}"


def _name(source: SceneSource | StripSource) -> str:
    match source:
        case StripSource():
            return f"The strip '{source.strip}' as it looks"
        case SceneSource():
            return f"The playblast of scene '{source.scene}'"
