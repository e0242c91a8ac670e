"""A prompt says everything once, in the order and the words that a model wants."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from second_unit.errors import BadRange
from second_unit.prompts.dialects import DIALECTS
from second_unit.prompts.references import sentence, write_label
from second_unit.prompts.writing import PromptReference, PromptShot, WrittenPrompt, write_prompt
from second_unit.shots import ReferenceKind
from second_unit.timeline import Prompt, Role

KINDS = {"Image": ReferenceKind.IMAGE, "Video": ReferenceKind.VIDEO, "Audio": ReferenceKind.AUDIO}


def a_reference(label: str, role: Role, **told: str) -> PromptReference:
    return PromptReference.model_validate(
        {"label": label, "kind": KINDS[label.split(maxsplit=1)[0]], "role": role, "name": "strip.001"} | told
    )


def shots_of(*prompts: Prompt | str, seconds: int = 3, uses: tuple[tuple[str, ...], ...] = ()) -> list[PromptShot]:
    return [
        PromptShot(
            name=f"SH0{number + 1}0",
            start_seconds=number * seconds,
            end_seconds=(number + 1) * seconds,
            prompt=Prompt(text=prompt) if isinstance(prompt, str) else prompt,
            references=uses[number] if uses else (),
        )
        for number, prompt in enumerate(prompts)
    ]


def write(
    shots: list[PromptShot],
    *references: PromptReference,
    dialect: str = "numbered",
    name: str = "{kind} {n}",
    **more: str,
) -> WrittenPrompt:
    return write_prompt(shots, references, dialect=dialect, reference_name=name, **more)  # type: ignore[arg-type]


ANA = a_reference("Image 1", Role.CHARACTER, cast="ana", description="a woman in a red raincoat")


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [
        ("markers", "[0-3s] A boat drifts.\n[3-6s] It sinks."),
        ("numbered", "Shot 1: A boat drifts.\nShot 2: It sinks."),
        ("windows", "Shot 1 [0:00-0:03] - A boat drifts.\nShot 2 [0:03-0:06] - It sinks."),
    ],
)
def test_each_dialect_marks_its_shots_its_own_way(dialect: str, expected: str) -> None:
    assert expected == write(shots_of("A boat drifts", "It sinks."), dialect=dialect).text


def test_windows_past_a_minute_are_written_in_minutes_and_seconds() -> None:
    assert "Shot 2 [1:05-2:10] - It sinks." in write(shots_of("A", "It sinks", seconds=65), dialect="windows").text


@pytest.mark.parametrize("dialect", list(DIALECTS))
def test_a_request_of_one_shot_needs_no_mark(dialect: str) -> None:
    assert write(shots_of("A boat drifts"), dialect=dialect).text == "A boat drifts."


def test_the_six_fields_stand_in_the_order_models_want() -> None:
    prompt = Prompt(
        audio="gulls, no music",
        lighting="low sun",
        environment="a harbour at dawn",
        camera="slow push-in",
        action="mends a net",
        subject="An old fisherman",
    )
    expected = (
        "An old fisherman mends a net. Camera: slow push-in. Setting: a harbour at dawn. Light: low sun. "
        "Sound: gulls, no music."
    )
    assert expected == write(shots_of(prompt)).text


def test_free_text_stands_before_the_fields_and_nothing_typed_is_lost() -> None:
    prompt = Prompt(text="A boat drifts", subject="Two gulls", action="They fight", camera="static")
    assert write(shots_of(prompt)).text == "A boat drifts. Two gulls. They fight. Camera: static."


def test_lines_of_a_text_strip_become_one_line() -> None:
    assert write(shots_of("A boat\n\tdrifts.\r\nIt  sinks.")).text == "A boat drifts. It sinks."


def test_the_look_is_said_once_for_all_shots() -> None:
    written = write(shots_of("A", "B", "C"), look="16 mm film, muted colours")
    assert written.text.count("16 mm film") == 1
    assert written.text.startswith("Look: 16 mm film, muted colours.\n")


def test_no_audio_line_is_written_for_a_model_without_sound() -> None:
    shots = shots_of(Prompt(text="A boat drifts", audio="gulls"))
    written = write_prompt(shots, [], dialect="numbered", reference_name="{kind} {n}", generates_audio=False)
    assert written.text == "A boat drifts."


def test_shot_texts_are_the_shots_without_their_marks() -> None:
    written = write(shots_of("A boat drifts", Prompt(text="It sinks", camera="static")), dialect="windows")
    assert written.shot_texts == ("A boat drifts.", "It sinks. Camera: static.")


@pytest.mark.parametrize("windows", [[(0, 3), (4, 6)], [(0, 3), (2, 6)], [(1, 3)], [(0, 0)], [(0, 3), (3, 2)]])
def test_windows_with_a_gap_or_an_overlap_are_refused_by_name(windows: list[tuple[int, int]]) -> None:
    shots = [
        PromptShot(name=f"SH{n}", start_seconds=start, end_seconds=end, prompt=Prompt(text="A"))
        for n, (start, end) in enumerate(windows)
    ]
    with pytest.raises(BadRange, match=r"Shot 'SH\d' has the window"):
        write(shots)


# References


@pytest.mark.parametrize(
    ("spelling", "expected"),
    [
        ("{kind} {n}", "Image 1"),
        ("@{kind} {n}", "@Image 1"),
        ("[{kind}{n}]", "[Image1]"),
        ("<<<{kind_lower}_{n}>>>", "<<<image_1>>>"),
    ],
)
def test_a_reference_is_named_as_the_model_wants_it(spelling: str, expected: str) -> None:
    written = write(shots_of("@ana waits by image 1's door"), ANA, name=spelling)
    assert written.text.endswith(f"\n{expected} waits by {expected}'s door.")
    assert expected == write_label("Image 1", spelling)


ROLE_LINES = {
    Role.FIRST_FRAME: "Image 1 is the first frame of the video. Start on exactly this picture.",
    Role.LAST_FRAME: "Image 1 is the last frame of the video. End on exactly this picture.",
    Role.CHARACTER: "Image 1 shows a character. Keep this appearance in every detail. Do not use its background.",
    Role.STYLE: "Image 1 sets the style. Take its palette, light and texture. "
    "Do not use its content: none of its people, things or places.",
    Role.COMPOSITION: "Image 1 sets the composition. Take its framing and where things stand. "
    "Do not use its style or its people.",
    Role.MOTION: "Video 1 sets the movement. Take its paths, timing and gestures. "
    "Do not use its people, places or style.",
    Role.CAMERA: "Video 1 sets the camera. Take the camera's move, framing and speed. "
    "Do not use its people, places or style.",
    Role.SOUNDTRACK: "Audio 1 is the music. Keep its rhythm and mood.",
    Role.VOICE: "Audio 1 is a voice. Take its timbre, accent and pace. Do not use its words.",
    Role.AMBIENCE: "Audio 1 is the background sound. Keep it under the scene.",
}


@pytest.mark.parametrize("role", list(Role))
def test_each_role_is_told_in_words_with_what_to_leave(role: Role) -> None:
    expected = ROLE_LINES[role]
    reference = a_reference(" ".join(expected.split()[:2]), role)
    assert f"{expected}\nA." == write(shots_of("A"), reference).text


def test_a_playblast_is_introduced_as_a_blockout() -> None:
    blockout = a_reference("Video 1", Role.MOTION, source_kind="scene")
    expected = (
        "Video 1 is a coarse blockout. Take only paths, blocking, camera and cuts from it. "
        "Do not use its look, surfaces or setting."
    )
    assert expected == write(shots_of("A"), blockout).text.splitlines()[0]


def test_a_still_of_a_scene_gives_framing_only() -> None:
    still = a_reference("Image 1", Role.COMPOSITION, source_kind="scene")
    assert "Take only the framing and where things stand." in write(shots_of("A"), still).text


def test_each_cast_name_is_bound_to_its_own_reference() -> None:
    bob = a_reference("Image 2", Role.CHARACTER, cast="bob", description="a tall man")
    voice = a_reference("Audio 1", Role.VOICE, cast="bob")
    lines = write(shots_of("@ana waits"), ANA, bob, voice).text.splitlines()
    assert [line.split(".")[0] + "." for line in lines[:3]] == [
        "Image 1 is ana: a woman in a red raincoat.",
        "Image 2 is bob: a tall man.",
        "Audio 1 is the voice of bob.",
    ]


def test_the_editors_exclusion_stands_in_place_of_the_roles_own() -> None:
    typed = a_reference("Image 1", Role.CHARACTER, exclusion="Never show the scar")
    noun = a_reference("Image 2", Role.CHARACTER, exclusion="the umbrella")
    first, second, _ = write(shots_of("A"), typed, noun).text.splitlines()
    assert first.endswith("in every detail. Never show the scar.")
    assert second.endswith("in every detail. Do not use the umbrella.")


def test_a_cast_member_with_several_media_names_them_all() -> None:
    side = a_reference("Image 2", Role.CHARACTER, cast="ana")
    voice = a_reference("Audio 1", Role.VOICE, cast="ana")
    text = write(shots_of("@Ana waits"), ANA, side, voice).text
    assert text.endswith("\nana (Image 1, Image 2, Audio 1) waits.")
    assert "\nImage 2 is ana too. Keep this appearance" in text


def test_a_voice_alone_speaks_through_the_name() -> None:
    voice = a_reference("Audio 1", Role.VOICE, cast="bob")
    assert write(shots_of("@bob laughs"), voice).text.endswith("\nbob (Audio 1) laughs.")


def test_ana_is_not_anabel() -> None:
    anabel = a_reference("Image 2", Role.CHARACTER, cast="anabel")
    text = write(shots_of("@anabel meets @ana and @anaïs"), ANA, anabel).text
    assert text.splitlines()[-1] == "Image 2 meets Image 1 and anaïs."


def test_a_name_in_a_spoken_line_stays_a_name() -> None:
    assert write(shots_of("@ana says “I am @Ana!”"), ANA).text.endswith('\nImage 1 says "I am ana!"')


def test_what_a_shot_uses_and_does_not_name_is_said() -> None:
    style = a_reference("Image 2", Role.STYLE)
    music = a_reference("Audio 1", Role.SOUNDTRACK)
    shots = shots_of("@ana waits", "A boat", uses=(("Image 1", "Image 2"), ("Image 1", "Audio 1")))
    written = write(shots, ANA, style, music)
    assert written.shot_texts == ("Image 1 waits. In the style of Image 2.", "A boat. Music: Audio 1.")
    assert "Image 1 is ana in every shot: a woman in a red raincoat." in written.text


def test_image_12_does_not_stand_for_image_1() -> None:
    references = [a_reference(f"Image {n}", Role.CHARACTER, cast=f"c{n}") for n in range(1, 13)]
    shots = shots_of("@c12 waits", "@c2 waits", uses=(("Image 1", "Image 12"), ("Image 2",)))
    assert write(shots, *references).shot_texts[0] == "Image 12 waits. With Image 1."


def test_what_every_shot_uses_is_said_once() -> None:
    style = a_reference("Image 1", Role.STYLE)
    written = write(shots_of("A", "B", uses=(("Image 1",), ("Image 1",))), style)
    assert "Image 1 sets the style in every shot." in written.text
    assert written.text.count("Image 1") == 1


@pytest.mark.parametrize(
    ("dialect", "expected"), [("markers", "of the segment 3-6s"), ("numbered", "of Shot 2"), ("windows", "of Shot 2")]
)
def test_a_first_frame_in_the_middle_says_of_which_shot(dialect: str, expected: str) -> None:
    frame = a_reference("Image 1", Role.FIRST_FRAME)
    text = write(shots_of("A", "B", "C", uses=((), ("Image 1",), ())), frame, dialect=dialect).text
    assert text.startswith(f"Image 1 is the first frame {expected}.")


def test_a_last_frame_of_the_last_shot_ends_the_video() -> None:
    frame = a_reference("Image 1", Role.LAST_FRAME)
    text = write(shots_of("A", "B", uses=((), ("Image 1",))), frame).text
    assert text.startswith("Image 1 is the last frame of the video.")


# Spoken lines


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        (Prompt(text="Elle dit « Viens ! »"), 'Elle dit "Viens !"'),
        (Prompt(text="彼は「行こう」と言う"), '彼は"行こう" (in Japanese)と言う.'),
        (Prompt(text="She says “Мы опоздали, быстрее”."), 'She says "Мы опоздали, быстрее" (in Russian).'),
        (
            Prompt(text="She says „Viens“", audio="dialogue in French"),
            'She says "Viens" (in French). Sound: dialogue in French.',
        ),
        (Prompt(text="She says in French “Viens”"), 'She says in French "Viens".'),
        (Prompt(text="She says in Japanese 「行こう」"), 'She says in Japanese "行こう".'),
        (
            Prompt(text="Two lines", audio="“Ja” in German, “Oui” in French"),
            'Two lines. Sound: "Ja" in German, "Oui" in French.',
        ),
    ],
)
def test_dialogue_stands_in_straight_quotes_with_its_language_where_it_is_known(prompt: Prompt, expected: str) -> None:
    assert expected == write(shots_of(prompt)).text


# Anything people type

TEXTS = st.text(max_size=60)
ODD = st.sampled_from(
    [
        "{kind}",
        "{n}",
        "{",
        "}",
        "[0-3s]",
        "@",
        "@ana",
        "ana@x.org",
        "“",
        "”",
        "«",
        "„",
        "👩‍🚀",
        "\u200fمرحبا",
        "\u202e",
        "%s",
        "\\1",
        "Image 1",
    ]
)
WORDS = st.lists(TEXTS | ODD, max_size=6).map(" ".join)
PROMPTS = st.builds(
    Prompt, text=WORDS, subject=WORDS, action=WORDS, camera=WORDS, environment=WORDS, lighting=WORDS, audio=WORDS
)


@settings(deadline=None)
@given(st.lists(PROMPTS, min_size=1, max_size=4), st.sampled_from(sorted(DIALECTS)), WORDS)
def test_any_words_make_one_line_a_shot_and_the_same_prompt_twice(
    prompts: list[Prompt], dialect: str, look: str
) -> None:
    shots = shots_of(*prompts)
    written = write(shots, ANA, dialect=dialect, name="[{kind}{n}]", look=look)
    assert written == write(shots, ANA, dialect=dialect, name="[{kind}{n}]", look=look)
    body = written.text.splitlines() if len(shots) > 1 else []
    assert [line for line in body if not line.strip()] == []
    assert len(shots) == len(written.shot_texts)
    if len(shots) > 1:
        marks = [DIALECTS[dialect].mark(n, s.start_seconds, s.end_seconds) for n, s in enumerate(shots, 1)]
        tail = written.text.split("\n")[-len(shots) :]
        assert [mark + text for mark, text in zip(marks, written.shot_texts, strict=True)] == tail


@settings(deadline=None)
@given(st.lists(st.sampled_from(["ana", "anabel", "ana_b", "an"]), min_size=1, max_size=6))
def test_every_mention_becomes_its_own_reference(names: list[str]) -> None:
    cast = {"ana": "Image 1", "anabel": "Image 2", "ana_b": "Image 3", "an": "Image 4"}
    references = [a_reference(label, Role.CHARACTER, cast=name) for name, label in cast.items()]
    written = write(shots_of(" then ".join(f"@{name}" for name in names)), *references)
    assert [cast[name] for name in names] == re.findall(r"Image \d", written.shot_texts[0])


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
def test_words_without_names_or_quotes_arrive_as_they_were_typed(text: str) -> None:
    plain = re.sub(r"[@＠\"“”„«»「」『』＂]|(?i:image|video|audio|图|圖|视|視|音)", "", text)
    typed = " ".join(plain.split())
    assert write(shots_of(Prompt(text=plain))).text.startswith(typed.rstrip(",;:，；：、. "))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A boat", "A boat."),
        ("A boat.", "A boat."),
        ("船。", "船。"),
        ("Go!", "Go!"),
        ("A,", "A."),
        ('He says "Go."', 'He says "Go."'),
        ("", ""),
        ("”", "”."),
    ],
)
def test_a_sentence_ends_once(text: str, expected: str) -> None:
    assert expected == sentence(text)
