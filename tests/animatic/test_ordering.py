"""Which reference is seen and heard in which panel."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from second_unit.animatic.ordering import write_script
from second_unit.media.facts import PreparedReference
from second_unit.plan import GenerationRequest, OrderReference, TimedShot
from second_unit.shots import FileSource, ReferenceKind
from second_unit.timeline import Role
from second_unit.timing import FrameRange, FrameRate

KINDS = {"Image": ReferenceKind.IMAGE, "Video": ReferenceKind.VIDEO, "Audio": ReferenceKind.AUDIO}
ROLES = {"Image": Role.COMPOSITION, "Video": Role.MOTION, "Audio": Role.VOICE}


def _request(used: dict[str, tuple[str, ...]], **others: object) -> GenerationRequest:
    shots = tuple(
        TimedShot(
            segment=segment,
            name=f"SH0{number + 1}0",
            range=FrameRange(number * 50, number * 50 + 50),
            start_seconds=number * 2,
            end_seconds=number * 2 + 2,
            text=f"Action {segment}",
        )
        for number, segment in enumerate("abc")
    )
    references = tuple(
        OrderReference(
            label=label,
            key=label,
            kind=KINDS[label.split()[0]],
            role=ROLES[label.split()[0]],
            source=FileSource(path=Path(label)),
            name=label,
            shots=segments,
        )
        for label, segments in used.items()
    )
    told = {
        "name": "A–C",
        "service": "animatic",
        "model": "previs",
        "prompt": "",
        "shots": shots,
        "references": references,
        "duration_seconds": 6,
        "ratio": "16:9",
        "resolution": "720p",
        "width": 1280,
        "height": 720,
        "rate": FrameRate(25),
    }
    return GenerationRequest.model_validate(told | others)


def _prepared(request: GenerationRequest, seconds: float = 10.0) -> list[PreparedReference]:
    return [
        PreparedReference(
            label=r.label,
            kind=r.kind,
            role=r.role,
            path=Path("made") / r.label,
            media_type="x/y",
            bytes=1,
            seconds=seconds,
        )
        for r in request.references
    ]


def test_each_panel_shows_the_references_of_its_shot() -> None:
    request = _request({"Image 1": ("a",), "Image 2": ("b", "c"), "Image 3": ()})
    script = write_script(request, _prepared(request))

    shown = [[picture.label for picture in panel.pictures] for panel in script.panels]
    assert [["Image 1", "Image 3"], ["Image 2", "Image 3"], ["Image 2", "Image 3"]] == shown


def test_windows_names_and_words_are_the_shots() -> None:
    script = write_script(_request({}), [])

    told = [(panel.start_seconds, panel.end_seconds, panel.name, panel.text) for panel in script.panels]
    assert [(0, 2, "SH010", "Action a"), (2, 4, "SH020", "Action b"), (4, 6, "SH030", "Action c")] == told


def test_the_cameras_own_words_are_told_apart_from_the_action() -> None:
    request = _request({})
    text = "The road pans out left of the hill. Camera: slow tilt down. Setting: hills."
    shots = (request.shots[0].model_copy(update={"text": text}), *request.shots[1:])
    script = write_script(request.model_copy(update={"shots": shots}), [])

    assert ["slow tilt down", "", ""] == [panel.camera for panel in script.panels]


def test_a_movie_long_enough_plays_on_through_its_shots() -> None:
    request = _request({"Video 1": ("b", "c")})
    script = write_script(request, _prepared(request))

    assert [[], [0], [2]] == [[movie.start_seconds for movie in panel.movies] for panel in script.panels]


def test_a_short_movie_starts_again_in_each_shot() -> None:
    request = _request({"Video 1": ("b", "c")})
    script = write_script(request, _prepared(request, seconds=2.0))

    assert [[], [0], [0]] == [[movie.start_seconds for movie in panel.movies] for panel in script.panels]


def test_a_sound_lies_from_its_first_shot_to_its_last() -> None:
    request = _request({"Audio 1": ("b",), "Audio 2": ()})
    script = write_script(request, _prepared(request))

    placed = [(sound.label, sound.start_seconds, sound.end_seconds) for sound in script.sounds]
    assert [("Audio 1", Fraction(2), Fraction(4)), ("Audio 2", Fraction(0), Fraction(6))] == placed


def test_a_sound_that_starts_inside_its_first_shot_does_so_in_the_animatic() -> None:
    request = _request({"Audio 1": ("b",)})
    late = [reference.model_copy(update={"offset_seconds": 0.5}) for reference in request.references]
    script = write_script(request.model_copy(update={"references": tuple(late)}), _prepared(request))

    assert [(Fraction(5, 2), Fraction(4))] == [(sound.start_seconds, sound.end_seconds) for sound in script.sounds]


def test_slate_pops_and_channels_are_options() -> None:
    plain = write_script(_request({}), [])
    chosen = write_script(_request({}, options={"slate": False, "sync_pops": True, "channels": 1}, audio=False), [])

    assert (True, False, 2, True) == (plain.slate, plain.sync_pops, plain.channels, plain.audio)
    assert (False, True, 1, False) == (chosen.slate, chosen.sync_pops, chosen.channels, chosen.audio)
