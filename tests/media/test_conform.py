"""Conforming on disk: exact lengths, the right frames, sound kept, and the take as it was."""

from __future__ import annotations

import hashlib
import json
import struct
from fractions import Fraction
from pathlib import Path

import av
import pytest

from second_unit.errors import MediaError
from second_unit.jobs.handoff import conformed_path, hand_off
from second_unit.media.conform import Conforming, conform_file
from second_unit.media.credentials import BOX_TYPE, read_credentials
from second_unit.timing import FrameRate

from .clips import read_number, write_clip


@pytest.fixture(scope="module")
def take(tmp_path_factory) -> Path:
    return write_clip(tmp_path_factory.mktemp("takes") / "SH010_take001.mp4", frames=49, rate=24, layout="stereo")


@pytest.mark.parametrize("rate", [24, 25, 30, 60, 23.976])
def test_a_take_lasts_as_long_at_any_rate(take, tmp_path, rate):
    made = conform_file(take, tmp_path / "made.mp4", Conforming(rate=FrameRate.from_number(rate)))
    wanted = FrameRate.from_number(rate)
    assert (wanted, wanted.nearest_frame(Fraction(49, 24))) == (made.rate, made.frames)


def test_nearest_shows_the_frame_of_the_take_that_is_nearest_in_time(take, tmp_path):
    conform_file(take, tmp_path / "made.mp4", Conforming(rate=FrameRate(48)))
    numbers = _numbers(tmp_path / "made.mp4")
    assert all(abs(number - index / 2) <= 0.5 for index, number in enumerate(numbers))


@pytest.mark.parametrize("how", ["blended", "interpolated"])
def test_smooth_motion_keeps_the_takes_own_frames_where_they_meet(take, tmp_path, how):
    made = conform_file(take, tmp_path / "made.mp4", Conforming(rate=FrameRate(48), how=how))
    assert made.frames == 98
    assert list(range(0, 48, 6)) == _numbers(tmp_path / "made.mp4")[:96:12]


@pytest.mark.parametrize(
    ("codec", "told"),
    [("prores", ("prores", "yuv422p10le", "pcm_s24le")), ("dnxhr", ("dnxhd", "yuv422p", "pcm_s24le"))],
)
def test_editing_codecs_come_with_pcm_beside_them(take, tmp_path, codec, told):
    made = conform_file(take, tmp_path / "made.mov", Conforming(codec=codec))
    assert told == (made.codec, made.pixel_format, made.audio_codec)
    assert list(range(49)) == _numbers(tmp_path / "made.mov")


def test_sound_is_copied_packet_by_packet_where_its_length_stays(take, tmp_path):
    conform_file(take, tmp_path / "made.mp4", Conforming(rate=FrameRate(30)))
    assert _sound_packets(take) == _sound_packets(tmp_path / "made.mp4")


def test_a_slowed_take_is_longer_and_its_sound_with_it(take, tmp_path):
    made = conform_file(take, tmp_path / "made.mp4", Conforming(slower=Fraction(1, 20)))
    assert 52 == made.frames  # 49 / 0.95 = 51.6
    assert abs(made.audio_seconds - made.seconds) < Fraction(1, 20)


def test_more_than_a_tenth_slower_is_refused(take, tmp_path):
    with pytest.raises(MediaError, match="can't be slowed by 20%"):
        conform_file(take, tmp_path / "made.mp4", Conforming(slower=Fraction(1, 5)))


def test_nothing_is_overwritten(take, tmp_path):
    (tmp_path / "made.mp4").write_bytes(b"mine")
    with pytest.raises(MediaError, match="is there already"):
        conform_file(take, tmp_path / "made.mp4", Conforming())
    assert b"mine" == (tmp_path / "made.mp4").read_bytes()


def test_a_codec_that_the_name_does_not_fit_is_refused_by_name(take, tmp_path):
    with pytest.raises(MediaError, match=r"'made.mp4': prores is written into \.mov"):
        conform_file(take, tmp_path / "made.mp4", Conforming(codec="prores"))


def test_a_file_handed_off_tells_its_story_and_leaves_the_take_alone(take, tmp_path):
    (tmp_path / take.name).write_bytes(take.read_bytes())
    ours = tmp_path / take.name
    ours.with_suffix(".json").write_text(json.dumps({"service": "seedance", "task": "cgt-1", "prompt": "A red door"}))
    wanted = Conforming(codec="copy")
    hand_off(ours, made := conformed_path(ours, wanted), wanted)
    page = json.loads(made.with_suffix(".json").read_text())
    with av.open(str(made)) as container:
        comment = json.loads(container.metadata["comment"])
    assert take.read_bytes() == ours.read_bytes()
    assert ("seedance", "cgt-1", "A red door", ours.name) == tuple(
        comment[key] for key in ("service", "task", "prompt", "made_from")
    )
    assert hashlib.sha256(made.read_bytes()).hexdigest() == page["sha256"]
    assert page["take"]["task"] == "cgt-1"
    assert list(range(49)) == _numbers(made)


def test_content_credentials_stay_in_the_take_and_a_copy_goes_along(take, tmp_path):
    signed = tmp_path / "signed.mp4"
    manifest = struct.pack(">I4s", 24, b"jumb") + b"a manifest store"
    content = BOX_TYPE + bytes(4) + b"manifest\0" + bytes(8) + manifest
    signed.write_bytes(take.read_bytes() + struct.pack(">I4s", 8 + len(content), b"uuid") + content)
    made = tmp_path / "made.mp4"
    hand_off(signed, made, Conforming())
    assert manifest == read_credentials(signed) == made.with_suffix(".c2pa").read_bytes()
    assert read_credentials(made) is None
    assert "don't vouch for it" in json.loads(made.with_suffix(".json").read_text())["content_credentials"]


def test_a_take_without_credentials_has_none(take):
    assert read_credentials(take) is None


def _numbers(path: Path) -> list[int]:
    with av.open(str(path)) as container:
        return [read_number(frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]


def _sound_packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]
