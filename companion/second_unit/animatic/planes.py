"""
A picture as its three planes of brightness and colour, ready for the encoder.

Everything is scaled, blended and lettered in 4:2:0 from the start: half the bytes of RGB, and no conversion per frame.
Video levels and BT.709 colour throughout.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable

Mask = tuple[Image.Image, Image.Image]
BLACK_LEVEL, WHITE_LEVEL, GREY_CHROMA = 16, 235, 128


@dataclass(frozen=True, slots=True)
class Planes:
    """
    One picture.

    Args:
        y: brightness, full size, mode ``"L"``.
        u, v: colour, half size, rounded up.
    """

    y: Image.Image
    u: Image.Image
    v: Image.Image

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.y.size

    @classmethod
    def from_frame(cls, frame: av.VideoFrame, size: tuple[int, int] | None = None) -> Planes:
        """Return a decoded frame's picture, scaled to ``size`` without regard to its shape."""
        width, height = size or (frame.width, frame.height)
        small = frame.reformat(
            width=width,
            height=height,
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            interpolation="BICUBIC",
        )
        shapes = ((width, height), (-(-width // 2), -(-height // 2)), (-(-width // 2), -(-height // 2)))
        images = [_plane_image(plane, *shape) for plane, shape in zip(small.planes, shapes, strict=True)]
        return cls(*images)

    @classmethod
    def from_image(cls, image: Image.Image) -> Planes:
        """Return an RGB picture's planes."""
        return cls.from_frame(av.VideoFrame.from_ndarray(np.asarray(image.convert("RGB")), format="rgb24"))

    @classmethod
    def filled(cls, size: tuple[int, int], y: int = BLACK_LEVEL) -> Planes:
        """Return a grey picture of one brightness, black by default."""
        half = (-(-size[0] // 2), -(-size[1] // 2))
        return cls(Image.new("L", size, y), Image.new("L", half, GREY_CHROMA), Image.new("L", half, GREY_CHROMA))

    def seen(self, box: tuple[float, float, float, float], size: tuple[int, int]) -> Planes:
        """Return the part within ``box`` (left, top, right, bottom, in fractions of a pixel) scaled to ``size``."""
        half_box = (box[0] / 2, box[1] / 2, box[2] / 2, box[3] / 2)
        half = (-(-size[0] // 2), -(-size[1] // 2))
        smooth = Image.Resampling.BILINEAR
        return Planes(
            self.y.resize(size, smooth, box),
            self.u.resize(half, smooth, _within(half_box, self.u.size)),
            self.v.resize(half, smooth, _within(half_box, self.v.size)),
        )

    def mixed(self, other: Planes, part: float) -> Planes:
        """Return a dissolve to another picture of the same size; 0 is this one, 1 the other."""
        return self._with(other, lambda mine, theirs: Image.blend(mine, theirs, part))

    def copied(self) -> Planes:
        """Return planes of one's own, to be drawn upon."""
        return Planes(self.y.copy(), self.u.copy(), self.v.copy())

    def paste(self, other: Planes, corner: tuple[int, int], mask: Mask | None = None) -> None:
        """
        Draw another picture upon this one, in place.

        Its top left goes to ``corner``: even, so that colour falls on whole pixels. ``mask`` says how much of it shows,
        at full and at half size; all of it where None.
        """
        half = (corner[0] // 2, corner[1] // 2)
        self.y.paste(other.y, corner, mask[0] if mask else None)
        self.u.paste(other.u, half, mask[1] if mask else None)
        self.v.paste(other.v, half, mask[1] if mask else None)

    def as_frame(self) -> av.VideoFrame:
        """Return a frame for the encoder."""
        frame = av.VideoFrame(*self.size, "yuv420p")
        for plane, image in zip(frame.planes, (self.y, self.u, self.v), strict=True):
            rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
            rows[: image.height, : image.width] = np.asarray(image)
        return frame

    def _with(self, other: Planes, join: Callable[[Image.Image, Image.Image], Image.Image]) -> Planes:
        return Planes(join(self.y, other.y), join(self.u, other.u), join(self.v, other.v))


@dataclass(frozen=True, slots=True)
class Decal:
    """A lettered layer with its transparency, ready to be pasted upon frame after frame."""

    planes: Planes
    mask: Mask

    @classmethod
    def from_image(cls, image: Image.Image) -> Decal:
        """Return an RGBA picture of even width and height as a layer."""
        alpha = image.getchannel("A")
        return cls(
            Planes.from_image(image), (alpha, alpha.resize((image.width // 2, image.height // 2), Image.Resampling.BOX))
        )

    def paste_on(self, planes: Planes, corner: tuple[int, int]) -> None:
        """Draw it, its top left at an even corner."""
        planes.paste(self.planes, corner, self.mask)


def _within(box: tuple[float, float, float, float], size: tuple[int, int]) -> tuple[float, float, float, float]:
    return max(box[0], 0), max(box[1], 0), min(box[2], size[0]), min(box[3], size[1])


def _plane_image(plane: av.video.plane.VideoPlane, width: int, height: int) -> Image.Image:
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return Image.fromarray(np.ascontiguousarray(rows[:height, :width]))
