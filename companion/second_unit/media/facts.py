"""What is known of a media file, and of a reference made ready to send: the values, which load no codec."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from second_unit.shots import ReferenceKind
from second_unit.timeline import Role, Value
from second_unit.timing import FrameRate


class Loudness(Value):
    """
    How loud a sound is, after EBU R128.

    Args:
        lufs: integrated loudness; -70 where there is nothing to hear.
        peak_decibels: true peak, below full scale; -120 where there is nothing to hear.
    """

    lufs: float
    peak_decibels: float

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing to hear."""
        return self.lufs <= -70


class MediaFacts(Value):
    """
    What probing a movie or sound file told.

    Args:
        seconds: how long the picture lasts (the sound, where there is no picture).
        frames: decoded picture frames; 0 without a picture.
        rate: frames a second of the picture, on average; None without one.
        width, height: of the picture as it is seen, turned by its rotation.
        audio_seconds: how long the sound lasts; None without sound.
        sample_rate, channels: of the sound.
        audio_delay_seconds: by how much its first packet comes after the picture's; below 0 where an encoder's
            priming comes before. None without both.
        codec, audio_codec: FFmpeg's names of how picture and sound are coded.
        rotation: degrees clockwise that a player turns the picture: 0, 90, 180 or 270.
        pixel_format: FFmpeg's name, such as ``"yuv420p"``.
        container: FFmpeg's names of the container, such as ``"mov,mp4,m4a,3gp,3g2,mj2"``.
        is_variable: whether the frames stand at uneven distances.
        loudness: of the sound, where it was measured: probing alone doesn't.
    """

    seconds: Fraction
    frames: int = 0
    rate: FrameRate | None = None
    width: int = 0
    height: int = 0
    audio_seconds: Fraction | None = None
    sample_rate: int = 0
    channels: int = 0
    audio_delay_seconds: Fraction | None = None
    codec: str = ""
    audio_codec: str = ""
    rotation: int = 0
    pixel_format: str = ""
    container: str = ""
    is_variable: bool = False
    loudness: Loudness | None = None


class FoundCut(Value):
    """
    Where one shot of a take ends and the next begins.

    Args:
        seconds: when the next shot's first frame comes, from the file's start.
        confidence: 0 to 1; how surely it is a cut, and this one.
    """

    seconds: Fraction
    confidence: float = 1.0


class TakeCuts(Value):
    """
    The cuts of a take with several shots.

    Args:
        found: one for each planned cut, in order; None for one that isn't there.
        extra: surely cuts, where none was planned.
    """

    found: tuple[FoundCut | None, ...] = ()
    extra: tuple[FoundCut, ...] = ()


class PreparedReference(Value):
    """
    A reference made ready to send: a file within the model's limits.

    Args:
        label: ``"Image 1"``.
        path: the prepared file.
        media_type: such as ``"image/png"`` or ``"video/mp4"``.
        bytes: its size.
        fingerprint: SHA-256 of its content.
        rate: frames a second of a video.
        url: where the service can fetch it; None sends it inline.
    """

    label: str
    kind: ReferenceKind
    role: Role
    path: Path
    media_type: str
    bytes: int
    fingerprint: str = ""
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    rate: float | None = None
    url: str | None = None
