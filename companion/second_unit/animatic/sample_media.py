"""
The demo's own media, made on this machine: a drawn storyboard, a short movie, a voice and music.

``python -m second_unit.animatic.sample_media FOLDER`` makes them in a process of its own, as Blender has it done.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from fractions import Fraction
from itertools import accumulate
from pathlib import Path

import av
import numpy as np

from second_unit.animatic.sample_edit import (
    LENGTHS,
    LOOK,
    MANIFEST,
    PROMPTS,
    SampleMedia,
    SampleMovie,
    SampleShot,
    SampleSound,
)
from second_unit.animatic.sample_panels import draw_cast, draw_crossing, draw_panels
from second_unit.animatic.sample_sounds import MUSIC_RATE, VOICE_RATE, play, speak
from second_unit.media.ahead import work_ahead
from second_unit.media.audio import write_sound
from second_unit.media.writing import MovieShape, write_movie
from second_unit.timeline import CastMember, Role
from second_unit.timing import FrameRate

# Neither the edit's rate nor the services': a demo in which all rates agree would prove little.
MOVIE_RATE = FrameRate(30)
MOVIE_SECONDS = Fraction("3.2")


def make_sample_media(folder: Path) -> SampleMedia:
    """
    Draw, play and write the demo's media into ``folder``, and say how it is laid out.

    The same every time: what is there already is kept where it is whole. Takes some ten seconds, and no network.

    Args:
        folder: made where it isn't there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = _kept(folder)
    if kept is not None:
        return kept
    panels = draw_storyboard(folder)
    portrait, movie = folder / "mara.png", folder / "boat-crossing.mp4"
    voice, music = folder / "mara-voice.wav", folder / "theme.wav"
    draw_cast().save(portrait)
    _write_crossing(movie)
    spoken = speak()
    write_sound(voice, spoken, VOICE_RATE)
    seconds = sum(LENGTHS, Fraction(0))
    write_sound(music, play(float(seconds)), MUSIC_RATE)
    media = _lay_out(panels, portrait, movie, (voice, Fraction(spoken.shape[1], VOICE_RATE)), music)
    (folder / MANIFEST).write_text(media.model_dump_json(indent=1), encoding="utf-8")
    return media


def draw_storyboard(folder: Path) -> dict[str, Path]:
    """Draw the eight panels as PNG files, and return them by their shots' names."""
    paths: dict[str, Path] = {}
    for name, panel in draw_panels().items():
        paths[name] = folder / f"{name.lower()}.png"
        panel.save(paths[name], compress_level=3)
    return paths


def _kept(folder: Path) -> SampleMedia | None:
    try:
        media = SampleMedia.model_validate_json((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    files = [shot.panel for shot in media.shots] + [sound.file for sound in media.sounds]
    files += [movie.file for movie in media.movies] + [file for member in media.cast for file in member.files]
    here = folder.resolve()
    return media if all(file.is_file() and file.parent == here for file in files) else None


def _lay_out(
    panels: dict[str, Path], portrait: Path, movie: Path, voice: tuple[Path, Fraction], music: Path
) -> SampleMedia:
    ends = list(accumulate(LENGTHS))
    starts = [end - length for end, length in zip(ends, LENGTHS, strict=True)]
    shots = tuple(
        SampleShot(name=name, start_seconds=start, end_seconds=end, prompt=PROMPTS[name], panel=panels[name].resolve())
        for name, start, end in zip(PROMPTS, starts, ends, strict=True)
    )
    at = {shot.name: shot for shot in shots}
    spoken, length = voice
    return SampleMedia(
        shots=shots,
        movies=(
            SampleMovie(
                name="Boat crossing",
                file=movie.resolve(),
                start_seconds=at["SH060"].start_seconds,
                end_seconds=at["SH060"].end_seconds,
            ),
        ),
        sounds=(
            SampleSound(
                name="Mara's voice",
                file=spoken.resolve(),
                start_seconds=at["SH070"].start_seconds,
                end_seconds=min(at["SH070"].start_seconds + length, at["SH070"].end_seconds),
                role=Role.VOICE,
            ),
            SampleSound(
                name="Theme",
                file=music.resolve(),
                start_seconds=Fraction(0),
                end_seconds=ends[-1],
                role=Role.SOUNDTRACK,
            ),
        ),
        cast=(
            CastMember(
                name="Mara",
                files=(portrait.resolve(),),
                role=Role.CHARACTER,
                description="the lighthouse keeper, a woman in a red raincoat, dark hair under its hood",
                exclusion="Do not use the grey background.",
            ),
        ),
        look=LOOK,
        seconds=ends[-1],
    )


def _write_crossing(to: Path) -> None:
    shape = MovieShape(size=(640, 360), rate=MOVIE_RATE, channels=0, title="Boat crossing", quality=18)
    with write_movie(to, shape) as written:
        for frame in work_ahead(_crossing_frames()):
            written.add_frame(frame)


def _crossing_frames() -> Iterator[av.VideoFrame]:
    for number in range(MOVIE_RATE.nearest_frame(MOVIE_SECONDS)):
        image = draw_crossing(640, float(MOVIE_RATE.seconds(number)))
        frame = av.VideoFrame.from_ndarray(np.asarray(image), format="rgb24")
        yield frame.reformat(format="yuv420p", dst_colorspace=av.video.reformatter.Colorspace.ITU709)


if __name__ == "__main__":
    make_sample_media(Path(sys.argv[1]))
