"""A scene camera's move, found in its keys and put into words."""

from __future__ import annotations

from second_unit.camera.measuring import (
    CameraFrame,
    CameraMove,
    CameraTrack,
    MoveKind,
    ShotSize,
    camera_in_words,
    measure_camera,
)

__all__ = ["CameraFrame", "CameraMove", "CameraTrack", "MoveKind", "ShotSize", "camera_in_words", "measure_camera"]
