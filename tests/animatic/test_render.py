"""The animatic as a file: its frames counted, its cuts found, its flashes and pops measured."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from second_unit.animatic.render import render
from second_unit.animatic.script import AnimaticScript, Panel, PanelMovie, PanelPicture, PlacedSound
from second_unit.errors import MediaError, MissingMedia
from second_unit.media.probe import probe
from second_unit.media.samples import read_samples
from second_unit.timeline import Role
from tests.media.clips import correlation, make_noise, read_numbers, write_clip, write_noise

RED, GREEN, BLUE = (200, 30, 30), (30, 160, 30), (30, 30, 220)


def _still(folder: Path, colour: tuple[int, int, int], size: tuple[int, int] = (160, 90)) -> Path:
    path = folder / f"{'-'.join(map(str, colour))}.png"
    Image.new("RGB", size, colour).save(path)
    return path


def _panel(start: int, end: int, *pictures: PanelPicture, movies: tuple[PanelMovie, ...] = (), text: str = "") -> Panel:
    return Panel(
        start_seconds=Fraction(start), end_seconds=Fraction(end), name="SH", text=text, pictures=pictures, movies=movies
    )


def _render(to: Path, panels: list[Panel], **others: object) -> Path:
    told = {"width": 160, "height": 90, "seconds": panels[-1].end_seconds, "panels": panels, "slate": False}
    render(AnimaticScript.model_validate(told | others), to)
    return to


def _colours(path: Path) -> list[tuple[int, int, int]]:
    with av.open(str(path)) as container:
        pictures = [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    return [tuple(int(v) for v in picture[30:60, 50:110].mean(axis=(0, 1))) for picture in pictures]  # type: ignore[misc]


def _nearest(colour: tuple[int, int, int]) -> str:
    known = {"red": RED, "green": GREEN, "blue": BLUE, "white": (255, 255, 255)}
    return min(known, key=lambda name: sum((a - b) ** 2 for a, b in zip(known[name], colour, strict=True)))


@pytest.mark.parametrize("size", [(1470, 630), (1112, 834), (834, 1112), (854, 480), (992, 432), (960, 960)])
def test_every_size_of_the_catalog_can_be_rendered(tmp_path: Path, size: tuple[int, int]) -> None:
    panels = [_panel(0, 1, text="Push in. 夜明け")]
    facts = probe(_render(tmp_path / "a.mp4", panels, width=size[0], height=size[1], slate=True))

    assert (*size, 25) == (facts.width, facts.height, facts.frames)
    assert ("h264", "yuv420p", "aac") == (facts.codec, facts.pixel_format, facts.audio_codec)


@pytest.mark.parametrize(("seconds", "extra"), [(1, 0), (2, 1), (3, 5)])
def test_it_has_exactly_the_frames_ordered_and_sound_as_long(tmp_path: Path, seconds: int, extra: int) -> None:
    facts = probe(_render(tmp_path / "a.mp4", [_panel(0, seconds)], extra_frames=extra))

    assert facts.frames == 24 * seconds + extra
    assert facts.audio_seconds is not None
    assert abs(facts.audio_seconds - facts.seconds) < Fraction(1, 40)


def test_cuts_fall_exactly_on_the_segments_frames(tmp_path: Path) -> None:
    stills = [PanelPicture(path=_still(tmp_path, colour)) for colour in (RED, GREEN, BLUE)]
    panels = [_panel(0, 1, stills[0]), _panel(1, 3, stills[1]), _panel(3, 4, stills[2])]
    shown = [_nearest(colour) for colour in _colours(_render(tmp_path / "a.mp4", panels))]

    assert ["red"] * 24 + ["green"] * 48 + ["blue"] * 25 == shown


def test_flash_and_pop_start_on_each_segments_first_frame(tmp_path: Path) -> None:
    still = PanelPicture(path=_still(tmp_path, BLUE))
    panels = [_panel(0, 1, still), _panel(1, 3, still), _panel(3, 4, still)]
    loud = write_noise(tmp_path / "loud.wav", seconds=4)
    sounds = [PlacedSound(path=loud, start_seconds=Fraction(0), end_seconds=Fraction(4))]
    movie = _render(tmp_path / "a.mp4", panels, sync_pops=True, sounds=sounds)
    flashes = [number for number, colour in enumerate(_colours(movie)) if min(colour) > 240]

    assert [0, 24, 72] == flashes
    for second, onset in zip((0, 1, 3), _pops(movie), strict=True):
        assert abs(onset - second) < 0.001


def test_first_frame_dissolves_to_last_frame(tmp_path: Path) -> None:
    pictures = (
        PanelPicture(path=_still(tmp_path, RED), role=Role.FIRST_FRAME),
        PanelPicture(path=_still(tmp_path, BLUE), role=Role.LAST_FRAME),
    )
    colours = _colours(_render(tmp_path / "a.mp4", [_panel(0, 2, *pictures)]))
    blues = [blue for _, _, blue in colours]

    assert ("red", "blue") == (_nearest(colours[0]), _nearest(colours[-1]))
    assert all(after >= before - 4 for before, after in pairwise(blues))
    # Half of the panel's 49 frames, eased at both ends, and not all of these between the two limits.
    assert 10 <= sum(60 < blue < 190 for blue in blues) <= 24


def test_a_reference_movie_plays_at_its_true_speed(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", frames=90, rate=30)
    panel = _panel(0, 2, movies=(PanelMovie(path=clip, start_seconds=Fraction(1, 2)),))
    numbers = read_numbers(_render(tmp_path / "a.mp4", [panel], width=320, height=180))

    assert [int((Fraction(1, 2) + Fraction(n, 24)) * 30) for n in range(48)] == numbers[:48]


def test_a_movie_shorter_than_its_panel_holds_its_last_frame(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", frames=36, rate=24)
    panel = _panel(0, 2, movies=(PanelMovie(path=clip),))
    numbers = read_numbers(_render(tmp_path / "a.mp4", [panel], width=320, height=180))

    assert list(range(36)) + [35] * 13 == numbers


def test_a_movie_far_too_short_starts_again(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.mp4", frames=24, rate=24)
    panel = _panel(0, 3, movies=(PanelMovie(path=clip),))
    numbers = read_numbers(_render(tmp_path / "a.mp4", [panel], width=320, height=180))

    assert numbers.count(0) >= 2
    assert set(range(24)) == set(numbers)


def test_a_push_in_makes_things_larger(tmp_path: Path) -> None:
    picture = Image.new("RGB", (320, 180), (20, 20, 20))
    picture.paste((240, 240, 240), (120, 60, 200, 120))
    picture.save(tmp_path / "square.png")
    panel = _panel(0, 2, PanelPicture(path=tmp_path / "square.png"), text="Push in.")
    movie = _render(tmp_path / "a.mp4", [panel], width=320, height=180)
    with av.open(str(movie)) as container:
        bright = [int((frame.to_ndarray(format="gray") > 130).sum()) for frame in container.decode(video=0)]

    assert bright[-1] > 1.4 * bright[0]
    assert all(after >= before - 60 for before, after in pairwise(bright))


def test_sounds_lie_where_they_belong(tmp_path: Path) -> None:
    noise = write_noise(tmp_path / "voice.wav", seconds=1)
    sounds = [PlacedSound(path=noise, start_seconds=Fraction(3, 2), end_seconds=Fraction(4), role=Role.VOICE)]
    track = read_samples(_render(tmp_path / "a.mp4", [_panel(0, 4)], sounds=sounds))
    there = track[:, 72_000 : 72_000 + 48_000]

    assert correlation(make_noise(2, 1, 48_000), there) > 0.95
    assert np.sqrt(np.mean(track[:, :71_000] ** 2)) < 0.002


def test_a_room_is_never_wholly_silent_and_never_loud(tmp_path: Path) -> None:
    track = read_samples(_render(tmp_path / "a.mp4", [_panel(0, 2)]))
    level = 20 * np.log10(np.sqrt(np.mean(track**2)))

    assert -72 < level < -50


@pytest.mark.parametrize("channels", [1, 2])
def test_channels_are_as_ordered(tmp_path: Path, channels: int) -> None:
    assert channels == probe(_render(tmp_path / "a.mp4", [_panel(0, 1)], channels=channels)).channels


def test_no_sound_where_none_is_ordered(tmp_path: Path) -> None:
    assert probe(_render(tmp_path / "a.mp4", [_panel(0, 1)], audio=False)).audio_seconds is None


def test_the_slate_letters_the_picture_and_can_be_turned_off(tmp_path: Path) -> None:
    still = PanelPicture(path=_still(tmp_path, BLUE))
    panel = _panel(0, 1, still, text="Nobody moves. Static.")
    pictures = []
    for slate in (False, True):
        movie = _render(tmp_path / f"{slate}.mp4", [panel], slate=slate, width=640, height=360)
        with av.open(str(movie)) as container:
            pictures.append(next(container.decode(video=0)).to_ndarray(format="gray").astype(int))
    plain, lettered = pictures

    assert plain[280:].max() - plain[280:].min() < 25
    assert lettered[280:].max() > 180
    assert np.abs(lettered[:150] - plain[:150]).max() < 12


def test_the_same_script_renders_the_same_frames(tmp_path: Path) -> None:
    panels = [_panel(0, 1, text="Handheld."), _panel(1, 2)]

    assert _colours(_render(tmp_path / "a.mp4", panels, seed=3)) == _colours(
        _render(tmp_path / "b.mp4", panels, seed=3)
    )


def test_progress_is_told_to_the_last_frame(tmp_path: Path) -> None:
    script = AnimaticScript(width=64, height=36, seconds=Fraction(2), panels=(_panel(0, 2),))
    told: list[tuple[int, int]] = []
    render(script, tmp_path / "a.mp4", lambda done, total: told.append((done, total)))

    assert (49, 49) == told[-1]
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_a_render_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(MissingMedia, match=r"gone\.png"):
        _render(tmp_path / "out" / "a.mp4", [_panel(0, 1), _panel(1, 2, PanelPicture(path=tmp_path / "gone.png"))])

    assert [] == list((tmp_path / "out").iterdir())


def test_a_folder_that_isnt_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="can't be written"):
        _render(tmp_path / "nowhere" / "a.mp4", [_panel(0, 1)])


def _pops(movie: Path) -> list[float]:
    """Return when each 1 kHz pop starts: where the tone first holds half of its height for a period."""
    track = read_samples(movie, channels=1)[0]
    loud = np.convolve(np.abs(track), np.ones(48) / 48, mode="full")[: len(track)] > 0.15
    starts = np.flatnonzero(loud & ~np.concatenate(([False], loud[:-1])))
    return [float(start) / 48_000 - 0.0005 for start in starts]
