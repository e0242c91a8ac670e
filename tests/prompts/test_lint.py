"""Lint warns about what models do badly, and keeps quiet about the rest."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path

import pytest

from second_unit.prompts.actions import find_actions
from second_unit.prompts.lint import lint
from second_unit.prompts.values import PromptReference, PromptShot, WrittenPrompt
from second_unit.prompts.writing import write_prompt
from second_unit.shots import ReferenceKind
from second_unit.timeline import Prompt, Role, ShotWarning

CASES = tomllib.loads(Path(__file__).with_name("lint_cases.toml").read_text("utf-8"))["case"]
ANA = PromptReference(label="Image 1", kind=ReferenceKind.IMAGE, role=Role.CHARACTER, name="ana", cast="ana")
DUSK = PromptReference(label="Image 2", kind=ReferenceKind.IMAGE, role=Role.STYLE, name="dusk.jpg")


def a_shot(prompt: Prompt, *, references: tuple[str, ...] = (), seconds: int = 4, start: int = 0) -> PromptShot:
    return PromptShot(
        name="SH010",
        start_seconds=start,
        end_seconds=start + seconds,
        prompt=prompt,
        strips=("SH010 prompt",),
        references=references,
    )


def warnings_of(
    prompt: Prompt, *references: PromptReference, audio: bool = True, look: str = "", most: int = 5000, least: int = 1
) -> tuple[ShotWarning, ...]:
    shot = a_shot(prompt, references=tuple(reference.label for reference in references))
    written = write_prompt(
        [shot], references, dialect="numbered", reference_name="{kind} {n}", look=look, generates_audio=audio
    )
    return lint([shot], references, written, most_characters=most, least_window_seconds=least)


def codes_of(*args: object, **options: object) -> list[str]:
    return [warning.code for warning in warnings_of(*args, **options)]  # type: ignore[arg-type]


GOOD_PROMPT = Prompt(text="A boat drifts.", camera="static", audio="water")


@pytest.mark.parametrize("case", CASES, ids=lambda case: (case.get("text") or case["subject"])[:40])
def test_each_prompt_of_the_table_gets_exactly_its_warnings(case: dict[str, object]) -> None:
    prompt = Prompt.model_validate({key: value for key, value in case.items() if key in Prompt.model_fields})
    warnings = warnings_of(prompt, ANA, DUSK)
    assert sorted(case["codes"]) == sorted(warning.code for warning in warnings)
    assert {"SH010 prompt"} >= {warning.strip for warning in warnings}
    said = "\n".join(str(warning) for warning in warnings)
    assert [word for word in case.get("words", []) if word not in said] == []


def test_the_table_holds_good_prompts_and_bad_ones() -> None:
    good = [case for case in CASES if not case["codes"]]
    assert len(good) >= 20
    assert len(CASES) - len(good) >= 20


def test_every_warning_says_what_to_do() -> None:
    prompts = [Prompt.model_validate({k: v for k, v in case.items() if k in Prompt.model_fields}) for case in CASES]
    warnings = [warning for prompt in prompts for warning in warnings_of(prompt, most=10, least=9)]
    assert [warning.code for warning in warnings if not warning.remedy] == []


def test_no_sound_is_asked_for_where_none_is_made() -> None:
    assert codes_of(Prompt(text="A boat drifts, static camera."), audio=False) == []


def test_a_spoken_line_is_a_sound() -> None:
    assert codes_of(Prompt(text="「行こう」", camera="static")) == []


def test_an_audio_reference_is_a_sound() -> None:
    music = PromptReference(label="Audio 1", kind=ReferenceKind.AUDIO, role=Role.SOUNDTRACK, name="score")
    assert codes_of(Prompt(text="A boat drifts.", camera="static"), music) == []


@pytest.mark.parametrize(("role", "source"), [(Role.CAMERA, "file"), (Role.MOTION, "scene")])
def test_a_camera_reference_or_a_playblast_is_a_camera(role: Role, source: str) -> None:
    move = PromptReference(label="Video 1", kind=ReferenceKind.VIDEO, role=role, name="move", source_kind=source)
    assert codes_of(Prompt(text="A boat drifts.", audio="water"), move) == []


def test_the_look_may_name_camera_and_sound_for_every_shot() -> None:
    assert codes_of(Prompt(text="A boat drifts."), look="handheld 16 mm, no music") == []


def test_what_is_said_is_not_done() -> None:
    assert find_actions("He whispers") == ()
    prompt = Prompt(text='He says "She enters, sits down, opens it and burns it."', camera="static")
    assert codes_of(prompt) == []


def test_a_reference_that_the_written_prompt_never_names_is_reported_with_its_strip() -> None:
    shot = a_shot(GOOD_PROMPT, references=("Image 1",))
    reference = ANA.model_copy(update={"strips": ("still.jpg",)})
    written = WrittenPrompt(text="A boat drifts near Image 12.", shot_texts=("A boat drifts near Image 12.",))
    found = lint([shot], [reference], written, most_characters=5000, least_window_seconds=1)
    assert [(warning.code, warning.strip) for warning in found] == [("unmentioned", "still.jpg")]


@pytest.mark.parametrize("spelling", ["{kind} {n}", "@{kind} {n}", "[{kind}{n}]", "<<<{kind_lower}_{n}>>>"])
def test_a_reference_that_is_introduced_is_mentioned(spelling: str) -> None:
    shot = a_shot(GOOD_PROMPT, references=("Image 1",))
    written = write_prompt([shot], [ANA], dialect="numbered", reference_name=spelling)
    assert lint([shot], [ANA], written, most_characters=5000, least_window_seconds=1) == ()


def test_a_prompt_one_character_too_long_is_reported_at_its_longest_shot() -> None:
    short, long = a_shot(GOOD_PROMPT), a_shot(Prompt(text="A long " * 30, camera="static", audio="water"), start=4)
    long = long.model_copy(update={"strips": ("long one",)})
    written = write_prompt([short, long], [], dialect="numbered", reference_name="{kind} {n}")
    length = len(written.text)
    assert lint([short, long], [], written, most_characters=length, least_window_seconds=1) == ()
    (found,) = lint([short, long], [], written, most_characters=length - 1, least_window_seconds=1)
    assert (found.code, found.strip) == ("too-long", "long one")
    assert f"{length:,} characters" in found.message


def test_a_window_under_the_models_least_is_reported() -> None:
    assert codes_of(GOOD_PROMPT, least=4) == []
    (found,) = warnings_of(GOOD_PROMPT, least=5)
    assert (found.code, found.strip) == ("short-window", "SH010 prompt")
    assert "4 s; the model's shortest timed shot is 5 s" in found.message


def test_a_name_is_reported_once_a_shot() -> None:
    assert codes_of(Prompt(text="@bob and @bob", camera="static", audio="@bob hums")) == ["unknown-name"]


def test_two_hundred_shots_are_linted_in_the_blink_of_an_eye() -> None:
    words = "An old keeper goes up the spiral tower with a lamp in one of his pockets. " * 5
    shots = [a_shot(Prompt(text=words), start=number * 4) for number in range(200)]
    written = write_prompt(shots, [], dialect="windows", reference_name="{kind} {n}")
    began = time.perf_counter()
    found = lint(shots, [], written, most_characters=200_000, least_window_seconds=1)
    assert time.perf_counter() - began < 2.0
    assert len(found) == 400
