import pytest

from second_unit.rehearsal.panels import mentions, move_cuts, preamble, read_panels, told_seconds


@pytest.mark.parametrize(
    ("prompt", "starts"),
    [
        ("[0-3s] A harbour. [3-5s] A gull.", [0, 72]),
        ("[0–3 s] A harbour.\n[3–5 s] A gull.", [0, 72]),
        ("Shot 1 [0:00-0:03] - A harbour.\nShot 2 [0:03-0:05] - A gull.", [0, 72]),
        ("0-3s: A harbour.\n3-5s: A gull.", [0, 72]),
        ("0-3秒：港口。3-5秒：海鸥。", [0, 72]),
        ("Shot 1: A harbour. Shot 2: A gull.", [0, 60]),
        ("镜头1：港口。镜头2：海鸥。", [0, 60]),
        ("A harbour at dawn, 3-5 boats.", [0]),
    ],
)
def test_every_dialect_s_marks_become_the_cuts(prompt: str, starts: list[int]) -> None:
    assert [panel.start for panel in read_panels(prompt, 121)] == starts


def test_the_extra_frame_belongs_to_the_last_shot() -> None:
    assert read_panels("[0-3s] A. [3-5s] B.", 121)[-1].end == 121


def test_each_shot_has_its_own_words_and_mentions() -> None:
    first, second = read_panels("Image 1 is Ana. [0-3s] Image 1 walks. [3-5s] @Image 2, 音频1.", 121)
    assert (first.text, first.mentions) == ("Image 1 walks.", ("Image 1",))
    assert second.mentions == ("Image 2", "Audio 1")


def test_the_preamble_ends_where_the_first_shot_begins() -> None:
    assert preamble("Look: noir. Image 1 is Ana. [0-3s] She walks.") == "Look: noir. Image 1 is Ana."


def test_marks_beyond_the_movie_s_end_make_no_panel() -> None:
    assert [panel.end for panel in read_panels("[0-4s] A. [4-8s] B.", 97)] == [96, 97]
    assert len(read_panels("[0-8s] A. [8-12s] B.", 97)) == 1


def test_moved_cuts_leave_every_panel_at_least_two_frames() -> None:
    panels = read_panels("[0-2s] A. [2-3s] B. [3-4s] C.", 97)
    assert [panel.start for panel in move_cuts(panels, (0.5, -0.25))] == [0, 60, 66]
    assert [panel.start for panel in move_cuts(panels, (99.0,))] == [0, 93, 95]
    assert [panel.start for panel in move_cuts(panels, (-99.0,))] == [0, 2, 4]


def test_what_the_marks_come_to_is_the_length_they_ask_for() -> None:
    assert told_seconds("[0-3s] A. [3-7s] B.") == 7
    assert told_seconds("Shot 1: A.") is None


def test_a_reference_named_twice_counts_once() -> None:
    assert mentions("Image 1 and [Image 1] beside Image 12") == ("Image 1", "Image 12")
