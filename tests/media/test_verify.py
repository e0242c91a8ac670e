"""A take that isn't what was ordered is found out."""

from __future__ import annotations

from pathlib import Path

import pytest

from second_unit.errors import BrokenTake
from second_unit.media.verify import verify_take
from tests.media.clips import write_clip, write_noise
from tests.media.orders import REQUEST

TWO_SECONDS = REQUEST.model_copy(update={"duration_seconds": 2})


@pytest.fixture
def take(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "take.mp4", frames=49, rate=24, layout="mono", gop=24)


def test_a_whole_take_is_described(take: Path) -> None:
    facts = verify_take(take, TWO_SECONDS)

    assert (facts.frames, facts.channels) == (49, 1)


@pytest.mark.parametrize("part", [0.0, 0.3, 0.9])
def test_a_take_cut_short_is_broken(take: Path, part: float) -> None:
    content = take.read_bytes()
    take.write_bytes(content[: int(len(content) * part)])

    with pytest.raises(BrokenTake):
        verify_take(take, TWO_SECONDS)


def test_a_take_cut_short_after_its_index_is_broken(tmp_path: Path) -> None:
    take = write_clip(tmp_path / "take.mov", frames=49, rate=24, layout="mono")
    fast = tmp_path / "fast.mp4"
    _move_index_first(take, fast)
    content = fast.read_bytes()
    fast.write_bytes(content[: int(len(content) * 0.9)])

    with pytest.raises(BrokenTake):
        verify_take(fast, TWO_SECONDS)


def test_a_damaged_take_is_broken(take: Path) -> None:
    content = bytearray(take.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 600] = b"\x55" * 600
    take.write_bytes(content)

    with pytest.raises(BrokenTake):
        verify_take(take, TWO_SECONDS)


def test_a_take_without_the_sound_ordered_is_broken(tmp_path: Path) -> None:
    silent = write_clip(tmp_path / "take.mp4", frames=49, rate=24)

    with pytest.raises(BrokenTake, match="sound is missing"):
        verify_take(silent, TWO_SECONDS)


def test_a_take_ordered_silent_needs_no_sound(tmp_path: Path) -> None:
    silent = write_clip(tmp_path / "take.mp4", frames=49, rate=24)

    assert verify_take(silent, TWO_SECONDS.model_copy(update={"audio": False})).frames == 49
    assert verify_take(silent, TWO_SECONDS, expects_audio=False).frames == 49


def test_a_take_that_is_too_short_or_long_is_broken(take: Path) -> None:
    for seconds in (3, 5):
        with pytest.raises(BrokenTake, match=r"2.04 s"):
            verify_take(take, REQUEST.model_copy(update={"duration_seconds": seconds}))
    with pytest.raises(BrokenTake, match=r"2.04 s"):
        verify_take(take, REQUEST, expected_seconds=0.01)


def test_what_the_service_says_it_made_counts_before_the_order(take: Path) -> None:
    assert verify_take(take, REQUEST, expected_seconds=2.0).frames == 49


@pytest.mark.parametrize("content", [b"<html>Expired</html>" * 100, b'{"error": "expired"}'])
def test_an_error_page_is_no_take(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "take.mp4").write_bytes(content)

    with pytest.raises(BrokenTake) as caught:
        verify_take(tmp_path / "take.mp4", TWO_SECONDS, job="j1")

    assert caught.value.job == "j1"
    assert caught.value.retry


def test_a_sound_file_is_no_take(tmp_path: Path) -> None:
    with pytest.raises(BrokenTake):
        verify_take(write_noise(tmp_path / "take.wav", seconds=2), TWO_SECONDS)


def _move_index_first(source: Path, to: Path) -> None:
    import av

    with (
        av.open(str(source)) as container,
        av.open(str(to), "w", format="mp4", options={"movflags": "+faststart"}) as written,
    ):
        copies = {stream.index: written.add_stream_from_template(stream) for stream in container.streams}
        for packet in container.demux():
            if packet.dts is not None:
                packet.stream = copies[packet.stream_index]
                written.mux(packet)
