"""Opening a media file and choosing its streams, with errors that name the file and its strip."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from second_unit.errors import MissingMedia, UnreadableMedia


@contextmanager
def open_media(path: Path, *, strip: str | None = None) -> Iterator[InputContainer]:
    """
    Open a local media file for reading.

    Raises:
        MissingMedia: there is no such file.
        UnreadableMedia: it is no media file, or may not be read.
    """
    check_is_file(path, strip=strip)
    try:
        # The prefix keeps a name such as "http:x.mp4" or "concat:a|b" a plain file name.
        container = av.open(f"file:{path}", metadata_errors="replace")
    except (av.FFmpegError, OSError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableMedia(
            f"'{path.name}' can't be read: {reason}.", remedy="Re-export it, or replace the file.", strip=strip
        ) from error
    with container:
        yield container


def check_is_file(path: Path, *, strip: str | None = None) -> None:
    """Raise MissingMedia unless there is a file, UnreadableMedia where it is empty."""
    if not path.is_file():
        raise MissingMedia(f"The file '{path}' isn't there.", remedy="Find it, or remove its strip.", strip=strip)
    if path.stat().st_size == 0:
        raise UnreadableMedia(f"The file '{path}' is empty.", remedy="Export it again.", strip=strip)


def picture_stream(container: InputContainer) -> VideoStream | None:
    """Return the moving picture a player would show; cover art is none."""
    streams = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    shown = [s for s in streams if s.disposition & Disposition.default]
    chosen = (shown or streams)[:1]
    if chosen:
        chosen[0].thread_type = "AUTO"
    return chosen[0] if chosen else None


def sound_stream(container: InputContainer) -> AudioStream | None:
    """Return the sound a player would play: the default one, else the first."""
    streams = list(container.streams.audio)
    shown = [s for s in streams if s.disposition & Disposition.default]
    chosen = (shown or streams)[:1]
    return chosen[0] if chosen else None


def decode_picture(container: InputContainer, picture: VideoStream) -> Iterator[av.VideoFrame]:
    """
    Yield a movie's frames from where its container stands.

    Raises:
        UnreadableMedia: the file is damaged from here on.
    """
    try:
        yield from container.decode(picture)
    except av.FFmpegError as error:
        name = Path(container.name.removeprefix("file:")).name
        raise UnreadableMedia(
            f"The picture of '{name}' can't be decoded to its end: {error.strerror}.",
            remedy="Re-export it, or trim its damaged part off.",
        ) from error
