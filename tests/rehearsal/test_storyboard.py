"""The animatic's script shows what the order's words and attachments say."""

from fractions import Fraction
from pathlib import Path

import pytest

from second_unit.prompts.writing import PromptReference, PromptShot, write_prompt
from second_unit.rehearsal.panels import read_panels
from second_unit.rehearsal.storyboard import draw_storyboard, role_of
from second_unit.rehearsal.tasks import Attachment, Commission
from second_unit.shots import ReferenceKind
from second_unit.timeline import Prompt, Role

KINDS = {
    Role.FIRST_FRAME: ReferenceKind.IMAGE,
    Role.LAST_FRAME: ReferenceKind.IMAGE,
    Role.CHARACTER: ReferenceKind.IMAGE,
    Role.STYLE: ReferenceKind.IMAGE,
    Role.COMPOSITION: ReferenceKind.IMAGE,
    Role.MOTION: ReferenceKind.VIDEO,
    Role.CAMERA: ReferenceKind.VIDEO,
    Role.SOUNDTRACK: ReferenceKind.AUDIO,
    Role.VOICE: ReferenceKind.AUDIO,
    Role.AMBIENCE: ReferenceKind.AUDIO,
}


def attached(kind: ReferenceKind, number: int = 1, role: str = "", seconds: float | None = None) -> Attachment:
    label = f"{kind.value.capitalize()} {number}"
    return Attachment(place="content[1]", label=label, kind=kind, role=role, file=Path(f"{label}.x"), seconds=seconds)


def written(dialect: str, role: Role, label: str) -> str:
    reference = PromptReference(
        label=label,
        kind=KINDS[role],
        role=role,
        name="Ana",
        cast=None,
        description="",
        exclusion="",
        strips=("strip",),
    )
    shots = [
        PromptShot(name="SH010", start_seconds=0, end_seconds=3, prompt=Prompt(text="A walk."), references=(label,)),
        PromptShot(name="SH020", start_seconds=3, end_seconds=6, prompt=Prompt(text="A look back.")),
    ]
    return write_prompt(shots, [reference], dialect=dialect, reference_name="{kind} {n}").text


@pytest.mark.parametrize("dialect", ["markers", "numbered", "windows"])
@pytest.mark.parametrize("role", list(KINDS))
def test_what_our_own_prompts_say_of_a_reference_is_understood(dialect: str, role: Role) -> None:
    one = attached(KINDS[role])
    assert role_of(one, written(dialect, role, one.label)) is role


@pytest.mark.parametrize("dialect", ["markers", "numbered", "windows"])
def test_the_shots_of_our_own_prompts_are_read_back(dialect: str) -> None:
    panels = read_panels(written(dialect, Role.COMPOSITION, "Image 1"), 145)
    assert [(panel.start, panel.end) for panel in panels] == [(0, 72), (72, 145)]


def test_first_and_last_frames_stand_at_the_ends() -> None:
    prompt = "[0-2s] A. [2-4s] B. [4-6s] C."
    attachments = (
        attached(ReferenceKind.IMAGE, 1, role="first_frame"),
        attached(ReferenceKind.IMAGE, 2, role="last_frame"),
    )
    commission = Commission(prompt=prompt, attachments=attachments, width=854, height=480, frames=145)
    script = draw_storyboard(commission, read_panels(prompt, 145))
    assert [[picture.role for picture in panel.pictures] for panel in script.panels] == [
        [Role.FIRST_FRAME],
        [],
        [Role.LAST_FRAME],
    ]


def test_a_blockout_plays_on_through_the_shots_that_name_it() -> None:
    prompt = "[0-2s] Follow Video 1. [2-4s] Still Video 1. [4-6s] Alone."
    movie = attached(ReferenceKind.VIDEO, seconds=4.0)
    commission = Commission(prompt=prompt, attachments=(movie,), width=854, height=480, frames=145)
    script = draw_storyboard(commission, read_panels(prompt, 145))
    assert [[movie.start_seconds for movie in panel.movies] for panel in script.panels] == [[0], [Fraction(2)], []]


def test_a_sound_lies_under_the_shots_that_name_it_else_under_all() -> None:
    prompt = "Audio 2 is the music. [0-2s] A. [2-4s] She speaks as Audio 1. [4-6s] C."
    attachments = (attached(ReferenceKind.AUDIO, 1, seconds=2.0), attached(ReferenceKind.AUDIO, 2, seconds=9.0))
    commission = Commission(prompt=prompt, attachments=attachments, width=854, height=480, frames=145)
    sounds = draw_storyboard(commission, read_panels(prompt, 145)).sounds
    assert [(sound.start_seconds, sound.end_seconds) for sound in sounds] == [(2, 4), (0, 6)]


def test_the_script_has_exactly_the_frames_that_were_commissioned() -> None:
    for frames in (97, 121, 61, 1):
        commission = Commission(prompt="A.", width=854, height=480, frames=frames)
        assert draw_storyboard(commission, read_panels("A.", frames)).frames == frames
