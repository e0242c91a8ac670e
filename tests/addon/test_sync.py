"""
Picture and sound stay where they belong: rendered through the sequencer, and measured.

Sound within 5 ms, picture within one frame of the take (within 5 ms where the rates agree), at every rate of the
edit, for a whole take, a trimmed one, one whose edit changed its rate, shots cut from one take, and other takes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import pytest

from addon.placing.lay_strips import picture_start, scene_rate
from addon.placing.place_takes import place_takes
from addon.placing.refit_takes import refit_takes
from addon.placing.switch_takes import switch_take
from addon.sequencer import LEFT_HANDLE, left_handle, right_handle
from second_unit.takes import Placement
from second_unit.timing import FrameRange, FrameRate

from .flash_and_pop import POP_SECONDS, Measured, measure, prepare_scene, render_edit, write_take

RATES = {
    "23.976": (24, 1.001),
    "24": (24, 1.0),
    "25": (25, 1.0),
    "29.97": (30, 1.001),
    "30": (30, 1.0),
    "50": (50, 1.0),
    "59.94": (60, 1.001),
    "60": (60, 1.0),
}
TAKE_RATE = Fraction(24)
# Not quite all of the take: its last pop would begin with the end of the render.
MOST = Fraction(59, 10)
SOUND_SECONDS = 0.005
PICTURE_SECONDS = float(1 / TAKE_RATE)
every_rate = pytest.mark.parametrize("rate", RATES.values(), ids=RATES)


@dataclass(frozen=True)
class Stretch:
    """Frames of the edit, which moment of the take belongs on the first of them, and the take's own rate."""

    frames: range
    source_start: Fraction
    take_rate: Fraction = TAKE_RATE


@pytest.fixture(scope="module")
def take(tmp_path_factory) -> Path:
    """A take of 6 s as services send it: 24·6 + 1 frames."""
    return write_take(tmp_path_factory.mktemp("takes") / "take.mp4", frames=145)


@pytest.fixture(scope="module")
def long_take(tmp_path_factory) -> Path:
    """A take of 13 s that holds several shots."""
    return write_take(tmp_path_factory.mktemp("takes") / "long.mp4", frames=24 * 13 + 1)


@pytest.fixture(scope="module")
def fast_take(tmp_path_factory) -> Path:
    """A take of 10 s at 30 frames a second."""
    return write_take(tmp_path_factory.mktemp("takes") / "fast.mp4", frames=301, rate=Fraction(30))


def test_the_instrument_reads_a_known_file_to_a_tenth_of_a_millisecond(take):
    measured = measure(take)
    assert measured.numbers == tuple(range(145))
    assert measured.flashes == (1, 2, 3, 4, 5, 6)
    assert measured.pops == pytest.approx((1, 2, 3, 4, 5, 6), abs=1e-4)


@every_rate
def test_a_take_is_in_sync_from_its_first_frame_to_its_last(scene, take, tmp_path, rate):
    edit = prepare_scene(scene, rate)
    frames = range(1, 1 + scene_rate(edit).floor_frame(MOST))
    place_takes(edit, [_placement(take, frames)])
    _assert_in_sync(edit, tmp_path, Stretch(frames, Fraction(0)))


@every_rate
def test_a_take_stays_in_sync_when_its_left_handle_is_trimmed_by_a_second(scene, take, tmp_path, rate):
    edit = prepare_scene(scene, rate)
    second = scene_rate(edit).nominal
    frames = range(1, 1 + scene_rate(edit).floor_frame(MOST))
    place_takes(edit, [_placement(take, frames)])
    for strip in edit.sequence_editor.strips:
        setattr(strip, LEFT_HANDLE, left_handle(strip) + second)
    _assert_in_sync(edit, tmp_path, Stretch(frames[second:], scene_rate(edit).seconds(second)))


@every_rate
def test_a_take_stays_in_sync_when_the_rate_of_the_edit_is_changed(scene, take, tmp_path, rate):
    edit = prepare_scene(scene, (25, 1.0) if rate != (25, 1.0) else (30, 1.0))
    place_takes(edit, [_placement(take, range(1, 141))])
    edit.render.fps, edit.render.fps_base = rate
    # Blender keeps where a trimmed end stands in frames, and now the frames are longer or shorter.
    end = min(right_handle(strip) for strip in edit.sequence_editor.strips)
    _assert_in_sync(edit, tmp_path, Stretch(range(1, end), Fraction(0)))


@every_rate
def test_shots_cut_from_one_take_start_on_their_first_frames_and_stay_in_sync(scene, long_take, tmp_path, rate):
    """11 s are 263.74 frames at 23.976 and 329.67 at 29.97: sound is laid between the frames there."""
    edit = prepare_scene(scene, rate)
    shots = _shots(
        scene_rate(edit), seconds=(Fraction(19, 10), Fraction(19, 10), Fraction(95, 100)), windows=(0, 5, 11)
    )
    place_takes(edit, [_placement(long_take, shot.frames, shot.source_start) for shot in shots])
    _assert_in_sync(edit, tmp_path, *shots)


@every_rate
def test_shots_trimmed_and_cut_from_one_take_are_fitted_to_another_rate_of_the_edit(scene, long_take, tmp_path, rate):
    """
    The frames stay; what a shot shows on its first frame stays too, and from there it plays at its true speed.

    Blender alone would leave the second picture over the third, and each sound apart from its picture.
    """
    before = (25, 1.0) if rate != (25, 1.0) else (30, 1.0)
    edit = prepare_scene(scene, before)
    shots = _shots(scene_rate(edit), seconds=(Fraction(19, 10), Fraction(19, 10), Fraction(1)), windows=(0, 5, 11))
    place_takes(edit, [_placement(long_take, shot.frames, shot.source_start) for shot in shots])
    for name in ("SH010 take 1", "SH010 take 1 sound"):
        strip = edit.sequence_editor.strips[name]
        setattr(strip, LEFT_HANDLE, left_handle(strip) + before[0])
    edit.render.fps, edit.render.fps_base = rate
    assert len(refit_takes(edit)) == 6
    first = Stretch(range(shots[0].frames.start + before[0], shots[0].frames.stop), Fraction(1))
    _assert_in_sync(edit, tmp_path, first, *shots[1:])


@every_rate
def test_shots_stay_in_sync_when_another_take_is_chosen(scene, take, long_take, tmp_path, rate):
    """The other take is longer, and its second shot begins elsewhere: at its own frame 149."""
    edit = prepare_scene(scene, rate)
    shots = _shots(scene_rate(edit), seconds=(Fraction(19, 10), Fraction(29, 10)), windows=(0, 2))
    place_takes(edit, [_placement(take, shot.frames, shot.source_start) for shot in shots])
    others = [replace(shots[0], source_start=Fraction(1)), replace(shots[1], source_start=Fraction(149, 24))]
    for picture, shot in zip(("SH010 take 1", "SH010 take 1.001"), others, strict=True):
        switch_take(edit, [picture], _placement(long_take, shot.frames, shot.source_start, number=2))
    _assert_in_sync(edit, tmp_path, *others)


@every_rate
def test_shots_stay_in_sync_when_a_take_of_another_rate_is_chosen(scene, take, fast_take, tmp_path, rate):
    """The other take runs at 30 fps; its second shot begins 6.5 s into it. The second shot was trimmed by a second."""
    edit = prepare_scene(scene, rate)
    shots = _shots(scene_rate(edit), seconds=(Fraction(19, 10), Fraction(29, 10)), windows=(0, 2))
    place_takes(edit, [_placement(take, shot.frames, shot.source_start) for shot in shots])
    second = scene_rate(edit).nominal
    for name in ("SH010 take 1.001", "SH010 take 1 sound.001"):
        strip = edit.sequence_editor.strips[name]
        setattr(strip, LEFT_HANDLE, left_handle(strip) + second)
    others = [replace(shots[0], source_start=Fraction(1)), replace(shots[1], source_start=Fraction(13, 2))]
    for picture, shot in zip(("SH010 take 1", "SH010 take 1.001"), others, strict=True):
        switch_take(edit, [picture], _placement(fast_take, shot.frames, shot.source_start, number=2))
    trimmed = Stretch(others[1].frames[second:], others[1].source_start + scene_rate(edit).seconds(second))
    stretches = (others[0], trimmed)
    _assert_in_sync(edit, tmp_path, *(replace(stretch, take_rate=Fraction(30)) for stretch in stretches))


def _placement(file: Path, frames: range, source_start: Fraction = Fraction(0), number: int = 1) -> Placement:
    return Placement(
        name="SH010",
        file=file,
        range=FrameRange(frames.start, frames.stop),
        source_start_seconds=source_start,
        job="job-1",
        take=number,
    )


def _shots(rate: FrameRate, seconds: tuple[Fraction, ...], windows: tuple[int, ...]) -> list[Stretch]:
    ends = [1]
    for each in seconds:
        ends.append(ends[-1] + rate.floor_frame(each))
    return [Stretch(range(ends[i], ends[i + 1]), Fraction(windows[i])) for i in range(len(windows))]


def _assert_in_sync(scene, folder: Path, *stretches: Stretch) -> None:
    rate = scene_rate(scene)
    first = stretches[0].frames.start
    measured = render_edit(scene, folder / "edit.mp4", range(first, stretches[-1].frames.stop))
    for stretch in stretches:
        _assert_picture(measured, stretch, first, rate)
    _assert_sound(measured, stretches, first, rate)


def _assert_picture(measured: Measured, stretch: Stretch, first: int, rate: FrameRate) -> None:
    shown = measured.numbers[stretch.frames.start - first : stretch.frames.stop - first]
    errors = [
        float(number / stretch.take_rate - stretch.source_start - rate.seconds(index))
        for index, number in enumerate(shown)
    ]
    # A picture starts on a whole frame of the edit: a cut elsewhere adds its distance from there.
    # Cuts where they were planned, on whole seconds, add nothing at whole rates.
    grid = abs(float(rate.seconds(picture_start(rate.frames(stretch.source_start), rate)) - stretch.source_start))
    limit = 0.005 if rate.fraction == stretch.take_rate else PICTURE_SECONDS + (grid if stretch.source_start % 1 else 0)
    assert max(map(abs, errors)) <= limit + 1e-6
    # Over a whole second the frames that the rates don't share fall alike, so its mean tells drift from their beat.
    second = rate.nominal
    drift = (sum(errors[-second:]) - sum(errors[:second])) / second
    assert len(errors) < 2 * second or abs(drift) < SOUND_SECONDS


def _assert_sound(measured: Measured, stretches: tuple[Stretch, ...], first: int, rate: FrameRate) -> None:
    expected = [pop for stretch in stretches for pop in _pops(stretch, first, rate)]
    assert len(measured.pops) == len(expected), f"pops at {measured.pops}, belong at {expected}"
    errors = [heard - belongs for heard, belongs in zip(measured.pops, expected, strict=True)]
    assert max(map(abs, errors)) < SOUND_SECONDS, errors
    for stretch in stretches:
        within, errors = errors[: len(_pops(stretch, first, rate))], errors[len(_pops(stretch, first, rate)) :]
        assert not within or max(within) - min(within) < 0.002, f"drifts: {within}"


def _pops(stretch: Stretch, first: int, rate: FrameRate) -> list[float]:
    """Return when the stretch's pops belong in the render; one that a cut runs through begins with the cut."""
    cut, end = rate.seconds(stretch.frames.start - first), rate.seconds(stretch.frames.stop - first)
    belongs = [cut - stretch.source_start + second for second in range(1, 14)]
    return [float(max(cut, pop)) for pop in belongs if cut - Fraction(POP_SECONDS) < pop < end]
