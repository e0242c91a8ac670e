"""Sounds made ready: exact to the sample, stereo kept, within limits."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from second_unit.errors import OverLimit, UnreadableMedia
from second_unit.media.probe import probe
from second_unit.media.samples import read_samples
from second_unit.shots import ReferenceKind
from second_unit.timeline import Trim
from tests.media.clips import correlation, make_noise, write_clip, write_noise
from tests.media.orders import AUDIO, prepare

KIND = ReferenceKind.AUDIO
MEDIA = Path(__file__).resolve().parents[3] / "shared" / "media"


def _trim(start: str, end: str) -> Trim:
    return Trim(start_seconds=Fraction(start), end_seconds=Fraction(end))


@pytest.mark.parametrize("name", ["a.wav", "a.mp3"])
def test_a_sound_within_the_limits_goes_as_it_is(tmp_path: Path, name: str) -> None:
    sound = write_noise(tmp_path / name, seconds=4)

    assert sound == prepare(KIND, sound, tmp_path / "made", AUDIO).path


@pytest.mark.parametrize("name", ["a.wav", "a.mp3", "a.m4a", "a.mkv"])
def test_a_trim_is_exact_to_the_sample_and_stays_stereo(tmp_path: Path, name: str) -> None:
    sound = write_noise(tmp_path / name, seconds=6)
    made = prepare(KIND, sound, tmp_path / "made", AUDIO, trim=_trim("1.25", "4.5"))
    samples = read_samples(made.path)

    assert ((2, int(3.25 * 48_000)), "audio/wav") == (samples.shape, made.media_type)
    assert correlation(make_noise(2, 6, 48_000)[:, 60_000:216_000], samples) > 0.95


def test_eight_kilohertz_mono_becomes_a_usual_rate_and_stays_mono(tmp_path: Path) -> None:
    sound = write_noise(tmp_path / "a.wav", seconds=3, layout="mono", sample_rate=8000)
    facts = probe(prepare(KIND, sound, tmp_path / "made", AUDIO).path)

    assert (48_000, 1, Fraction(3)) == (facts.sample_rate, facts.channels, facts.audio_seconds)


def test_surround_becomes_stereo(tmp_path: Path) -> None:
    sound = write_noise(tmp_path / "a.wav", seconds=3, layout="5.1")
    made = prepare(KIND, sound, tmp_path / "made", AUDIO)
    noise = make_noise(6, 3, 48_000)
    left = noise[0] + 0.7071 * (noise[2] + noise[4])

    assert probe(made.path).channels == 2
    assert correlation(left[None], read_samples(made.path)[:1]) > 0.95


def test_a_movies_sound_is_taken_out_of_it(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", frames=120, layout="stereo")
    made = prepare(KIND, clip, tmp_path / "made", AUDIO, trim=_trim("1", "3.5"))

    assert correlation(make_noise(2, 4, 48_000)[:, 48_000:168_000], read_samples(made.path)) > 0.95


def test_what_is_too_large_as_wav_becomes_mp3(tmp_path: Path) -> None:
    sound = write_noise(tmp_path / "a.wav", seconds=10)
    limits = AUDIO.model_copy(update={"most_bytes": 400_000})
    made = prepare(KIND, sound, tmp_path / "made", limits)

    assert made.bytes <= 400_000
    assert made.media_type == "audio/mpeg"
    assert correlation(make_noise(2, 10, 48_000), read_samples(made.path)) > 0.95


def test_what_is_too_large_even_as_mp3_is_refused_by_name(tmp_path: Path) -> None:
    sound = write_noise(tmp_path / "a.wav", seconds=10)

    with pytest.raises(OverLimit, match="even as MP3"):
        prepare(KIND, sound, tmp_path / "made", AUDIO.model_copy(update={"most_bytes": 20_000}))


def test_sounds_too_short_or_long_are_refused_by_name(tmp_path: Path) -> None:
    sound = write_noise(tmp_path / "a.wav", seconds=17)

    with pytest.raises(OverLimit, match=r"'A' \(Audio 1\).*15 s at most"):
        prepare(KIND, sound, tmp_path / "made", AUDIO)
    with pytest.raises(OverLimit, match="2 s or more"):
        prepare(KIND, sound, tmp_path / "made", AUDIO, trim=_trim("1", "2"))


def test_a_silent_movie_has_no_sound_to_send(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4")

    with pytest.raises(UnreadableMedia, match="no sound"):
        prepare(KIND, clip, tmp_path / "made", AUDIO)


@pytest.mark.skipif(not MEDIA.is_dir(), reason="the real recording isn't beside the project")
def test_a_real_recording_is_trimmed_exactly(tmp_path: Path) -> None:
    sound = MEDIA / "bear.mp3"
    made = prepare(KIND, sound, tmp_path / "made", AUDIO, trim=_trim("1.5", "5"))
    whole = read_samples(sound, rate=44_100)

    assert correlation(whole[:, 66_150:220_500], read_samples(made.path, rate=44_100)) > 0.99
