"""
A camera, frame by frame, and what it is found to do: the values.

``addon/reading/read_camera.py`` samples a :class:`CameraTrack` from Blender;
:func:`second_unit.camera.measure_camera` makes a :class:`CameraMove` of it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from second_unit.timeline import Value
from second_unit.timing import FrameRate

Point = tuple[float, float, float]
Row = tuple[float, float, float, float]


class CameraFrame(Value):
    """
    One frame of a camera.

    Args:
        matrix: from camera to world, four rows, Blender's way: the camera looks along its own −Z, +Y is up in the
            picture; world Z is up. Scale and shear are taken out.
        horizontal_fov, vertical_fov: what the picture spans, in radians, above 0.
        ortho_height: for an orthographic camera, the height of what it shows, in world units; None in perspective.
        focus_distance: how far away it is focused, in world units; None where that isn't known.
        subject: the corners of the box around what it films, in world space; a single point where only the place is
            known; empty where nothing is.
    """

    matrix: tuple[Row, Row, Row, Row]
    horizontal_fov: Annotated[float, Field(gt=0)]
    vertical_fov: Annotated[float, Field(gt=0)]
    ortho_height: float | None = None
    focus_distance: float | None = None
    subject: tuple[Point, ...] = ()


class CameraTrack(Value):
    """
    A camera over a stretch of frames, one sample a frame.

    Args:
        rate: frames per second.
        frames: at least one.
        subject: the name of what it films, for people; empty where nothing is known.
        is_figure: whether the subject is a person or stands like one; None lets its proportions decide.
    """

    rate: FrameRate
    frames: Annotated[tuple[CameraFrame, ...], Field(min_length=1)]
    subject: str = ""
    is_figure: bool | None = None


class MoveKind(StrEnum):
    """What a camera can do, in the words of a set."""

    DOLLY = "dolly"
    TRUCK = "truck"
    PEDESTAL = "pedestal"
    PAN = "pan"
    TILT = "tilt"
    ROLL = "roll"
    ZOOM = "zoom"
    ORBIT = "orbit"


class Move(Value):
    """
    One thing that the camera does.

    Args:
        kind: what.
        direction: ``"in"``, ``"out"``, ``"left"``, ``"right"``, ``"up"``, ``"down"``, ``"clockwise"`` or
            ``"counter-clockwise"``: the camera's own, as seen from behind it.
        amount: how far. Degrees for pan, tilt, roll and orbit; for truck and pedestal widths of the picture at the
            subject; for a dolly the share of the distance to the subject; for a zoom the natural logarithm of the
            change of scale.
        extent: how far the picture is displaced by it, in widths of the picture: what moves are ranked by.
        rate: extent a second, while it moves.
        speed: the rate in words.
        returns: it goes there and comes back.
    """

    kind: MoveKind
    direction: str
    amount: float
    extent: float
    rate: float
    speed: Literal["slow", "steady", "fast"]
    returns: bool = False


class ShotSize(StrEnum):
    """How much of the subject the picture shows, closest first."""

    EXTREME_CLOSE_UP = "extreme close-up"
    CLOSE_UP = "close-up"
    MEDIUM_CLOSE_UP = "medium close-up"
    MEDIUM = "medium shot"
    MEDIUM_WIDE = "medium wide shot"
    FULL = "full shot"
    WIDE = "wide shot"
    EXTREME_WIDE = "extreme wide shot"


class CameraMove(Value):
    """
    What a camera does over a stretch, and how it frames its subject.

    Args:
        moves: at most two, the larger first; none means that it stands still.
        starts_as, ends_as: the framing at either end; None where the subject or its size isn't known.
        angle: ``"low angle"``, ``"high angle"``, ``"overhead view"``, ``"worm's-eye view"``, ``"eye level"``, or empty.
        dutch: it is held tilted sideways all along.
        sway: how much the picture trembles, in widths of the picture (the usual deviation from the smooth move).
    """

    moves: tuple[Move, ...] = ()
    starts_as: ShotSize | None = None
    ends_as: ShotSize | None = None
    angle: str = ""
    dutch: bool = False
    sway: float = 0.0
