"""The demo's own media: drawn the same every time, whole, and twenty seconds in all."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from PIL import Image

from second_unit.animatic.sample_edit import MANIFEST, SampleMedia
from second_unit.animatic.sample_media import make_sample_media
from second_unit.animatic.sample_panels import draw_panels
from second_unit.media.probe import probe


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> SampleMedia:
    return make_sample_media(tmp_path_factory.mktemp("sample"))


def test_eight_shots_fill_twenty_seconds_without_a_gap(media: SampleMedia) -> None:
    edges = [(shot.start_seconds, shot.end_seconds) for shot in media.shots]

    assert [f"SH0{number}0" for number in range(1, 9)] == [shot.name for shot in media.shots]
    assert (0, 20) == (edges[0][0], edges[-1][1])
    assert all(before[1] == after[0] for before, after in pairwise(edges))


def test_every_shot_has_all_six_fields_and_its_picture(media: SampleMedia) -> None:
    for shot in media.shots:
        fields = shot.prompt.model_dump(exclude={"text"})
        assert all(fields.values()), shot.name
        with Image.open(shot.panel) as panel:
            assert panel.size == (1280, 720)


def test_the_cast_is_mentioned_in_the_prompts(media: SampleMedia) -> None:
    mentioned = [shot.name for shot in media.shots if "@Mara" in shot.prompt.subject]

    assert ["Mara"] == [member.name for member in media.cast]
    assert len(mentioned) >= 2


def test_movie_and_sounds_are_long_enough_for_their_places(media: SampleMedia) -> None:
    for movie in media.movies:
        facts = probe(movie.file)
        assert facts.seconds >= movie.end_seconds - movie.start_seconds
        assert facts.rate is not None
        assert facts.rate.fraction == 30
    for sound in media.sounds:
        length = probe(sound.file).audio_seconds
        assert length is not None
        assert abs(length - (sound.end_seconds - sound.start_seconds)) < Fraction(1, 100)


def test_the_manifest_says_the_same(media: SampleMedia) -> None:
    folder = media.shots[0].panel.parent

    assert media == SampleMedia.model_validate_json((folder / MANIFEST).read_text(encoding="utf-8"))


def test_what_is_there_is_kept_and_what_is_missing_made_anew(media: SampleMedia) -> None:
    panel = media.shots[0].panel
    before = panel.stat().st_mtime_ns
    assert media == make_sample_media(panel.parent)
    assert before == panel.stat().st_mtime_ns


def test_panels_are_drawn_the_same_every_time(media: SampleMedia) -> None:
    again = draw_panels()["SH030"]

    with Image.open(media.shots[2].panel) as kept:
        assert kept.tobytes() == again.tobytes()
