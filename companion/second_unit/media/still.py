"""
One frame of a movie as a picture file: ``python -m second_unit.media.still MOVIE SECONDS TO.png [PIXELS]``.

Blender's process loads no decoder: it runs this in a process of its own.
"""

from __future__ import annotations

import os
import sys
from fractions import Fraction
from pathlib import Path

from PIL import Image

from second_unit.errors import SecondUnitError, UnreadableMedia
from second_unit.media.opening import open_media, picture_stream
from second_unit.media.source_frames import frames_at
from second_unit.timing import FrameRate


def write_still(movie: Path, seconds: Fraction, to: Path, most_pixels: int | None = None) -> None:
    """
    Write the frame that is on screen so many seconds after the movie's first, upright, as a PNG, whole or not at all.

    Past the end it is the last frame.

    Args:
        most_pixels: how wide and how high it may be; None keeps the movie's own size.

    Raises:
        MissingMedia, UnreadableMedia: the movie isn't there, or can't be decoded there.
    """
    with open_media(movie) as container:
        stream = picture_stream(container)
        frame = None if stream is None else next(frames_at(container, stream, seconds, 1, FrameRate(24)), None)
        if frame is None:
            raise UnreadableMedia(f"'{movie.name}' shows nothing at {float(seconds):.2f} s.", remedy="Choose another.")
        picture = Image.fromarray(frame.to_ndarray(format="rgb24")).rotate(round(frame.rotation), expand=True)
    if most_pixels is not None:
        picture.thumbnail((most_pixels, most_pixels))
    to.parent.mkdir(parents=True, exist_ok=True)
    part = to.with_name(f".{to.name}.{os.getpid()}.part")
    picture.save(part, "PNG")
    part.replace(to)


def main(arguments: list[str]) -> int:
    """Write one; an error of ours becomes a line on stderr and exit code 1."""
    movie, seconds, to, *most = arguments
    try:
        write_still(Path(movie), Fraction(seconds), Path(to), *map(int, most))
    except SecondUnitError as error:
        print(error, file=sys.stderr)  # noqa: T201  this is a program
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
