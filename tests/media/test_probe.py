"""What a file holds, counted."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from second_unit.errors import MissingMedia, UnreadableMedia
from second_unit.media.probe import fingerprint_media, probe
from second_unit.timing import FrameRate
from tests.media.clips import write_clip, write_noise


def test_frames_are_counted_and_the_rate_is_exact(tmp_path: Path) -> None:
    facts = probe(write_clip(tmp_path / "a.mp4", frames=47, rate=Fraction(30_000, 1001)))

    assert (47, FrameRate(30_000, 1001), False) == (facts.frames, facts.rate, facts.is_variable)
    assert Fraction(47 * 1001, 30_000) == facts.seconds


def test_sound_is_told_with_its_length(tmp_path: Path) -> None:
    facts = probe(write_clip(tmp_path / "a.mp4", layout="stereo"))

    assert (48_000, 2, Fraction(2)) == (facts.sample_rate, facts.channels, facts.audio_seconds)


def test_a_sound_file_has_no_frames(tmp_path: Path) -> None:
    facts = probe(write_noise(tmp_path / "a.wav", seconds=1.5, layout="mono", sample_rate=8000))

    assert (0, None, Fraction(3, 2), 8000, 1) == (
        facts.frames,
        facts.rate,
        facts.seconds,
        facts.sample_rate,
        facts.channels,
    )


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_size_is_as_seen_once_turned(tmp_path: Path, turn: int) -> None:
    facts = probe(write_clip(tmp_path / "a.mp4", frames=4, rotation=-turn))

    assert ((180, 320) if turn != 180 else (320, 180)) == (facts.width, facts.height)
    assert turn == facts.rotation


def test_uneven_frames_are_told(tmp_path: Path) -> None:
    times = [Fraction(n, 30) + Fraction(n // 10, 15) for n in range(60)]
    facts = probe(write_clip(tmp_path / "a.mp4", times=times))

    assert (facts.frames, facts.is_variable) == (60, True)


def test_milliseconds_of_matroska_are_no_unevenness(tmp_path: Path) -> None:
    facts = probe(write_clip(tmp_path / "a.mkv", frames=90, rate=Fraction(30_000, 1001)))

    assert (facts.frames, facts.is_variable) == (90, False)
    assert FrameRate(30_000, 1001) == facts.rate


def test_a_picture_is_one_frame_that_lasts_no_time(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((20, 30, 3), np.uint8)).save(tmp_path / "a.png")
    facts = probe(tmp_path / "a.png")

    assert (1, Fraction(0), 30, 20) == (facts.frames, facts.seconds, facts.width, facts.height)


def test_names_with_any_letters_and_colons_are_files(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", frames=4).rename(tmp_path / "夜明け: http — %03d.mp4")

    assert probe(path).frames == 4


def test_a_missing_file_is_named_with_its_strip(tmp_path: Path) -> None:
    with pytest.raises(MissingMedia) as caught:
        probe(tmp_path / "gone.mp4", strip="SH010")

    assert caught.value.strip == "SH010"
    assert "gone.mp4" in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"no movie at all" * 40, bytes(4096)])
def test_what_is_no_media_is_unreadable(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.mp4").write_bytes(content)

    with pytest.raises(UnreadableMedia):
        probe(tmp_path / "a.mp4")


def test_a_fingerprint_is_the_sha256_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")

    assert fingerprint_media(tmp_path / "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
