"""Cameras animated with known moves, laid by plain geometry of their own: what the measurement is held against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import atan, cos, exp, pi, radians, sin, tan
from random import Random

from second_unit.camera import CameraFrame, CameraTrack
from second_unit.timing import FrameRate

ACTOR = (0.5, 0.4, 1.8)  # wide, deep, high
FILM = FrameRate(24)
CRATE = (1.0, 1.0, 1.0)

EASES: dict[str, Callable[[float], float]] = {
    "linear": lambda u: u,
    "eased": lambda u: u * u * (3 - 2 * u),
    "starting": lambda u: u**3,
    "stopping": lambda u: 1 - (1 - u) ** 2,
    "held": lambda u: min(1.0, max(0.0, (u - 0.3) / 0.4)),
    "there and back": lambda u: sin(pi * u),
}


@dataclass(frozen=True)
class Case:
    """
    A camera ``distance`` from the subject's middle, looking at it, and what it then does.

    ``moves`` are signed amounts: dolly in shares of the distance, truck and pedestal in widths of the picture at the
    subject, pan, tilt, roll and orbit in degrees, zoom as the logarithm of the change of scale; in, right, up and
    clockwise are positive. ``hand`` is the deviation of a hand's tremble, ``jitter`` that of noise in every frame, both
    in widths of the picture.
    """

    moves: dict[str, float] = field(default_factory=dict)
    seconds: float = 4.0
    ease: str = "eased"
    distance: float = 4.0
    heading: float = 30.0
    pitch: float = 0.0
    tipped: float = 0.0
    fov: float = 50.0
    ratio: float = 16 / 9
    rate: FrameRate = FILM
    subject: tuple[float, float, float] | None = ACTOR
    follows: bool = False
    hand: float = 0.0
    jitter: float = 0.0
    seed: int = 1


def lay_track(case: Case) -> CameraTrack:
    """Return the track of a case."""
    count = round(case.seconds * float(case.rate.fraction)) + 1
    trembles = _trembles(case, count)
    frames = tuple(_frame(case, EASES[case.ease](n / (count - 1)), trembles[n]) for n in range(count))
    return CameraTrack(rate=case.rate, frames=frames, subject="actor" if case.subject else "")


def _frame(case: Case, done: float, tremble: tuple[float, float, float]) -> CameraFrame:
    move = {kind: amount * done for kind, amount in case.moves.items()}
    scale = exp(move.get("zoom", 0.0))
    across = 2 * atan(tan(radians(case.fov) / 2) / scale)
    width = 2 * case.distance * tan(radians(case.fov) / 2)
    orbit = move.get("orbit", 0.0)
    # A camera that orbits to its right turns left: its heading, clockwise, falls.
    first, now = case.heading - orbit, case.heading - orbit + move.get("pan", 0.0)
    _, _, forward = axes(first, case.pitch, 0.0)
    right, _, _ = axes(first, 0.0, 0.0)
    middle = (3.0, -2.0, 1.0)
    reach = -case.distance * (1 - move.get("dolly", 0.0))
    aside = (move.get("truck", 0.0) + (tremble[2] if case.hand else 0.0)) * width
    place = tuple(middle[n] + forward[n] * reach + right[n] * aside for n in range(3))
    place = (place[0], place[1], place[2] + move.get("pedestal", 0.0) * width)
    shaken = [tremble[0] * case.fov, tremble[1] * case.fov]
    pitch, roll = case.pitch + move.get("tilt", 0.0) + shaken[1], case.tipped + move.get("roll", 0.0)
    matrix = matrix_of(place, now + shaken[0], pitch, roll)
    shift = [right[n] * aside if case.follows else 0.0 for n in range(3)]
    corners = box([middle[n] + shift[n] for n in range(3)], case.subject) if case.subject else ()
    return CameraFrame(
        matrix=matrix,
        horizontal_fov=across,
        vertical_fov=2 * atan(tan(across / 2) / case.ratio),
        focus_distance=None if case.subject else case.distance,
        subject=corners,
    )


def _trembles(case: Case, count: int) -> list[tuple[float, float, float]]:
    """A hand's sway: three sines a direction between 1.2 and 4 Hz, and white noise."""
    random = Random(case.seed)  # the same tremble for the same case
    waves = [[(random.uniform(1.2, 4.0), random.uniform(0, 2 * pi)) for _ in range(3)] for _ in range(3)]
    fps = float(case.rate.fraction)

    def sway(axis: int, n: int) -> float:
        swing = sum(sin(2 * pi * hertz * n / fps + phase) for hertz, phase in waves[axis])
        return case.hand * swing * (2 / 3) ** 0.5 + random.gauss(0, 1) * case.jitter

    return [(sway(0, n), sway(1, n), sway(2, n) / 2) for n in range(count)]


def axes(heading: float, pitch: float, roll: float) -> list[tuple[float, float, float]]:
    """Return right, up and forward: heading clockwise from +Y, pitch up, roll clockwise seen from behind; degrees."""
    h, p, r = radians(heading), radians(pitch), radians(roll)
    forward = (sin(h) * cos(p), cos(h) * cos(p), sin(p))
    level = (cos(h), -sin(h), 0.0)
    upright = (-sin(h) * sin(p), -cos(h) * sin(p), cos(p))
    right = tuple(level[n] * cos(r) - upright[n] * sin(r) for n in range(3))
    up = tuple(level[n] * sin(r) + upright[n] * cos(r) for n in range(3))
    return [right, up, forward]  # type: ignore[list-item]


def matrix_of(place: tuple[float, ...], heading: float, pitch: float, roll: float) -> tuple[tuple[float, ...], ...]:
    """Return Blender's matrix of a camera that stands and looks like that."""
    right, up, forward = axes(heading, pitch, roll)
    rows = [(right[n], up[n], -forward[n], place[n]) for n in range(3)]
    return (*rows, (0.0, 0.0, 0.0, 1.0))


def box(middle: list[float], size: tuple[float, float, float]) -> tuple[tuple[float, float, float], ...]:
    """Return the eight corners of a box."""
    signs = [(x, y, z) for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)]
    return tuple((middle[0] + x * size[0], middle[1] + y * size[1], middle[2] + z * size[2]) for x, y, z in signs)


DIRECTIONS = {
    "dolly": ("in", "out"),
    "zoom": ("in", "out"),
    "truck": ("right", "left"),
    "pedestal": ("up", "down"),
    "pan": ("right", "left"),
    "tilt": ("up", "down"),
    "roll": ("clockwise", "counter-clockwise"),
    "orbit": ("right", "left"),
}


def names_of(moves: dict[str, float]) -> set[tuple[str, str]]:
    """Return the names that the moves ought to get."""
    return {(kind, DIRECTIONS[kind][0 if amount > 0 else 1]) for kind, amount in moves.items()}


# What a held-out move comes to at least and at most, in widths of the picture.
_RANGES = {
    "dolly": (0.05, 0.3),
    "zoom": (0.05, 0.3),
    "truck": (0.12, 1.2),
    "pedestal": (0.12, 0.7),
    "pan": (0.12, 1.0),
    "tilt": (0.1, 0.7),
    "roll": (0.06, 0.3),
    "orbit": (0.3, 1.5),
}
# An orbit takes the place of truck and pan; the others can stand beside each other.
_PAIRS = [
    ("dolly", "pan"), ("dolly", "pedestal"), ("dolly", "tilt"), ("dolly", "zoom"), ("truck", "dolly"),
    ("truck", "pedestal"), ("truck", "zoom"), ("pan", "tilt"), ("pan", "zoom"), ("pedestal", "tilt"),
    ("orbit", "dolly"), ("orbit", "pedestal"), ("roll", "dolly"), ("roll", "zoom"), ("pan", "pedestal"),
]  # fmt: skip


def _amount(kind: str, extent: float, fov: float) -> float:
    """Return so much extent in the unit of the kind."""
    per_extent = {"dolly": 2.0, "zoom": 2.0, "truck": 1.0, "pedestal": 1.0, "roll": 2 * 180 / pi}
    return extent * per_extent.get(kind, fov)


def held_out_case(seed: int) -> Case:
    """Return a case that nobody tuned for: other lenses, rates, easings, directions, noise; the same for a seed."""
    random = Random(seed)
    fov = random.uniform(18, 85)
    kinds = random.choice([[], *([kind] for kind in _RANGES), *([kind] for kind in _RANGES), *_PAIRS])
    first = random.uniform(0.0, 1.0)
    moves = {}
    for number, kind in enumerate(kinds):
        share = first if number == 0 else min(1.0, max(0.0, first + random.uniform(-0.2, 0.2)))
        least, most = _RANGES[kind]
        extent = least + share * (most - least)
        if number:
            # The second is at least half as large as the first, and at most twice.
            one = abs(moves[kinds[0]]) / _amount(kinds[0], 1.0, fov)
            extent = min(max(extent, one / 2, least), one * 2)
        # No camera goes through what it films.
        extent = min(extent, 0.4) if kind == "dolly" else extent
        moves[kind] = random.choice((-1, 1)) * _amount(kind, extent, fov)
    return Case(
        moves=moves,
        seconds=random.uniform(1.5, 9.0),
        ease=random.choice(["linear", "eased", "starting", "stopping", "held"]),
        distance=random.choice([0.8, 1.5, 3.0, 6.0, 15.0, 40.0]) * random.uniform(0.8, 1.25),
        heading=random.uniform(-180, 180),
        pitch=random.uniform(-32, 22),
        fov=fov,
        ratio=random.choice([16 / 9, 4 / 3, 1.0, 9 / 16, 21 / 9]),
        rate=random.choice([FrameRate(24), FrameRate(25), FrameRate(30000, 1001), FrameRate(30), FrameRate(60)]),
        subject=random.choice([ACTOR, CRATE, None]),
        follows=kinds == ["truck"] and random.random() < 0.3,
        hand=random.choice([0.0, 0.0, random.uniform(0.003, 0.012)]),
        jitter=random.uniform(0.0, 0.0003),
        seed=seed,
    )
