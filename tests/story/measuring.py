"""Where picture and sound are in a rendered edit, whatever else is seen and heard in it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import av
import numpy as np

SAMPLE_RATE = 48_000


def flashes(path: Path) -> list[float]:
    """Return the seconds at which the whole picture turns white."""
    with av.open(str(path)) as container:
        lit = [
            (frame.time, np.percentile(frame.to_ndarray(format="gray"), 20) > 215)
            for frame in container.decode(video=0)
        ]
    return [now for (_, before), (now, is_lit) in pairwise([(0.0, False), *lit]) if is_lit and not before]


def read_sound(path: Path) -> np.ndarray:
    """Return the file's sound as mono samples at 48 kHz."""
    with av.open(str(path)) as container:
        as_floats = av.AudioResampler(format="fltp", layout="mono", rate=SAMPLE_RATE)
        frames = [even for frame in container.decode(audio=0) for even in as_floats.resample(frame)]
    return np.concatenate([frame.to_ndarray()[0] for frame in frames]).astype(np.float64)


def lag(mix: np.ndarray, at: float, take: np.ndarray, source: float, seconds: float = 0.5) -> float:
    """
    Return by how many seconds the mix plays a stretch of the take too late: where the two agree best.

    ``at`` is a moment of the mix and ``source`` the moment of the take that belongs there. The first 15 ms are left
    out: Blender loses up to 10 ms of sound where a strip begins (its reader of AAC starts on a packet), which moves
    nothing of what follows.
    """
    most, length = round(0.05 * SAMPLE_RATE), round(seconds * SAMPLE_RATE)
    wanted = take[round((source + 0.015) * SAMPLE_RATE) :][:length]
    first = round((at + 0.015) * SAMPLE_RATE) - most
    heard = np.concatenate([np.zeros(max(0, -first)), mix[max(0, first) :]])[: len(wanted) + 2 * most]
    alike = np.correlate(heard, wanted, "valid")
    strength = np.sqrt(np.correlate(heard**2, np.ones(len(wanted)), "valid")) + 1e-9
    return (int(np.argmax(alike / strength)) - most) / SAMPLE_RATE


def nearest(wanted: float, found: list[float]) -> float:
    """Return how far off the nearest one is, in seconds."""
    return min((abs(one - wanted) for one in found), default=float("inf"))
