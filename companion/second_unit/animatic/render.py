"""From a script to a movie: H.264 and AAC in an MP4, exactly as many frames as the script says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import av
from av.video.frame import PictureType

from second_unit.animatic.panels import PanelPainter
from second_unit.animatic.planes import WHITE_LEVEL, Planes
from second_unit.animatic.script import AnimaticScript
from second_unit.animatic.sound import mix_sound, sample_at
from second_unit.media.ahead import work_ahead
from second_unit.media.writing import MovieShape, write_movie

Report = Callable[[int, int], None]


def render(script: AnimaticScript, to: Path, report: Report | None = None) -> None:
    """
    Render an animatic into ``to``.

    The movie is written under a temporary name in the same folder and renamed when it is whole; a render that is
    stopped leaves nothing under ``to``.

    Args:
        script: what to show and play.
        to: the movie; its folder must exist.
        report: is told the frames done and the frames in all, some ten times a second.

    Raises:
        MissingMedia, UnreadableMedia: a reference of the script's can't be shown or played.
        MediaError: the movie can't be written.
    """
    shape = MovieShape(
        size=(script.width, script.height),
        rate=script.rate,
        channels=script.channels if script.audio else 0,
        title=script.name,
    )
    track = mix_sound(script) if script.audio else None
    with write_movie(to, shape) as movie:
        for index, frame in enumerate(work_ahead(_frames(script))):
            movie.add_frame(frame)
            if track is not None:
                movie.add_samples(track[:, sample_at(script, index) : sample_at(script, index + 1)])
            if report is not None and (index % 6 == 5 or index + 1 == script.frames):
                report(index + 1, script.frames)


def _frames(script: AnimaticScript) -> Iterator[av.VideoFrame]:
    for index in range(len(script.panels)):
        frames = script.panel_frames(index)
        if not frames.length:
            continue
        painter = PanelPainter(script, index)
        try:
            for number in frames:
                flash = script.sync_pops and number == frames.start
                size = (script.width, script.height)
                planes = Planes.filled(size, WHITE_LEVEL) if flash else painter.paint(number)
                frame = planes.as_frame()
                # A cut that starts with a whole picture can be found, cut and scrubbed to without its past.
                frame.pict_type = PictureType.I if number == frames.start else PictureType.NONE
                yield frame
        finally:
            painter.close()
