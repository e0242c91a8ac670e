"""
From a camera's matrices to signals over time: how far it has panned, tilted, rolled, travelled and zoomed so far.

Angles are read against gravity, so that a pan on a tripod that looks down stays a pan::

    forward = −Z of the camera, right = +X, up = +Y, each of length 1
    heading = atan2(forward.x, forward.y)      clockwise from world +Y, seen from above: growing is a pan right
    pitch   = asin(forward.z)                  growing is a tilt up
    roll    = atan2(−right.z, up.z)            growing is clockwise, seen from behind the camera

Worked example: a camera at the origin looks along +Y, then along +X. ``forward`` goes from (0, 1, 0) to (1, 0, 0), the
heading from 0° to 90°: a pan right by 90°.

Travel is added up frame by frame in the axes that the camera has at that moment, so that a camera on a curved track
only dollies. It is told twice, along the camera's own axes and along the horizon's; :mod:`second_unit.camera` takes the
telling that needs fewer words. Close to straight up or down there is no heading: there, turns are added up about the
camera's own axes instead.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, atan2, cos, log, pi, radians, tan

from second_unit.camera.track import CameraFrame, CameraTrack, Point

STEEP = radians(72)
# What a camera without a subject or a focus is taken to film: a few steps away.
USUAL_DISTANCE = 5.0


@dataclass(frozen=True)
class Pose:
    """Where a camera is and how it is turned: unit vectors, as in the worked example above."""

    place: Point
    right: Point
    up: Point
    forward: Point


@dataclass(frozen=True)
class Signals:
    """
    A camera's way, one value a frame; every signal starts at 0 and counts on from there.

    Args:
        seconds: from the first frame.
        pan, tilt, roll: radians; right, up and clockwise are positive.
        truck, pedestal, dolly: world units along the camera's own right, up and forward.
        level_dolly, rise: the same along the horizon and straight up; ``truck`` serves both.
        zoom: the natural logarithm of how much larger things look.
        pitch, tipped: the camera's pitch and roll as they are, in radians, not from 0.
        distances: to the subject (or what stands for it) along the view, world units, above 0.
        widths: how wide the picture is at that distance, world units.
        fields: the horizontal field of view, radians.
        is_steep: it looks nearly straight up or down.
    """

    seconds: list[float]
    pan: list[float]
    tilt: list[float]
    roll: list[float]
    truck: list[float]
    pedestal: list[float]
    dolly: list[float]
    level_dolly: list[float]
    rise: list[float]
    zoom: list[float]
    pitch: list[float]
    tipped: list[float]
    distances: list[float]
    widths: list[float]
    fields: list[float]
    is_steep: bool


def read_signals(track: CameraTrack) -> Signals:
    """Return the signals of a track."""
    poses = [pose_of(frame) for frame in track.frames]
    pitches = [asin(max(-1.0, min(1.0, pose.forward[2]))) for pose in poses]
    is_steep = any(abs(pitch) > STEEP for pitch in pitches)
    tipped = [atan2(-pose.right[2], pose.up[2]) for pose in poses]
    turns = _own_turns(poses) if is_steep else _turns_against_gravity(poses, pitches, tipped)
    right, up, forward, level, rise = _travel(poses, is_steep=is_steep)
    distances = [_distance(frame, pose) for frame, pose in zip(track.frames, poses, strict=True)]
    scales = [_half_height(frame) for frame in track.frames]
    return Signals(
        seconds=[float(track.rate.seconds(number)) for number in range(len(poses))],
        pan=turns[0],
        tilt=turns[1],
        roll=turns[2],
        truck=right,
        pedestal=up,
        dolly=forward,
        level_dolly=level,
        rise=rise,
        zoom=[log(scales[0] / scale) for scale in scales],
        pitch=pitches,
        tipped=[0.0] * len(poses) if is_steep else tipped,
        distances=distances,
        widths=[_width(frame, distance) for frame, distance in zip(track.frames, distances, strict=True)],
        fields=[frame.horizontal_fov for frame in track.frames],
        is_steep=is_steep,
    )


def pose_of(frame: CameraFrame) -> Pose:
    """Return where the camera is and its axes at right angles, of length 1, whatever its scale."""
    rows = frame.matrix
    columns = [(rows[0][n], rows[1][n], rows[2][n]) for n in range(4)]
    back = unit(columns[2])
    right = unit(minus(columns[0], times(back, dot(columns[0], back))))
    return Pose(place=columns[3], right=right, up=cross(back, right), forward=times(back, -1.0))


def centre_of(frame: CameraFrame) -> Point | None:
    """Return the middle of the subject's box, or None where there is no subject."""
    if not frame.subject:
        return None
    lows = [min(corner[axis] for corner in frame.subject) for axis in range(3)]
    highs = [max(corner[axis] for corner in frame.subject) for axis in range(3)]
    return ((lows[0] + highs[0]) / 2, (lows[1] + highs[1]) / 2, (lows[2] + highs[2]) / 2)


def unwrap(angles: Sequence[float]) -> list[float]:
    """Return angles without jumps of a whole turn: 179°, −179° becomes 179°, 181°."""
    smooth = [angles[0]]
    for angle in angles[1:]:
        smooth.append(smooth[-1] + (angle - smooth[-1] + pi) % (2 * pi) - pi)
    return smooth


def _turns_against_gravity(poses: list[Pose], pitches: list[float], tipped: list[float]) -> tuple[list[float], ...]:
    headings = unwrap([atan2(pose.forward[0], pose.forward[1]) for pose in poses])
    # Near the horizon a pan by so many degrees displaces the picture by as many; looking down, by less.
    pans = [0.0]
    for number in range(1, len(poses)):
        turn = headings[number] - headings[number - 1]
        pans.append(pans[-1] + turn * cos((pitches[number] + pitches[number - 1]) / 2))
    return pans, _from_start(pitches), _from_start(unwrap(tipped))


def _own_turns(poses: list[Pose]) -> tuple[list[float], ...]:
    """Add up the turns about the camera's own axes; small from one frame to the next."""
    pans, tilts, rolls = [0.0], [0.0], [0.0]
    for one, other in itertools.pairwise(poses):
        pans.append(pans[-1] + dot(other.forward, one.right))
        tilts.append(tilts[-1] + dot(other.forward, one.up))
        rolls.append(rolls[-1] + atan2(-dot(other.right, one.up), dot(other.right, one.right)))
    return pans, tilts, rolls


def _travel(poses: list[Pose], *, is_steep: bool) -> tuple[list[float], ...]:
    """Return how far it went right, up, forward, forward along the horizon, and straight up."""
    ways: tuple[list[float], ...] = ([0.0], [0.0], [0.0], [0.0], [0.0])
    for one, other in itertools.pairwise(poses):
        step = minus(other.place, one.place)
        level = one.forward if is_steep else unit((one.forward[0], one.forward[1], 0.0))
        rising = dot(step, one.up) if is_steep else step[2]
        steps = (dot(step, one.right), dot(step, one.up), dot(step, one.forward), dot(step, level), rising)
        for way, length in zip(ways, steps, strict=True):
            way.append(way[-1] + length)
    return ways


def _distance(frame: CameraFrame, pose: Pose) -> float:
    centre = centre_of(frame)
    ahead = dot(minus(centre, pose.place), pose.forward) if centre else 0.0
    return next((far for far in (ahead, frame.focus_distance or 0.0) if far > 1e-3), USUAL_DISTANCE)


def _half_height(frame: CameraFrame) -> float:
    return frame.ortho_height / 2 if frame.ortho_height else tan(frame.vertical_fov / 2)


def _width(frame: CameraFrame, distance: float) -> float:
    if frame.ortho_height:
        return frame.ortho_height * tan(frame.horizontal_fov / 2) / tan(frame.vertical_fov / 2)
    return 2 * distance * tan(frame.horizontal_fov / 2)


def _from_start(values: list[float]) -> list[float]:
    return [value - values[0] for value in values]


def dot(a: Point, b: Point) -> float:
    """Return the scalar product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def minus(a: Point, b: Point) -> Point:
    """Return the way from b to a."""
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


def times(a: Point, factor: float) -> Point:
    """Return the vector, longer."""
    return (a[0] * factor, a[1] * factor, a[2] * factor)


def cross(a: Point, b: Point) -> Point:
    """Return the vector product."""
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def unit(a: Point) -> Point:
    """Return the vector at length 1; one without length stays as it is."""
    length = dot(a, a) ** 0.5
    return times(a, 1 / length) if length > 0 else a
