"""Preparing a sound: as it is where the model takes it so, else exactly its stretch as WAV, or MP3 where it is long."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from second_unit.catalog.capabilities import ReferenceLimits
from second_unit.errors import UnreadableMedia
from second_unit.media.keeping import content_mark, keep
from second_unit.media.opening import open_media, sound_stream
from second_unit.media.samples import LAYOUTS, Samples, read_samples
from second_unit.media.target import Stretch, choose_stretch, refuse, strip_of
from second_unit.plan import OrderReference

_USUAL_RATES = (16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
_WAV_HEADER_BYTES = 128
_MP3_BITS = 192_000


def prepare_audio(reference: OrderReference, path: Path, limits: ReferenceLimits, folder: Path) -> tuple[Path, Stretch]:
    """
    Return a sound file that the model takes, and what of the source it holds.

    Stereo stays stereo and mono mono; more channels become stereo. Rates stay where they are usual, from 16 to 48 kHz;
    others become 48 kHz. A movie's sound is taken out of it.

    Raises:
        MissingMedia, UnreadableMedia: there is no such sound.
        OverLimit: too short, too long, or too large even as MP3.
    """
    strip = strip_of(reference)
    with open_media(path, strip=strip) as container:
        sound = sound_stream(container)
        if sound is None:
            raise UnreadableMedia(f"'{path.name}' has no sound.", remedy="Choose another file.", strip=strip)
        seconds = Fraction(sound.duration or 0) * Fraction(sound.time_base or 1)
        seconds = seconds or Fraction(container.duration or 0, 1_000_000)
        kind, rate, channels = container.format.name, sound.sample_rate, min(2, sound.channels)
        is_plain = sound.channels <= 2 and len(container.streams) == 1 and rate in _USUAL_RATES
        is_plain &= sound.codec_context.name in {"pcm_s16le", "mp3", "mp3float"}
    stretch = choose_stretch(reference, seconds, limits)
    takes = limits.formats or ("wav", "mp3")
    small = path.stat().st_size <= (limits.most_bytes or path.stat().st_size)
    if stretch.is_whole and is_plain and kind in takes and small:
        return path, stretch
    rate = rate if rate in _USUAL_RATES else 48_000
    suffix = _suffix(reference, stretch, rate, channels, limits)
    recipe = {"make": "sound", "from": stretch.start_seconds, "to": stretch.end_seconds, "rate": rate, "as": suffix}

    def make(part: Path) -> None:
        samples = read_samples(
            path,
            rate=rate,
            channels=channels,
            start_seconds=stretch.start_seconds,
            length_seconds=stretch.length_seconds,
            strip=strip,
        )
        write_sound(part, samples, rate)

    return keep(folder, [content_mark(path)], recipe, suffix, make), stretch


def write_sound(to: Path, samples: Samples, rate: int) -> None:
    """Write samples, shape ``(channels, samples)``, as 16-bit WAV or as MP3, by the name's suffix."""
    with av.open(str(to), "w", format="wav" if to.suffix == ".wav" else "mp3") as container:
        is_wav = to.suffix == ".wav"
        layout = LAYOUTS[samples.shape[0]]
        stream = container.add_stream("pcm_s16le" if is_wav else "libmp3lame", rate=rate, layout=layout)
        if not is_wav:
            stream.codec_context.bit_rate = _MP3_BITS
        whole = (np.clip(samples, -1, 1) * 32767).round().astype(np.int16)
        block = 1152 if not is_wav else 65_536
        for start in range(0, whole.shape[1], block):
            piece = whole[:, start : start + block]
            # Interleaved, one row, is how PyAV takes packed samples; LAME wants them planar.
            shaped = piece.T.reshape(1, -1) if is_wav else piece
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(shaped), format="s16" if is_wav else "s16p", layout=layout
            )
            frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def _suffix(reference: OrderReference, stretch: Stretch, rate: int, channels: int, limits: ReferenceLimits) -> str:
    takes = limits.formats or ("wav", "mp3")
    most = limits.most_bytes
    as_wav = float(stretch.length_seconds) * rate * channels * 2 + _WAV_HEADER_BYTES
    if "wav" in takes and (most is None or as_wav <= most):
        return ".wav"
    as_mp3 = float(stretch.length_seconds) * _MP3_BITS / 8
    if "mp3" in takes and (most is None or as_mp3 <= most * 0.98):
        return ".mp3"
    return refuse(reference, f"even as MP3 it is larger than {most or 0:,} bytes", "Trim its strip.")
