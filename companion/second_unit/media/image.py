"""Stills, opened the way a viewer shows them: upright, opaque, 8-bit sRGB."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from second_unit.errors import UnreadableMedia
from second_unit.media.opening import check_is_file, open_media, picture_stream

# Pillow warns at 89 million pixels, and refuses at twice its limit: photographs and scans of a real production are
# larger. 600 million pixels of RGB are 1.8 GB, as much as one still may cost.
Image.MAX_IMAGE_PIXELS = 600_000_000

Colour = tuple[int, int, int]


def open_picture(
    path: Path, *, at_least: int | None = None, background: Colour = (0, 0, 0), strip: str | None = None
) -> Image.Image:
    """
    Return a still as RGB: turned as its EXIF says, its transparency laid on ``background``, its colours in sRGB.

    Args:
        path: whatever Pillow reads, else whatever FFmpeg does (OpenEXR, DPX, …).
        at_least: the larger side that is needed; a JPEG is then decoded at the nearest size above, which is faster.
        background: what shows through.
        strip: named in errors.

    Raises:
        MissingMedia: there is no such file.
        UnreadableMedia: it is no picture that can be decoded.
    """
    check_is_file(path, strip=strip)
    try:
        with Image.open(path) as image:
            if at_least:
                image.draft("RGB", (at_least, at_least))
            upright = ImageOps.exif_transpose(image)
            return flatten(in_srgb(in_eight_bits(upright)), background)
    except UnidentifiedImageError:
        return _open_with_ffmpeg(path, background, strip)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise UnreadableMedia(
            f"The picture '{path.name}' can't be read: {error}.", remedy="Export it again.", strip=strip
        ) from error


def in_eight_bits(image: Image.Image) -> Image.Image:
    """Return a picture of 8 bits a channel. 16-bit greys keep their upper byte, floating ones are cut at 0 and 1."""
    if image.mode.startswith("I"):
        deep = np.asarray(image).astype(np.int64)
        return Image.fromarray((np.clip(deep, 0, 65535) >> 8).astype(np.uint8))
    if image.mode == "F":
        return Image.fromarray((np.clip(np.asarray(image), 0, 1) * 255 + 0.5).astype(np.uint8))
    return image


def in_srgb(image: Image.Image) -> Image.Image:
    """Return the picture with the colours of its embedded profile brought to sRGB; as it is where it has none."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in {"RGB", "RGBA", "CMYK", "L"}:
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        wanted = "RGBA" if image.mode == "RGBA" else "RGB"
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=wanted)
    except ImageCms.PyCMSError:
        # A damaged or mismatched profile is common in the wild; viewers show such a picture without it.
        return image
    return converted if converted is not None else image


def flatten(image: Image.Image, background: Colour = (0, 0, 0)) -> Image.Image:
    """Return RGB, transparency laid on one colour."""
    if image.mode == "RGB":
        return image.copy()
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    ground = Image.new("RGBA", layer.size, (*background, 255))
    return Image.alpha_composite(ground, layer).convert("RGB")


def _open_with_ffmpeg(path: Path, background: Colour, strip: str | None) -> Image.Image:
    with open_media(path, strip=strip) as container:
        picture = picture_stream(container)
        try:
            if picture is None:
                raise UnreadableMedia(f"'{path.name}' is no picture.", remedy="Choose another file.", strip=strip)
            frame = next(container.decode(picture))
            layer: Image.Image = frame.reformat(format="rgba").to_image()  # type: ignore[no-untyped-call] # PyAV's own
            return flatten(layer, background)
        except (av.FFmpegError, StopIteration) as error:
            raise UnreadableMedia(
                f"The picture '{path.name}' can't be decoded.", remedy="Export it as PNG.", strip=strip
            ) from error
