"""Stills made ready: upright, opaque, 8-bit, within limits; as they are where nothing has to be done."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from second_unit.errors import MissingMedia, OverLimit, UnreadableMedia
from second_unit.shots import ReferenceKind
from tests.media.clips import psnr
from tests.media.orders import IMAGE, prepare

KIND = ReferenceKind.IMAGE
MEDIA = Path(__file__).resolve().parents[3] / "shared" / "media"


def _photograph(width: int, height: int) -> Image.Image:
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    picture = np.stack((x, y, (x + y) / 2), axis=-1) * 200 + 20 * np.sin(x * 40)[..., None] + 20
    return Image.fromarray(picture.clip(0, 255).astype(np.uint8))


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp"])
def test_a_picture_within_the_limits_goes_as_it_is(tmp_path: Path, name: str) -> None:
    _photograph(640, 360).save(tmp_path / name)

    assert tmp_path / name == prepare(KIND, tmp_path / name, tmp_path / "made", IMAGE).path


def test_exif_orientation_is_carried_out(tmp_path: Path) -> None:
    picture = _photograph(640, 400)
    exif = Image.Exif()
    exif[0x0112] = 6
    picture.save(tmp_path / "a.jpg", exif=exif, quality=95)
    made = prepare(KIND, tmp_path / "a.jpg", tmp_path / "made", IMAGE)
    upright = picture.transpose(Image.Transpose.ROTATE_270)

    assert (made.width, made.height) == (400, 640)
    assert psnr(np.asarray(upright), np.asarray(Image.open(made.path))) > 30


def test_transparency_is_laid_on_the_chosen_colour(tmp_path: Path) -> None:
    picture = _photograph(400, 400).convert("RGBA")
    picture.putalpha(Image.new("L", (400, 400), 0))
    picture.save(tmp_path / "a.png")
    made = prepare(KIND, tmp_path / "a.png", tmp_path / "made", IMAGE, background="#3366cc")

    assert Image.open(made.path).convert("RGB").getpixel((200, 200)) == (0x33, 0x66, 0xCC)


def test_a_palette_with_transparency_is_flattened_too(tmp_path: Path) -> None:
    picture = Image.new("P", (400, 400), 0)
    picture.putpalette([255, 0, 0, 0, 255, 0])
    picture.save(tmp_path / "a.png", transparency=0)
    made = prepare(KIND, tmp_path / "a.png", tmp_path / "made", IMAGE, background="#ffffff")

    assert Image.open(made.path).convert("RGB").getpixel((5, 5)) == (255, 255, 255)


def test_sixteen_bits_become_eight(tmp_path: Path) -> None:
    deep = (np.linspace(0, 65535, 400 * 400).reshape(400, 400)).astype(np.uint16)
    Image.fromarray(deep).save(tmp_path / "a.png")
    made = np.asarray(Image.open(prepare(KIND, tmp_path / "a.png", tmp_path / "made", IMAGE).path).convert("L"))

    assert np.abs(made.astype(int) - (deep >> 8)).max() <= 1


def test_a_huge_picture_is_scaled_down(tmp_path: Path) -> None:
    Image.new("RGB", (12_000, 8_000), (90, 120, 40)).save(tmp_path / "a.jpg", quality=60)
    made = prepare(KIND, tmp_path / "a.jpg", tmp_path / "made", IMAGE)

    assert (made.width, made.height) == (6000, 4000)
    assert made.bytes < 29_999_999


def test_a_small_picture_is_enlarged_to_the_least_side(tmp_path: Path) -> None:
    _photograph(100, 80).save(tmp_path / "a.png")
    made = prepare(KIND, tmp_path / "a.png", tmp_path / "made", IMAGE)

    assert (made.width, made.height) == (375, 300)


@pytest.mark.parametrize("size", [(2000, 400), (400, 2000)])
def test_a_shape_beyond_the_ratios_is_padded_not_cropped(tmp_path: Path, size: tuple[int, int]) -> None:
    Image.new("RGB", size, (250, 250, 250)).save(tmp_path / "a.png")
    made = prepare(KIND, tmp_path / "a.png", tmp_path / "made", IMAGE)
    picture = np.asarray(Image.open(made.path).convert("L"))

    assert made.width is not None
    assert made.height is not None
    assert 0.4 <= made.width / made.height <= 2.5
    assert (size[0] * size[1]) == pytest.approx((picture > 128).sum(), rel=0.02)


def test_a_picture_that_is_too_large_in_bytes_is_coded_smaller(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (900, 1600, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "a.bmp")
    limits = IMAGE.model_copy(update={"most_bytes": 2_000_000, "formats": ("jpeg",)})

    assert prepare(KIND, tmp_path / "a.bmp", tmp_path / "made", limits).bytes <= 2_000_000


def test_one_that_cannot_be_made_small_enough_is_refused_by_name(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (900, 1600, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "a.bmp")

    with pytest.raises(OverLimit, match=r"'A' \(Image 1\)"):
        prepare(KIND, tmp_path / "a.bmp", tmp_path / "made", IMAGE.model_copy(update={"most_bytes": 30_000}))


def test_missing_empty_and_broken_pictures_are_named(tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 and no more")
    with pytest.raises(MissingMedia, match=r"gone.png"):
        prepare(KIND, tmp_path / "gone.png", tmp_path / "made", IMAGE)
    for name in ("empty.png", "broken.jpg"):
        with pytest.raises(UnreadableMedia, match=name):
            prepare(KIND, tmp_path / name, tmp_path / "made", IMAGE)


def test_long_paths_and_any_letters_are_read(tmp_path: Path) -> None:
    folder = tmp_path / ("非常に長い名前" * 8) / ("очень длинное имя " * 4).strip()
    folder.mkdir(parents=True)
    _photograph(64, 64).save(folder / "画像.png")

    assert (
        (made := prepare(KIND, folder / "画像.png", tmp_path / "made", IMAGE)).width,
        made.height,
    ) == (300, 300)


@pytest.mark.skipif(not MEDIA.is_dir(), reason="real photographs aren't beside the project")
def test_real_photographs_go_as_they_are() -> None:
    names = ("elva.jpg", "red-panda.jpg", "wild-bear.jpg")

    assert [MEDIA / name for name in names] == [
        prepare(KIND, MEDIA / name, MEDIA / "never-made", IMAGE).path for name in names
    ]
