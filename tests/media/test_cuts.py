"""Finding cuts: to the frame where they are hard, in order, and not where there are none."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from second_unit.errors import UnreadableMedia
from second_unit.media.cuts import find_cuts, search_cuts
from second_unit.media.facts import TakeCuts

RATE = 24
SIZE = (160, 90)


def test_a_cut_is_found_on_its_frame_however_far_from_plan(tmp_path):
    take = _write(tmp_path / "take.mp4", _cut_at(100, 133))
    found = find_cuts(take, [Fraction(5)])
    assert [Fraction(100, RATE)] == [cut.seconds for cut in found]
    assert found[0].confidence >= 0.8


def test_a_cut_farther_than_the_reach_is_not_there(tmp_path):
    take = _write(tmp_path / "take.mp4", _cut_at(60, 160))
    assert (None,) == find_cuts(take, [Fraction(5)])


def test_a_flash_inside_a_shot_is_no_cut(tmp_path):
    pictures = _cut_at(200, 201)
    pictures[70] = pictures[71] = np.full_like(pictures[0], 250)
    assert (None,) == find_cuts(_write(tmp_path / "take.mp4", pictures), [Fraction(3)])


def test_a_flash_on_a_cut_belongs_to_the_new_shot(tmp_path):
    """The rehearsal's sync pops are white frames, first of each shot."""
    pictures = _cut_at(70, 140)
    pictures[70] = np.full_like(pictures[0], 250)
    (cut,) = find_cuts(_write(tmp_path / "take.mp4", pictures), [Fraction(3)])
    assert Fraction(70, RATE) == cut.seconds


def test_a_dissolve_is_cut_near_its_middle_with_less_confidence(tmp_path):
    old, new = _shot(1, 140), _shot(2, 140)
    parts = [min(1.0, max(0.0, (number - 62) / 16)) for number in range(140)]
    mixed = [(a * (1 - part) + b * part).astype(np.uint8) for a, b, part in zip(old, new, parts, strict=True)]
    (cut,) = find_cuts(_write(tmp_path / "take.mp4", mixed), [Fraction(3)])
    assert abs(cut.seconds * RATE - 70) <= 4
    assert cut.confidence < 0.8


def test_cuts_are_matched_in_order_and_one_that_is_missing_is_none(tmp_path):
    pictures = _shot(1, 90) + _shot(2, 150) + _shot(3, 60)
    found = find_cuts(_write(tmp_path / "take.mp4", pictures), [Fraction(4), Fraction(7), Fraction(10)])
    assert [Fraction(90, RATE), None, Fraction(240, RATE)] == [cut and cut.seconds for cut in found]


def test_a_cut_that_nobody_planned_is_told(tmp_path):
    take = _write(tmp_path / "take.mp4", _shot(1, 48) + _shot(2, 72) + _shot(3, 72))
    cuts = search_cuts(take, [Fraction(5)])
    assert ([Fraction(5)], [Fraction(2)]) == ([c.seconds for c in cuts.found], [c.seconds for c in cuts.extra])


def test_a_shot_without_cuts_has_none(tmp_path):
    take = _write(tmp_path / "take.mp4", _shot(1, 120))
    assert TakeCuts(found=(None,)) == search_cuts(take, [Fraction(2)])


def test_a_sound_file_has_no_cuts_to_find(tmp_path):
    path = tmp_path / "garbage.mp4"
    path.write_bytes(b"not a movie" * 100)
    with pytest.raises(UnreadableMedia):
        find_cuts(path, [Fraction(1)])


@pytest.mark.skipif(not (Path(__file__).parents[3] / "shared" / "media").is_dir(), reason="needs the real footage")
def test_hard_cuts_over_real_footage_are_found_to_the_frame(tmp_path):
    """Three takes of `python -m benchmarks cuts`, which measures 200."""
    from benchmarks._cut_takes import make_take

    hits = hard = false = reported = 0
    for seed in range(2003, 2006):
        take = make_take(tmp_path / f"{seed}.mp4", seed)
        found = find_cuts(take.path, [cut.planned_seconds for cut in take.cuts])
        for cut, there in zip(take.cuts, found, strict=True):
            frame = None if there is None else round(there.seconds * RATE)
            is_right = frame is not None and cut.how != "missing" and abs(frame - cut.frame) <= cut.half
            hard += cut.how in {"hard", "flash"}
            hits += cut.how in {"hard", "flash"} and is_right
            reported += frame is not None
            false += frame is not None and not is_right
    assert (hard, 0) == (hits, false)
    assert reported >= hard


def _shot(seed: int, frames: int) -> list[np.ndarray]:
    """Return a shot of a textured picture that drifts: its own colours, its own place."""
    chance = np.random.default_rng(seed)
    blocks = chance.integers(20, 230, (12, 40, 3), dtype=np.uint8)
    field = np.repeat(np.repeat(blocks, 8, axis=0), 8, axis=1)
    return [field[: SIZE[1], number // 3 : number // 3 + SIZE[0]] for number in range(frames)]


def _cut_at(frame: int, rest: int) -> list[np.ndarray]:
    return _shot(1, frame) + _shot(2, rest)


def _write(path: Path, pictures: list[np.ndarray]) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"preset": "ultrafast", "crf": "18"})
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for picture in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), "rgb24")))
        container.mux(stream.encode(None))
    return path
