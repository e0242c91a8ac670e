"""
How a camera frames its subject: the size of the shot, and the angle it is seen from.

The size asks how much of the subject the picture could hold. At the subject's distance ``d`` the picture is
``2·d·tan(vertical_fov / 2)`` high. A person 1.8 m tall, 3 m away, under 27° vertically (a 50 mm lens over a sensor
24 mm high): the picture is 1.44 m high, 0.8 of the person: a medium wide shot, cut at the knees. At 1 m it is 0.48 m,
0.27 of the person: a close-up. What isn't a figure is sized by the share of the picture that it fills.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import degrees, radians, tan

from second_unit.camera.signals import Pose, Signals, centre_of, dot, minus
from second_unit.camera.track import CameraFrame, CameraTrack, Point, ShotSize

# The picture's height over the figure's: up to so much it is that shot.
_FIGURE_SIZES = (
    (0.11, ShotSize.EXTREME_CLOSE_UP),
    (0.29, ShotSize.CLOSE_UP),
    (0.43, ShotSize.MEDIUM_CLOSE_UP),
    (0.64, ShotSize.MEDIUM),
    (0.92, ShotSize.MEDIUM_WIDE),
    (1.5, ShotSize.FULL),
    (5.0, ShotSize.WIDE),
)
# The share of the picture that a thing fills, the larger way: from so much on it is that shot.
_THING_SIZES = (
    (1.7, ShotSize.EXTREME_CLOSE_UP),
    (0.8, ShotSize.CLOSE_UP),
    (0.4, ShotSize.MEDIUM),
    (0.08, ShotSize.WIDE),
)
# A figure is so much taller than it is wide or deep.
_FIGURE_PROPORTION = 1.5
_LEVEL = radians(12)
_STEEP_VIEW = radians(60)
_DUTCH = radians(7)


def shot_size(frame: CameraFrame, pose: Pose, *, is_figure: bool | None) -> ShotSize | None:
    """Return the size of the shot in one frame; None where the subject has no size, or isn't in the picture."""
    centre = centre_of(frame)
    height = _span(frame.subject, (0.0, 0.0, 1.0))
    across = _span(frame.subject, pose.right)
    if centre is None or max(height, across) <= 0:
        return None
    ahead = dot(minus(centre, pose.place), pose.forward)
    if not (frame.ortho_height or ahead > 0):
        return None
    visible = frame.ortho_height or 2 * ahead * tan(frame.vertical_fov / 2)
    width = visible * tan(frame.horizontal_fov / 2) / tan(frame.vertical_fov / 2)
    if not _is_in_picture(frame, pose, visible, width):
        return None
    if is_figure if is_figure is not None else _stands_upright(frame.subject):
        return next((size for most, size in _FIGURE_SIZES if visible / height < most), ShotSize.EXTREME_WIDE)
    fill = max(_span(frame.subject, pose.up) / visible, across / width)
    return next((size for least, size in _THING_SIZES if fill >= least), ShotSize.EXTREME_WIDE)


def sizes_at_ends(track: CameraTrack, poses: Sequence[Pose]) -> tuple[ShotSize | None, ShotSize | None]:
    """Return the size in the first and the last frame that shows the subject."""
    sizes = [shot_size(frame, pose, is_figure=track.is_figure) for frame, pose in zip(track.frames, poses, strict=True)]
    seen = [size for size in sizes if size is not None]
    return (seen[0], seen[-1]) if seen else (None, None)


def angle_of(track: CameraTrack, poses: Sequence[Pose], signals: Signals) -> str:
    """Return the angle in words, or nothing where it changes on the way by more than crossing a border."""
    first, middle, last = (_angle(signals.pitch[at], track.frames[at], poses[at]) for at in (0, len(poses) // 2, -1))
    hardly_tilts = max(signals.pitch) - min(signals.pitch) < radians(10)
    return middle if first == last or (hardly_tilts and first and last) else ""


def is_dutch(signals: Signals) -> bool:
    """Tell whether the camera is held tilted sideways all along (upside down isn't Dutch)."""
    return all(_DUTCH < abs(angle) < radians(75) for angle in signals.tipped)


def _angle(pitch: float, frame: CameraFrame, pose: Pose) -> str:
    match degrees(pitch):
        case up if up > degrees(_STEEP_VIEW):
            return "worm's-eye view"
        case down if down < -degrees(_STEEP_VIEW):
            return "overhead view"
        case up if up > degrees(_LEVEL):
            return "low angle"
        case down if down < -degrees(_LEVEL):
            return "high angle"
        case _:
            return "eye level" if _is_at_eye_level(frame, pose) else ""


def _is_at_eye_level(frame: CameraFrame, pose: Pose) -> bool:
    if not frame.subject:
        return False
    lowest, highest = min(corner[2] for corner in frame.subject), max(corner[2] for corner in frame.subject)
    height = highest - lowest
    return height > 0 and lowest + 0.4 * height <= pose.place[2] <= highest + 0.5 * height


def _is_in_picture(frame: CameraFrame, pose: Pose, visible: float, width: float) -> bool:
    ways = [minus(corner, pose.place) for corner in frame.subject]
    asides, heights = [dot(way, pose.right) for way in ways], [dot(way, pose.up) for way in ways]
    return (
        min(asides) < width / 2
        and max(asides) > -width / 2
        and min(heights) < visible / 2
        and max(heights) > -visible / 2
    )


def _stands_upright(corners: Sequence[Point]) -> bool:
    deep = max(_span(corners, (1.0, 0.0, 0.0)), _span(corners, (0.0, 1.0, 0.0)))
    return _span(corners, (0.0, 0.0, 1.0)) >= _FIGURE_PROPORTION * deep


def _span(corners: Sequence[Point], way: Point) -> float:
    reaches = [dot(corner, way) for corner in corners]
    return max(reaches) - min(reaches) if reaches else 0.0
