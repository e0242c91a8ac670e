"""
Takes with known cuts over real footage, for measuring how well cuts are found.

Each is made from a seed alone: shots from two movies and three photographs, cropped, mirrored, graded and moved; cut
hard, dissolved or whipped into one another, up to 1.2 s from where it was planned; with flashes, whip pans inside
shots, cuts that are missing and cuts that nobody planned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Literal

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

MEDIA = Path(__file__).parents[2] / "shared" / "media"
WIDTH, HEIGHT, RATE = 256, 144, 24
MOST_MOVED_SECONDS = 1.2
Picture = NDArray[np.uint8]
Shot = Callable[[int], Picture]
How = Literal["hard", "flash", "whip", "dissolve", "missing"]


@dataclass(frozen=True)
class TrueCut:
    """
    One planned cut as it really is.

    Args:
        planned_seconds: where it was ordered.
        frame: the next shot's first frame; the middle of a dissolve or whip.
        half: by how many frames a dissolve or whip reaches out either side; 0 for hard cuts.
        how: what kind.
    """

    planned_seconds: Fraction
    frame: int
    half: int
    how: How


@dataclass(frozen=True)
class MadeTake:
    """A take on disk; ``extra`` are the frames of hard cuts that nobody planned."""

    path: Path
    frames: int
    cuts: tuple[TrueCut, ...]
    extra: tuple[int, ...]


def make_take(path: Path, seed: int) -> MadeTake:
    """Write the take of this seed."""
    chance = np.random.default_rng(seed)
    planned = np.cumsum(chance.integers(3, 6, chance.integers(3, 6)))
    frames = int(planned[-1]) * RATE + 1
    cuts = tuple(_true_cut(chance, int(second)) for second in planned[:-1])
    extra = _extra(chance, cuts, frames)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"preset": "veryfast", "crf": "26"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for picture in _pictures(chance, cuts, extra, frames):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        container.mux(stream.encode(None))
    return MadeTake(path, frames, cuts, extra)


def _true_cut(chance: np.random.Generator, second: int) -> TrueCut:
    how: How = str(chance.choice(["hard", "flash", "whip", "dissolve", "missing"], p=[0.72, 0.08, 0.06, 0.08, 0.06]))  # type: ignore[assignment]
    frame = round((second + chance.uniform(-MOST_MOVED_SECONDS, MOST_MOVED_SECONDS)) * RATE)
    half = {"dissolve": int(chance.integers(4, 13)), "whip": 5}.get(how, 0)
    return TrueCut(Fraction(second), frame, half, how)


def _extra(chance: np.random.Generator, cuts: tuple[TrueCut, ...], frames: int) -> tuple[int, ...]:
    frame = int(chance.integers(RATE, frames - RATE))
    near = any(abs(cut.frame - frame) < RATE * 3 // 4 for cut in cuts)
    return (frame,) if chance.random() < 0.1 and not near else ()


def _pictures(
    chance: np.random.Generator, cuts: tuple[TrueCut, ...], extra: tuple[int, ...], frames: int
) -> Iterator[Picture]:
    """Return every frame of the take, shots blended into one another at their transitions."""
    real = [cut for cut in cuts if cut.how != "missing"]
    edges = sorted([*((cut.frame, cut) for cut in real), *((frame, None) for frame in extra)], key=lambda edge: edge[0])
    starts = [0, *(frame for frame, _ in edges)]
    shots = _shots(chance, len(starts))
    whips = [_whip_frame(chance, starts, frames) for _ in range(2) if chance.random() < 0.4]
    flashes = _flashes(chance, starts, frames)
    for number in range(frames):
        at = sum(start <= number for start in starts) - 1
        picture = shots[at](number - starts[at])
        for index, (frame, cut) in enumerate(edges):
            if cut is not None and cut.half and abs(number - frame) < cut.half:
                other = index if at > index else index + 1
                picture = _blend(picture, shots[other](number - starts[other]), number - frame, cut)
        for whip in whips:
            if abs(number - whip) < 6:
                picture = _smear(np.roll(picture, 40 * (number - whip), axis=1), 61 - 8 * abs(number - whip))
        bright = flashes.get(number, 0.0) + any(c.how == "flash" and c.frame == number for c in real) * 0.97
        yield (picture + (255 - picture) * min(bright, 0.97)).astype(np.uint8) if bright else picture


def _blend(here: Picture, there: Picture, offset: int, cut: TrueCut) -> Picture:
    if cut.how == "whip":
        return _smear(np.roll(here, 30 * offset, axis=1), 81 - 12 * abs(offset))
    # Here is whichever shot holds more than half.
    part = 0.5 - abs(offset + 0.5) / (2 * cut.half)
    return (here * (1 - part) + there * part).astype(np.uint8)


def _smear(picture: Picture, width: int) -> Picture:
    """Blur along the row, as a fast pan does."""
    width = max(3, width)
    wrapped = np.concatenate((picture[:, -width:], picture), axis=1).astype(np.float32)
    sums = np.cumsum(wrapped, axis=1)
    return ((sums[:, width:] - sums[:, :-width]) / width).clip(0, 255).astype(np.uint8)


def _whip_frame(chance: np.random.Generator, starts: list[int], frames: int) -> int:
    return _calm_frame(chance, starts, frames, 14)


def _flashes(chance: np.random.Generator, starts: list[int], frames: int) -> dict[int, float]:
    """Return how bright one- and two-frame flashes inside shots are, by frame."""
    flashes: dict[int, float] = {}
    for _ in range(chance.integers(0, 4)):
        frame, power = _calm_frame(chance, starts, frames, 6), chance.uniform(0.3, 1)
        flashes |= {frame + offset: power for offset in range(chance.integers(1, 3))}
    return flashes


def _calm_frame(chance: np.random.Generator, starts: list[int], frames: int, distance: int) -> int:
    while True:
        frame = int(chance.integers(distance, frames - distance))
        if all(abs(frame - start) > distance + 12 for start in starts[1:]):
            return frame


def _shots(chance: np.random.Generator, count: int) -> list[Shot]:
    made: list[Shot] = []
    last = -1
    for _ in range(count):
        # The same movie may follow itself, from elsewhere in it and framed anew; the same photograph may not.
        source = int(chance.choice([one for one in range(5) if one != last or one < 2]))
        made.append(_movie_shot(chance, source) if source < 2 else _photo_shot(chance, source - 2))
        last = source
    return made


def _movie_shot(chance: np.random.Generator, source: int) -> Shot:
    reel = _reel(("rabbit.mp4", "crystal.mp4")[source])
    start = int(chance.integers(0, len(reel)))
    zoom, across, down = chance.uniform(1, 1.9), chance.uniform(0, 1), chance.uniform(0, 1)
    grade, mirror = _grade(chance), chance.random() < 0.5

    def shot(number: int) -> Picture:
        # Forth and back, so that the footage never jumps by itself.
        at = (start + int(number * 30 / RATE)) % (2 * len(reel) - 2)
        frame = reel[at if at < len(reel) else 2 * len(reel) - 2 - at]
        return grade(_crop(frame[:, ::-1] if mirror else frame, zoom, across, down))

    return shot


def _photo_shot(chance: np.random.Generator, source: int) -> Shot:
    photo = _photo(("elva.jpg", "red-panda.jpg", "wild-bear.jpg")[source])
    (zoom, across, down), grade = chance.uniform((1.1, 0, 0), (1.6, 1, 1)), _grade(chance)
    pan, tilt, push = chance.uniform(-0.006, 0.006), chance.uniform(-0.003, 0.003), chance.uniform(-0.003, 0.003)
    shake = chance.uniform(0, 0.006)

    def shot(number: int) -> Picture:
        hand = shake * np.sin(number * 0.9) + shake * np.sin(number * 0.37 + 1)
        place = (across + pan * number + hand) % 2, (down + tilt * number) % 2
        turned = [1 - abs(1 - each) for each in place]
        return grade(_crop(photo, 1.05 + abs((zoom + push * number) - 1.05), *turned))

    return shot


def _grade(chance: np.random.Generator) -> Callable[[Picture], Picture]:
    gain, lift = chance.uniform(0.7, 1.15, 3), chance.uniform(0, 20)
    table = np.stack([(np.arange(256) * each + lift).clip(0, 255) for each in gain]).astype(np.uint8)
    noise = np.random.default_rng(int(chance.integers(1 << 30))).integers(-4, 5, (HEIGHT, WIDTH, 1))

    def grade(picture: Picture) -> Picture:
        toned = np.stack([table[channel][picture[..., channel]] for channel in range(3)], axis=-1)
        return (toned + np.roll(noise, int(picture[0, 0, 0]), axis=1)).clip(0, 255).astype(np.uint8)

    return grade


def _crop(frame: Picture, zoom: float, across: float, down: float) -> Picture:
    high, wide = frame.shape[:2]
    scale = min(wide / WIDTH, high / HEIGHT) / zoom
    width, height = WIDTH * scale, HEIGHT * scale
    left, top = across * (wide - width), down * (high - height)
    # Sub-pixel moves, as a camera makes them.
    box = (left, top, left + width, top + height)
    return np.asarray(Image.fromarray(frame).resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR, box=box))


@cache
def _reel(name: str) -> NDArray[np.uint8]:
    with av.open(str(MEDIA / name)) as container:
        frames = [frame.to_ndarray(format="rgb24", width=480, height=320) for frame in container.decode(video=0)]
    return np.stack(frames)


@cache
def _photo(name: str) -> Picture:
    with Image.open(MEDIA / name) as photo:
        return np.asarray(photo.convert("RGB"))
