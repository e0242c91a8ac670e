"""
The camera in words: what an animated camera does, measured and named the way a set would name it.

>>> measure_camera(track)          # doctest: +SKIP
>>> camera_in_words(_)             # doctest: +SKIP
'slow dolly in, low angle, medium close-up, slight handheld sway'

How it is measured. The track becomes signals over time (:mod:`second_unit.camera.signals`): turns against gravity,
travel in the camera's own axes, zoom. Each signal is smoothed; what the smooth course comes to is a candidate move,
what is left over is the hand's tremble. Candidates are ranked by how far each displaces the picture, in its widths:

============== ================================================================
pan, tilt      the angle over the horizontal field of view
truck, rise    the way over the picture's width at the subject's distance
dolly          half the share of the distance (the picture's edge, half a width from its middle, moves so far)
zoom           half the logarithm of the change of scale, for the same reason
roll           half the angle in radians: that far the picture's edge swings
orbit          the arc over the horizontal field of view: so far the background passes
============== ================================================================

Worked example: 4 m from an actor, 50° across, the camera dollies in by 1 m and pans left by 10°. Dolly: 1/4 of the
distance, extent 0.125. Pan: 10/50, extent 0.2. In 4 s the pan runs at 0.05 widths a second: slow. In words: "slow pan
left with a slow dolly in".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, degrees, hypot
from typing import Literal

from second_unit.camera.framing import angle_of, is_dutch, sizes_at_ends
from second_unit.camera.orbit import find_orbit
from second_unit.camera.signals import Signals, pose_of, read_signals
from second_unit.camera.smoothing import LEAST_STEADINESS, course_of, smooth, tremble
from second_unit.camera.track import CameraFrame, CameraMove, CameraTrack, Move, MoveKind, ShotSize
from second_unit.timing import FrameRate

__all__ = [
    "CameraFrame",
    "CameraMove",
    "CameraTrack",
    "Move",
    "MoveKind",
    "ShotSize",
    "camera_in_words",
    "measure_camera",
]

# A second move is named if it displaces the picture at least so much as the first.
_SECOND_SHARE = 0.3
# Windows of the smoothing: a hand trembles at 1 Hz and above, and sways more slowly when it has nothing to follow.
_MOVE_WINDOW_SECONDS = 1.5
_SWAY_WINDOW_SECONDS = 3.0


@dataclass(frozen=True)
class _Feel:
    """When a kind of move is seen, and when it feels slow or fast: widths of the picture, and widths a second."""

    least: float
    slow: float
    fast: float


_FEELS = {
    MoveKind.DOLLY: _Feel(least=0.025, slow=0.05, fast=0.2),
    MoveKind.ZOOM: _Feel(least=0.025, slow=0.05, fast=0.2),
    MoveKind.TRUCK: _Feel(least=0.05, slow=0.12, fast=0.5),
    MoveKind.PEDESTAL: _Feel(least=0.05, slow=0.12, fast=0.5),
    MoveKind.PAN: _Feel(least=0.05, slow=0.15, fast=0.6),
    MoveKind.TILT: _Feel(least=0.05, slow=0.15, fast=0.6),
    MoveKind.ROLL: _Feel(least=0.03, slow=0.09, fast=0.35),
    MoveKind.ORBIT: _Feel(least=0.1, slow=0.25, fast=0.9),
}
_DIRECTIONS = {
    MoveKind.DOLLY: ("in", "out"),
    MoveKind.ZOOM: ("in", "out"),
    MoveKind.TRUCK: ("right", "left"),
    MoveKind.PEDESTAL: ("up", "down"),
    MoveKind.PAN: ("right", "left"),
    MoveKind.TILT: ("up", "down"),
    MoveKind.ROLL: ("clockwise", "counter-clockwise"),
    MoveKind.ORBIT: ("right", "left"),
}
# From so much tremble on, in widths of the picture, it is said; 0.0012 is 2 pixels of a 1920 wide picture.
_SWAYS = ((0.02, "strong"), (0.006, ""), (0.0012, "slight"))


@dataclass(frozen=True)
class _Channel:
    """A signal that may be a move; ``extent`` turns its unit into widths of the picture, ``amount`` into Move's."""

    kind: MoveKind
    values: list[float]
    extent: float
    amount: float = 1.0


def measure_camera(track: CameraTrack) -> CameraMove:
    """
    Return what the camera does over the track, and how it frames its subject.

    One frame, or two, make a still: no moves, but framing and angle.
    """
    track = _thinned(track)
    poses = [pose_of(frame) for frame in track.frames]
    signals = read_signals(track)
    window = _frames(track, _MOVE_WINDOW_SECONDS)
    orbit = None if signals.is_steep else find_orbit(track, poses, signals.seconds, window)
    channels = list(_channels(signals, orbit))
    named = [(channel, _name_move(channel, signals.seconds, window)) for channel in channels]
    ranked = sorted((move for _, move in named if move), key=lambda move: -move.extent)
    moves = tuple(move for move in ranked if move.extent >= _SECOND_SHARE * ranked[0].extent)[:2]
    starts, ends = sizes_at_ends(track, poses)
    return CameraMove(
        moves=moves,
        starts_as=starts,
        ends_as=ends,
        angle=angle_of(track, poses, signals),
        dutch=is_dutch(signals),
        sway=_sway(named, track),
    )


def camera_in_words(move: CameraMove) -> str:
    """
    Return the measured camera as a director would say it, in the order models read: move, angle, size, hand.

    "slow dolly in with a slow pan left, low angle, medium close-up, slight handheld sway"; a camera that stands still
    is a "static camera".
    """
    sway = next((word for least, word in _SWAYS if move.sway >= least), None)
    said = [
        _moves_in_words(move.moves, is_handheld=sway is not None),
        move.angle,
        "dutch angle" if move.dutch else "",
        _size_in_words(move.starts_as, move.ends_as),
        "" if sway is None else _sway_in_words(sway),
    ]
    return ", ".join(words for words in said if words)


def _thinned(track: CameraTrack) -> CameraTrack:
    """Return the track at 24 to 48 samples a second: no hand trembles faster than that tells."""
    step = int(track.rate.fraction / 24)
    if step < 2 or len(track.frames) < 3 * step:
        return track
    rate = track.rate.fraction / step
    slower = FrameRate(rate.numerator, rate.denominator)
    return track.model_copy(update={"rate": slower, "frames": track.frames[::step]})


def _channels(signals: Signals, orbit: list[float] | None) -> Iterator[_Channel]:
    across = _mean(signals.fields)
    per_unit = 1 / _mean(signals.widths)
    per_distance = 1 / _mean(signals.distances)
    pedestal, dolly = _telling(signals)
    pan = signals.pan
    if orbit is not None:
        yield _Channel(MoveKind.ORBIT, orbit, extent=1 / across, amount=degrees(1))
        level = cos(_mean(signals.pitch))
        # Going around to its right, a camera turns left by as much; what it turns beyond that is a pan.
        pan = [turned + arc * level for turned, arc in zip(pan, orbit, strict=True)]
    else:
        yield _Channel(MoveKind.TRUCK, signals.truck, extent=per_unit, amount=per_unit)
    yield _Channel(MoveKind.PAN, pan, extent=1 / across, amount=degrees(1))
    yield _Channel(MoveKind.TILT, signals.tilt, extent=1 / across, amount=degrees(1))
    yield _Channel(MoveKind.ROLL, signals.roll, extent=0.5, amount=degrees(1))
    yield _Channel(MoveKind.PEDESTAL, pedestal, extent=per_unit, amount=per_unit)
    yield _Channel(MoveKind.DOLLY, dolly, extent=per_distance / 2, amount=per_distance)
    yield _Channel(MoveKind.ZOOM, signals.zoom, extent=0.5)


def _telling(signals: Signals) -> tuple[list[float], list[float]]:
    """
    Return rise and advance along the camera's own axes or the horizon's, whichever needs less of two words.

    A camera that looks 30° down and follows its view is a dolly in its own axes (1 m of one), a dolly of 0.87 m and a
    pedestal of 0.5 m in the horizon's: the first is shorter.
    """
    own, level = (signals.pedestal, signals.dolly), (signals.rise, signals.level_dolly)
    lengths = [sum(abs(way[-1]) for way in telling) for telling in (own, level)]
    return own if lengths[0] <= lengths[1] else level


def _name_move(channel: _Channel, seconds: list[float], window: int) -> Move | None:
    if len(seconds) < 3:
        return None
    feel = _FEELS[channel.kind]
    course = course_of(smooth(channel.values, window), seconds)
    extent = abs(course.net) * channel.extent
    if extent < feel.least or course.steadiness < LEAST_STEADINESS:
        return None
    rate = extent * (2 if course.returns else 1) / course.seconds
    speed: Literal["slow", "steady", "fast"] = "slow" if rate < feel.slow else "fast" if rate > feel.fast else "steady"
    forth, back = _DIRECTIONS[channel.kind]
    return Move(
        kind=channel.kind,
        direction=forth if course.net > 0 else back,
        amount=abs(course.net) * channel.amount,
        extent=extent,
        rate=rate,
        speed=speed,
        returns=course.returns,
    )


def _sway(named: list[tuple[_Channel, Move | None]], track: CameraTrack) -> float:
    """
    Return the tremble of all signals together.

    A hand trembles in every direction. So where a signal moves, and its starts and stops may look like trembling, no
    more of it is believed than the others show.
    """
    trembles = {
        channel.kind: (move is not None, _tremble_of(channel, track, is_moving=move is not None))
        for channel, move in named
        if channel.kind is not MoveKind.ZOOM
    }
    most = max((size for is_moving, size in trembles.values() if not is_moving), default=float("inf"))
    return hypot(*(min(size, most) for _, size in trembles.values()))


def _tremble_of(channel: _Channel, track: CameraTrack, *, is_moving: bool) -> float:
    window = _frames(track, _MOVE_WINDOW_SECONDS if is_moving else _SWAY_WINDOW_SECONDS)
    return tremble(channel.values, window) * channel.extent


def _frames(track: CameraTrack, seconds: float) -> int:
    """Return an odd number of frames that last about so long."""
    return 2 * round(seconds * float(track.rate.fraction) / 2) + 1


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _moves_in_words(moves: tuple[Move, ...], *, is_handheld: bool) -> str:
    if not moves:
        return "handheld camera" if is_handheld else "static camera"
    told = [f"{move.speed} {move.kind} {move.direction}{' and back' if move.returns else ''}" for move in moves]
    return " with a ".join(told)


def _size_in_words(starts: ShotSize | None, ends: ShotSize | None) -> str:
    """Return one size, or the way from one to the other when they lie more than a step apart."""
    if starts is None or ends is None:
        return ""
    sizes = list(ShotSize)
    steps = abs(sizes.index(starts) - sizes.index(ends))
    return f"from {starts} to {ends}" if steps > 1 else str(ends)


def _sway_in_words(strength: str) -> str:
    return "strong handheld shake" if strength == "strong" else f"{strength} handheld sway".strip()
