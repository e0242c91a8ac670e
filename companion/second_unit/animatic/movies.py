"""Playing a reference movie forward, frame by frame, at its true speed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path

import av

from second_unit.animatic.fitting import fit_frame
from second_unit.animatic.planes import Planes
from second_unit.errors import UnreadableMedia
from second_unit.media.opening import decode_picture, open_media, picture_stream


class MoviePlayer:
    """
    The frame of a movie that is on screen at a moment.

    Moments must be asked for in rising order. After its end a movie holds its last frame, or starts again where it is
    less than half as long as it is needed.

    Args:
        path: the movie.
        size: of the picture wanted.
        start_seconds: where in the movie moment 0 lies.
        needed_seconds: for how long it is shown.
    """

    def __init__(
        self, path: Path, size: tuple[int, int], *, start_seconds: Fraction = Fraction(0), needed_seconds: Fraction
    ) -> None:
        self._path, self._size = path, size
        self._start, self._needed = start_seconds, needed_seconds
        self._opened = ExitStack()
        self._next: av.VideoFrame | None = None
        self._shown: Planes | None = None
        self._restart(Fraction(0))

    def at(self, seconds: Fraction) -> Planes:
        """Return what is on screen so many seconds after moment 0."""
        moment = self._start + seconds - self._lap
        while self._next is not None and self._time_of(self._next) <= moment:
            self._current, self._next = self._next, next(self._frames, None)
            self._shown = None
        if self._next is None and self._is_over(moment):
            self._restart(seconds)
            return self.at(seconds)
        if self._shown is None:
            self._shown = fit_frame(self._current, self._size, round(-self._current.rotation) % 360)
        return self._shown

    def close(self) -> None:
        """Let go of the file."""
        self._opened.close()

    def _restart(self, lap: Fraction) -> None:
        self._opened.close()
        self._opened = ExitStack()
        container = self._opened.enter_context(open_media(self._path))
        picture = picture_stream(container)
        if picture is None:
            raise UnreadableMedia(f"'{self._path.name}' has no moving picture.", remedy="Choose another file.")
        self._frames: Iterator[av.VideoFrame] = decode_picture(container, picture)
        self._lap = lap + (self._start if lap else 0)
        self._shown = None
        try:
            self._current = next(self._frames)
            self._next = next(self._frames, None)
        except StopIteration as error:
            raise UnreadableMedia(
                f"The picture of '{self._path.name}' can't be decoded.", remedy="Re-export it."
            ) from error
        self._first = Fraction((self._current.pts or 0) * (self._current.time_base or 0))

    def _time_of(self, frame: av.VideoFrame) -> Fraction:
        return Fraction((frame.pts or 0) * (frame.time_base or 0)) - self._first

    def _is_over(self, moment: Fraction) -> bool:
        length = self._time_of(self._current) + Fraction(1, 24)
        return moment > length and 2 * (length - self._start) < self._needed and length > Fraction(1, 2)
