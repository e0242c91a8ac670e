"""Preparing a still: as it is where the model takes it so, else upright, opaque and within limits."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from second_unit.catalog.capabilities import ReferenceLimits
from second_unit.media.image import Colour, open_picture
from second_unit.media.keeping import content_mark, keep
from second_unit.media.target import fit, is_within, refuse, strip_of
from second_unit.plan import OrderReference

_ORIENTATION = 0x0112
# Photographs stay photographs: at this quality and full colour a model sees no difference, and 12 megapixels are 5 MB.
_QUALITIES = (95, 90, 82, 70)


def prepare_picture(
    reference: OrderReference, path: Path, limits: ReferenceLimits, folder: Path, background: Colour
) -> Path:
    """
    Return a picture file that the model takes.

    The file itself where nothing has to be done to it. Else a PNG where it came without loss and stays small, or a
    JPEG. Larger pictures are scaled down, smaller ones up to the least the model takes, shapes beyond its ratios padded
    with ``background``.

    Raises:
        MissingMedia, UnreadableMedia: there is no such picture.
        OverLimit: it can't be made small enough.
    """
    if _goes_as_it_is(path, limits):
        return path
    suffix = ".png" if _is_small_and_lossless(path) and _takes("png", limits) else ".jpg"
    recipe = {"make": "picture", "limits": limits.model_dump(mode="json"), "background": background, "as": suffix}

    def make(part: Path) -> None:
        image = open_picture(path, at_least=limits.most_side, background=background, strip=strip_of(reference))
        _save(reference, _fitted(image, limits, background), part, limits)

    return keep(folder, [content_mark(path)], recipe, suffix, make)


def picture_size(path: Path) -> tuple[int, int]:
    """Return width and height as it is seen, EXIF orientation honoured."""
    try:
        with Image.open(path) as image:
            width, height = image.size
            return (height, width) if image.getexif().get(_ORIENTATION, 1) >= 5 else (width, height)
    except UnidentifiedImageError:
        return open_picture(path).size


def _goes_as_it_is(path: Path, limits: ReferenceLimits) -> bool:
    try:
        with Image.open(path) as image:
            plain = image.mode in {"RGB", "L"} and not image.has_transparency_data and not image.info.get("icc_profile")
            turned = image.getexif().get(_ORIENTATION, 1) != 1
            moving = getattr(image, "n_frames", 1) > 1
            takes = _takes((image.format or "").lower(), limits)
            small = path.stat().st_size <= (limits.most_bytes or path.stat().st_size)
            return plain and takes and small and not turned and not moving and is_within(*image.size, limits)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return False


def _takes(kind: str, limits: ReferenceLimits) -> bool:
    # Where no formats are known, what every service takes.
    return kind in (limits.formats or ("jpeg", "png", "webp"))


def _is_small_and_lossless(path: Path) -> bool:
    try:
        with Image.open(path) as image:
            return image.format in {"PNG", "BMP", "TIFF", "GIF"} and image.width * image.height <= 4_000_000
    except (OSError, Image.DecompressionBombError):
        return False


def _fitted(image: Image.Image, limits: ReferenceLimits, background: Colour) -> Image.Image:
    wanted = fit(image.width, image.height, limits)
    if wanted.scaled != image.size:
        image = image.resize(wanted.scaled, Image.Resampling.LANCZOS, reducing_gap=3)
    if wanted.padded == image.size:
        return image
    ground = Image.new("RGB", wanted.padded, background)
    ground.paste(image, ((ground.width - image.width) // 2, (ground.height - image.height) // 2))
    return ground


def _save(reference: OrderReference, image: Image.Image, part: Path, limits: ReferenceLimits) -> None:
    most = limits.most_bytes
    if part.suffix == ".png":
        image.save(part, "PNG")
        if most is None or part.stat().st_size <= most:
            return
        refuse(reference, f"as PNG it is larger than {most:,} bytes", "Scale it down, or save it as JPEG.")
    for quality in _QUALITIES:
        written = io.BytesIO()
        image.save(written, "JPEG", quality=quality, subsampling=0 if quality > 90 else 2)
        if most is None or written.tell() <= most:
            part.write_bytes(written.getvalue())
            return
    refuse(reference, f"it can't be made smaller than {most:,} bytes", "Scale it down.")
