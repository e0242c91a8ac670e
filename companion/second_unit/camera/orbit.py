"""
Telling an orbit from a truck with a pan.

Both move the camera sideways while it turns. In an orbit the turning keeps one point in its place in the picture: the
camera's azimuth about that point grows as fast as its heading falls, so the point's bearing (where it lies left or
right of the view) hardly changes.

Worked example: a camera 4 m south of a statue, facing it, goes to 4 m west of it, still facing it. Its azimuth about
the statue goes from −90° to −180°: it moved to its own left, an orbit left by 90°. Its heading went from 0° to 90°;
the statue's bearing stayed 0°. Had it not turned, the bearing would have gone to 90°: a truck.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from math import atan2, hypot, pi, radians

from second_unit.camera.signals import Pose, centre_of, unwrap
from second_unit.camera.smoothing import LEAST_STEADINESS, course_of, smooth
from second_unit.camera.track import CameraTrack

LEAST_ARC = radians(8)
# Of the arc, so much may show as a change of bearing.
_BEARING_SHARE = 0.35
_LEAST_CONVERGENCE = radians(6)

Place = tuple[float, float]


def find_orbit(track: CameraTrack, poses: Sequence[Pose], seconds: Sequence[float], window: int) -> list[float] | None:
    """
    Return how far the camera went around what it looks at, in radians, one value a frame from 0, right positive.

    The centre is the subject, else the point where the views of the whole track meet. None: it is no orbit.
    """
    centres = [centre_of(frame) for frame in track.frames]
    around_subject = [(centre[0], centre[1]) for centre in centres if centre is not None]
    meeting = _meeting_point(poses)
    candidates = [around_subject] if len(around_subject) == len(poses) else []
    candidates += [[meeting] * len(poses)] if meeting else []
    arcs = (_arc_around(poses, places, seconds, window) for places in candidates)
    return next((arc for arc in arcs if arc is not None), None)


def _arc_around(
    poses: Sequence[Pose], centres: Sequence[Place], seconds: Sequence[float], window: int
) -> list[float] | None:
    ways = [(pose.place[0] - x, pose.place[1] - y) for pose, (x, y) in zip(poses, centres, strict=True)]
    radii = [hypot(*way) for way in ways]
    if min(radii) < 1e-3:
        return None
    azimuths = unwrap([atan2(y, x) for x, y in ways])
    arc = smooth([azimuth - azimuths[0] for azimuth in azimuths], window)
    course = course_of(arc, seconds)
    bearings = smooth(_bearings(poses, ways), window)
    held = max(bearings) - min(bearings) <= _BEARING_SHARE * abs(course.net)
    itself = _path(poses) >= 0.5 * sum(radii) / len(radii) * abs(course.net)
    is_orbit = abs(course.net) >= LEAST_ARC and course.steadiness >= LEAST_STEADINESS and held and itself
    return [azimuth - azimuths[0] for azimuth in azimuths] if is_orbit else None


def _bearings(poses: Sequence[Pose], ways: Sequence[Place]) -> list[float]:
    headings = [atan2(pose.forward[0], pose.forward[1]) for pose in poses]
    towards = [atan2(-x, -y) for x, y in ways]
    return unwrap([(there - heading + pi) % (2 * pi) - pi for there, heading in zip(towards, headings, strict=True)])


def _path(poses: Sequence[Pose]) -> float:
    places = [pose.place for pose in poses]
    return sum(hypot(b[0] - a[0], b[1] - a[1]) for a, b in itertools.pairwise(places))


def _meeting_point(poses: Sequence[Pose]) -> Place | None:
    """
    Return the point nearest to all views, seen from above, if it lies well in front of them all; else None.

    Least squares: the sum over views of (I − d·dᵀ)(c − p) is 0, two equations for the two coordinates of c.
    """
    views = [(pose.place[0], pose.place[1], pose.forward[0], pose.forward[1]) for pose in poses]
    headings = unwrap([atan2(x, y) for _, _, x, y in views])
    if max(headings) - min(headings) < _LEAST_CONVERGENCE:
        return None
    xx = xy = yy = sum_x = sum_y = 0.0
    for place_x, place_y, way_x, way_y in views:
        length = hypot(way_x, way_y) or 1.0
        x, y = way_x / length, way_y / length
        a, b, c = 1 - x * x, -x * y, 1 - y * y
        xx, xy, yy = xx + a, xy + b, yy + c
        sum_x, sum_y = sum_x + a * place_x + b * place_y, sum_y + b * place_x + c * place_y
    determinant = xx * yy - xy * xy
    if determinant < 1e-9 * len(views) ** 2:
        return None
    meeting = ((yy * sum_x - xy * sum_y) / determinant, (xx * sum_y - xy * sum_x) / determinant)
    ahead = [(meeting[0] - px) * dx + (meeting[1] - py) * dy for px, py, dx, dy in views]
    return meeting if min(ahead) > 0.05 * _path(poses) and min(ahead) > 1e-3 else None
