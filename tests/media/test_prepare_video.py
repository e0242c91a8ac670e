"""Movies made ready: exact, upright, even, 8-bit, within limits; copied where copying is enough."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from second_unit.catalog.capabilities import ReferenceLimits
from second_unit.errors import MediaError, MissingMedia, OverLimit, UnreadableMedia
from second_unit.media.prepare import prepare_reference, prepare_references
from second_unit.media.probe import probe
from second_unit.media.samples import read_samples
from second_unit.shots import ReferenceKind, SceneSource, SequenceSource, StripSource
from second_unit.timeline import Trim
from second_unit.timing import FrameRange, FrameRate
from tests.media.clips import (
    correlation,
    draw_number,
    make_noise,
    psnr,
    read_number,
    read_numbers,
    repeat_clip,
    write_clip,
)
from tests.media.orders import REQUEST, SMALL_VIDEO, VIDEO, order, prepare

KIND = ReferenceKind.VIDEO
MEDIA = Path(__file__).resolve().parents[3] / "shared" / "media"


def _trim(start: str, end: str) -> Trim:
    return Trim(start_seconds=Fraction(start), end_seconds=Fraction(end))


def test_a_movie_within_the_limits_goes_as_it_is(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", layout="stereo")

    assert clip == prepare(KIND, clip, tmp_path / "made", SMALL_VIDEO).path


def test_a_trim_to_keyframes_is_copied_without_loss(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", frames=90, gop=15, options={"bf": "2"}, layout="stereo")
    made = prepare(KIND, clip, tmp_path / "made", SMALL_VIDEO, trim=_trim("1", "2.5"))

    assert list(range(30, 75)) == read_numbers(made.path)
    assert _frames(clip)[30:75] == _frames(made.path)
    assert FrameRate(30) == probe(made.path).rate


@pytest.mark.parametrize(("start", "end"), [("1/30", "2"), ("7/10", "21/10"), ("0", "1.9")])
def test_any_other_trim_is_coded_anew_and_exact_to_the_frame(tmp_path: Path, start: str, end: str) -> None:
    clip = write_clip(tmp_path / "a.mp4", frames=90, gop=90)
    made = prepare(KIND, clip, tmp_path / "made", SMALL_VIDEO, trim=_trim(start, end))
    count = round((Fraction(end) - Fraction(start)) * 24)

    expected = [int((Fraction(start) + Fraction(n, 24) + Fraction(1, 500)) * 30) for n in range(count)]
    assert expected == read_numbers(made.path)


def test_first_and_last_frame_are_the_strips_at_over_30_decibels(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", frames=72, rate=24, gop=72, size=(640, 360))
    made = prepare(KIND, clip, tmp_path / "made", SMALL_VIDEO, trim=_trim("0.5", "2.5"))
    source, sent = _pictures(clip)[12:60], _pictures(made.path)

    assert len(source) == len(sent)
    assert psnr(source[0], sent[0]) > 30
    assert psnr(source[-1], sent[-1]) > 30


def test_the_sound_stays_where_it_was_against_the_picture(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", frames=90, gop=90, layout="stereo")
    made = prepare(KIND, clip, tmp_path / "made", SMALL_VIDEO, trim=_trim("0.7", "2.5"))

    wanted = make_noise(2, 3, 48_000)[:, int(0.7 * 48_000) : int(2.5 * 48_000)]
    assert correlation(wanted, read_samples(made.path)) > 0.95


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_rotation_is_carried_out(tmp_path: Path, turn: int) -> None:
    clip = write_clip(tmp_path / "a.mp4", frames=48, rate=24, rotation=-turn, size=(320, 240))
    made = prepare(KIND, clip, tmp_path / "made", SMALL_VIDEO)
    upright = np.rot90(_pictures(clip)[5], -turn // 90)

    assert probe(made.path).rotation == 0
    assert upright.shape == _pictures(made.path)[5].shape
    assert psnr(upright, _pictures(made.path)[5]) > 30


def test_a_variable_rate_becomes_constant_and_keeps_its_time(tmp_path: Path) -> None:
    times = [Fraction(n, 30) + Fraction(n // 15, 5) for n in range(60)]
    clip = write_clip(tmp_path / "a.mp4", times=times)
    made = prepare(KIND, clip, tmp_path / "made", SMALL_VIDEO)
    facts = probe(made.path)

    expected = [max(i for i, t in enumerate(times) if t <= Fraction(n, 24) + Fraction(1, 500)) for n in range(62)]
    assert (FrameRate(24), False) == (facts.rate, facts.is_variable)
    assert expected == read_numbers(made.path)[:62]


def test_ten_bits_of_4k_at_60_become_8_bits_of_720p_at_24(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", frames=120, rate=60, size=(3840, 2160), pix_fmt="yuv420p10le")
    made = prepare(KIND, clip, tmp_path / "made", VIDEO)
    facts = probe(made.path)

    assert (
        facts.width,
        facts.height,
        facts.frames,
        facts.pixel_format,
        facts.codec,
    ) == (1280, 720, 48, "yuv420p", "h264")
    assert [n * 60 // 24 for n in range(48)] == read_numbers(made.path)


@pytest.mark.parametrize("transfer", [16, 18])
def test_high_dynamic_range_becomes_a_picture_that_can_be_seen(tmp_path: Path, transfer: int) -> None:
    colour = {"color_trc": transfer, "color_primaries": 9, "colorspace": 9}
    clip = write_clip(tmp_path / "a.mp4", frames=8, rate=24, codec="libx265", pix_fmt="yuv420p10le", colour=colour)
    made = prepare(KIND, clip, tmp_path / "made", SMALL_VIDEO)

    with av.open(str(made.path)) as container:
        frame = next(container.decode(video=0))
        assert (int(frame.color_trc), int(frame.color_primaries), int(frame.colorspace)) == (1, 1, 1)
        rgb = frame.to_ndarray(format="rgb24")
    # Half of the PQ or HLG code is about the white of a page: bright, not blown out; greys stay grey.
    ramp = rgb[140].astype(int)
    assert np.all(np.diff(ramp[20:300:20].mean(axis=1)) >= -3)
    assert 110 < ramp[160].mean() < 250
    assert np.abs(ramp - ramp.mean(axis=1, keepdims=True)).max() < 14


@pytest.mark.parametrize("name", ["it's", "a:b", "a,b;c", "[x]", "夜 明け"])
def test_a_folder_of_any_name_holds_the_colour_lattice(tmp_path: Path, name: str) -> None:
    colour = {"color_trc": 16, "color_primaries": 9, "colorspace": 9}
    clip = write_clip(tmp_path / "a.mp4", frames=2, rate=24, pix_fmt="yuv420p10le", colour=colour)

    assert 2 == probe(prepare(KIND, clip, tmp_path / name, SMALL_VIDEO).path).frames


def test_a_small_movie_is_enlarged_to_the_least_pixels(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", rate=24, size=(320, 180))
    facts = probe(prepare(KIND, clip, tmp_path / "made", VIDEO).path)

    assert 407_696 <= facts.width * facts.height <= 921_600


def test_a_movie_too_wide_is_padded_not_cropped(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", rate=24, size=(960, 200))
    made = prepare(KIND, clip, tmp_path / "made", VIDEO, background="#ff0000")
    picture = _colours(made.path)[0]

    assert picture.shape[1] / picture.shape[0] <= 2.5
    assert picture[2, picture.shape[1] // 2, 0] > 200
    assert picture[2, picture.shape[1] // 2, 1] < 60


def test_an_image_sequence_becomes_a_movie_in_its_own_time(tmp_path: Path) -> None:
    paths = []
    for number in range(50):
        paths.append(tmp_path / f"画{number:03}.png")
        Image.fromarray(draw_number(number, (320, 180))).save(paths[-1])
    source = SequenceSource(paths=tuple(paths), rate=FrameRate(25))
    made = prepare(KIND, source, tmp_path / "made", SMALL_VIDEO)

    assert [n * 25 // 24 for n in range(48)] == read_numbers(made.path)


def test_what_the_plan_shortened_is_sent_shortened(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", frames=90)
    made = prepare(KIND, clip, tmp_path / "made", SMALL_VIDEO, trim=_trim("0.5", "3"), length_seconds=2.0)

    assert probe(made.path).frames == 48
    assert made.seconds == 2.0


@pytest.mark.parametrize(("trim", "told"), [(_trim("0", "1"), "2 s or more"), (None, "15 s at most")])
def test_lengths_that_the_model_refuses_are_refused_by_name(tmp_path: Path, trim: Trim | None, told: str) -> None:
    clip = write_clip(tmp_path / "a.mp4", frames=400, rate=24, size=(160, 90))

    with pytest.raises(OverLimit, match=told) as caught:
        prepare(KIND, clip, tmp_path / "made", VIDEO, trim=trim)

    assert caught.value.strip == "A"


def test_a_trim_beyond_the_files_end_is_refused_by_name(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4")

    with pytest.raises(OverLimit, match=r"the file ends at 2.00 s"):
        prepare(KIND, clip, tmp_path / "made", VIDEO, trim=_trim("5", "8"))


def test_the_same_is_prepared_once_by_content_and_recipe(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", gop=60)
    twin = tmp_path / "twin.mp4"
    twin.write_bytes(clip.read_bytes())
    first = prepare(KIND, clip, tmp_path / "made", SMALL_VIDEO, trim=_trim("0.5", "1.5")).path
    before = first.stat().st_mtime_ns
    again = prepare(KIND, twin, tmp_path / "made", SMALL_VIDEO, trim=_trim("0.5", "1.5")).path
    other = prepare(KIND, clip, tmp_path / "made", SMALL_VIDEO, trim=_trim("0.5", "1.6")).path

    assert (first, before) == (again, again.stat().st_mtime_ns)
    assert other != first


def test_several_threads_prepare_the_same_once_and_leave_nothing_half_made(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", gop=60)
    made: list[Path] = []
    threads = [
        threading.Thread(
            target=lambda: made.append(
                prepare(KIND, clip, tmp_path / "made", SMALL_VIDEO, trim=_trim("0.5", "1.5")).path
            )
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 1 == len(set(made)) == len(list((tmp_path / "made").iterdir()))


def test_several_references_are_prepared_at_once_and_come_back_in_order(tmp_path: Path) -> None:
    clips = [write_clip(tmp_path / f"{number}.mp4", frames=40 + number, gop=90) for number in range(4)]
    references = [
        order(KIND, clip, _trim("0.1", "1.1")).model_copy(update={"label": f"Video {number}"})
        for number, clip in enumerate(clips)
    ]
    threads: set[str] = set()
    told: list[float] = []

    def report(part: float) -> None:
        threads.add(threading.current_thread().name)
        told.append(part)

    made = prepare_references(references, lambda kind: SMALL_VIDEO, REQUEST, tmp_path / "made", report)

    assert [f"Video {number}" for number in range(4)] == [each.label for each in made]
    assert len(threads) > 1
    assert 1.0 == max(told)


def test_one_that_cannot_be_prepared_is_named_among_several(tmp_path: Path) -> None:
    references = [order(KIND, write_clip(tmp_path / "a.mp4")), order(KIND, tmp_path / "gone.mp4")]

    with pytest.raises(MissingMedia, match=r"gone\.mp4"):
        prepare_references(references, lambda kind: SMALL_VIDEO, REQUEST, tmp_path / "made")


def test_a_trim_of_four_hours_costs_no_more_than_one_of_a_minute(tmp_path: Path) -> None:
    minute = write_clip(tmp_path / "minute.mp4", frames=720, rate=12, size=(96, 54), gop=24, options={"crf": "40"})
    hours = repeat_clip(minute, tmp_path / "hours.mp4", 240)
    limits = SMALL_VIDEO.model_copy(update={"least_rate": None})
    took = []
    for name, clip, trim in (("a", minute, _trim("30.3", "33.3")), ("b", hours, _trim("14000.3", "14003.3"))):
        began = time.process_time()
        made = prepare(KIND, clip, tmp_path / name, limits, trim=trim)
        took.append(time.process_time() - began)
        assert 72 == probe(made.path).frames

    # Four hours have an index of 172,800 frames, which is read; a sixth of a second allows for a slow machine.
    assert took[1] < 1.5 * took[0] + 0.17


def test_progress_rises_to_the_whole(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", frames=90, gop=90)
    told: list[tuple[int, int]] = []
    reference = order(KIND, clip, _trim("0.1", "2.9"))
    prepare_reference(reference, SMALL_VIDEO, REQUEST, tmp_path / "made", lambda *step: told.append(step))

    parts = [done / total for done, total in told]
    assert parts == sorted(parts)
    assert parts[-1] == 1.0
    assert len(parts) > 4


@pytest.mark.parametrize("kind", ["scene", "strip"])
def test_what_blender_must_render_says_so_by_name(tmp_path: Path, kind: str) -> None:
    frames, rate = FrameRange(1, 49), FrameRate(24)
    source = (
        SceneSource(scene="Blockout", frames=frames, rate=rate)
        if kind == "scene"
        else StripSource(strip="A", frames=frames, rate=rate)
    )
    with pytest.raises(MediaError, match=f"'A' is a {kind} strip"):
        prepare(KIND, source, tmp_path / "made", VIDEO)


def test_what_blender_rendered_is_prepared_like_a_file(tmp_path: Path) -> None:
    source = SceneSource(scene="Blockout", frames=FrameRange(1, 49), rate=FrameRate(24))
    clip = write_clip(tmp_path / "a.mp4")
    asked: list[object] = []

    told: list[tuple[int, int]] = []

    def render(source: object, folder: Path, report: Callable[[int, int], None] | None) -> Path:
        asked.append(source)
        assert report is not None
        report(24, 48)
        return clip

    def tell(done: int, total: int) -> None:
        told.append((done, total))

    made = prepare_reference(order(KIND, source), SMALL_VIDEO, REQUEST, tmp_path / "made", tell, render)

    assert [source] == asked
    assert clip == made.path
    assert [(450, 1000), (1, 1)] == told


def test_a_movie_damaged_on_its_way_is_named_as_unreadable(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "hurt.mov", frames=60, codec="png", pix_fmt="rgb24", options={"preset": "", "crf": ""})
    content = bytearray(clip.read_bytes())
    # Each picture is a PNG of its own: the header of one in the middle is spoilt.
    content[content.index(b"\x89PNG", len(content) // 2) + 1] = 0
    clip.write_bytes(content)

    with pytest.raises(UnreadableMedia, match=r"hurt\.mov.*decoded to its end"):
        prepare(KIND, clip, tmp_path / "made", SMALL_VIDEO)


def test_missing_and_broken_movies_are_named(tmp_path: Path) -> None:
    (tmp_path / "broken.mp4").write_bytes(b"nothing" * 100)
    with pytest.raises(MissingMedia, match=r"gone.mp4"):
        prepare(KIND, tmp_path / "gone.mp4", tmp_path / "made", VIDEO)
    with pytest.raises(UnreadableMedia, match=r"broken.mp4"):
        prepare(KIND, tmp_path / "broken.mp4", tmp_path / "made", VIDEO)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the super-user may write anywhere")
def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", gop=60)
    (tmp_path / "made").mkdir(mode=0o500)
    with pytest.raises(MediaError):
        prepare(KIND, clip, tmp_path / "made", SMALL_VIDEO, trim=_trim("0.5", "1.5"))


@pytest.mark.skipif(not MEDIA.is_dir(), reason="real footage isn't beside the project")
def test_real_footage_is_cut_to_the_frame_with_its_sound(tmp_path: Path) -> None:
    limits = ReferenceLimits(formats=("mp4",))
    movie = MEDIA / "rabbit.mp4"
    made = prepare(KIND, movie, tmp_path / "made", limits, trim=_trim("2", "5"))
    source, sent = _pictures(movie), _pictures(made.path)
    wanted = read_samples(movie, start_seconds=Fraction(2), length_seconds=Fraction(3))

    assert len(sent) == 72
    assert psnr(source[60], sent[0]) > 30
    assert psnr(source[int((2 + 71 / 24) * 30)], sent[-1]) > 30
    assert correlation(wanted, read_samples(made.path)) > 0.95


def _pictures(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]


def _colours(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def _frames(path: Path) -> list[bytes]:
    return [picture.tobytes() for picture in _pictures(path)]


def test_a_number_can_be_read_back_from_a_picture() -> None:
    assert [read_number(draw_number(number, (320, 180))) for number in (0, 1, 511, 1023)] == [0, 1, 511, 1023]
