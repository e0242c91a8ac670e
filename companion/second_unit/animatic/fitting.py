"""Fitting a picture of any shape into the frame, without bars and without cutting off what matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageFilter

from second_unit.animatic.planes import GREY_CHROMA, Planes

if TYPE_CHECKING:
    import av

# Cropping a good quarter of a picture away still shows what it is about; beyond, it is shown whole over its own blur.
MOST_CROP = 1.4
# Stills are kept larger than the frame, so that a push in has something to show.
STILL_OVERSIZE = 1.2


def fit_still(image: Image.Image, size: tuple[int, int]) -> Planes:
    """Return an RGB still filling a stage of ``STILL_OVERSIZE`` times the frame, even in both directions."""
    stage = tuple(2 * round(side * STILL_OVERSIZE / 2) for side in size)
    width, height = stage[0], stage[1]
    if not _is_odd_shape(image.size, (width, height)):
        return Planes.from_image(_cover(image, (width, height)))
    ground = _cover(image.resize((max(8, width // 16), max(8, height // 16))), (width, height))
    ground = ground.filter(ImageFilter.GaussianBlur(width / 60)).point(lambda value: int(value * 0.42))
    whole = image.copy()
    scale = min(width / image.width, height / image.height)
    whole = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)
    ground.paste(whole, ((width - whole.width) // 2, (height - whole.height) // 2))
    return Planes.from_image(ground)


def fit_frame(frame: av.VideoFrame, size: tuple[int, int], turned: int = 0) -> Planes:
    """Return a movie's frame filling a picture of ``size``; ``turned`` degrees clockwise it is to be turned first."""
    seen = (frame.height, frame.width) if turned in {90, 270} else (frame.width, frame.height)
    if not turned and not _is_odd_shape(seen, size):
        return _cover_planes(Planes.from_frame(frame), size)
    return fit_turned(Planes.from_frame(frame), size, turned)


def fit_turned(planes: Planes, size: tuple[int, int], turned: int) -> Planes:
    """Return planes turned upright and shown whole over their own blur, or filling the frame where the shapes agree."""
    ways = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}
    if turned:
        way = ways[turned]
        planes = Planes(planes.y.transpose(way), planes.u.transpose(way), planes.v.transpose(way))
    if not _is_odd_shape(planes.size, size):
        return _cover_planes(planes, size)
    ground = _dimmed(_cover_planes(planes.seen((0, 0, *planes.size), (32, 32 * size[1] // size[0] // 2 * 2)), size))
    scale = min(size[0] / planes.size[0], size[1] / planes.size[1])
    whole = (2 * round(planes.size[0] * scale / 2), 2 * round(planes.size[1] * scale / 2))
    corner = ((size[0] - whole[0]) // 4 * 2, (size[1] - whole[1]) // 4 * 2)
    ground.paste(planes.seen((0, 0, *planes.size), whole), corner)
    return ground


def _is_odd_shape(inner: tuple[int, int], outer: tuple[int, int]) -> bool:
    ratio = (inner[0] / inner[1]) / (outer[0] / outer[1])
    return not 1 / MOST_CROP <= ratio <= MOST_CROP


def _cover_box(inner: tuple[int, int], outer: tuple[int, int]) -> tuple[float, float, float, float]:
    """Return the largest part of the shape of ``outer``, a little above the middle, where faces are."""
    width = min(inner[0], inner[1] * outer[0] / outer[1])
    height = min(inner[1], inner[0] * outer[1] / outer[0])
    left, top = (inner[0] - width) / 2, (inner[1] - height) * 0.42
    return left, top, left + width, top + height


def _cover(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    return image.resize(size, Image.Resampling.BICUBIC, _cover_box(image.size, size), reducing_gap=3)


def _cover_planes(planes: Planes, size: tuple[int, int]) -> Planes:
    if planes.size == size:
        return planes
    return planes.seen(_cover_box(planes.size, size), size)


def _dimmed(planes: Planes) -> Planes:
    def dim(value: int) -> int:
        return 16 + int((value - 16) * 0.42)

    def pale(value: int) -> int:
        return GREY_CHROMA + int((value - GREY_CHROMA) * 0.6)

    return Planes(planes.y.point(dim), planes.u.point(pale), planes.v.point(pale))
