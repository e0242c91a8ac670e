"""Spoken lines are found in any language's quotation marks, and their language is named when the letters tell it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from second_unit.prompts.speech import language_of, languages_named, split_speech


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('She says "We are late."', "We are late."),
        ("She says “We are late.”", "We are late."),
        ("Sie sagt „Wir sind spät.“", "Wir sind spät."),
        ("Ona mówi „Już późno.”", "Już późno."),
        ("Elle dit « On est en retard. »", "On est en retard."),
        ("Hun siger »Vi er sent på den.«", "Vi er sent på den."),
        ("Hon säger ”Vi är sena.”", "Vi är sena."),
        ("彼女は「遅れる」と言う", "遅れる"),
        ("她说『迟到了』", "迟到了"),
        ("她说“迟到了”", "迟到了"),
        ("「彼は『行け』と言った」", "彼は'行け'と言った"),
        ("“He said "
         '"go" to me”', "He said 'go' to me"),
        ("It's “don’t stop”", "don’t stop"),
    ],
)  # fmt: skip
def test_a_spoken_line_is_what_stands_in_quotation_marks(text: str, line: str) -> None:
    assert [line] == [span.text for span in split_speech(text) if span.spoken]


@pytest.mark.parametrize("text", ["It's 5\" wide", "an unclosed “ mark", "no quotes ’til dawn", '""', "”“", ""])
def test_a_mark_without_its_partner_opens_nothing(text: str) -> None:
    assert [span for span in split_speech(text) if span.spoken] == []
    assert text == "".join(span.text for span in split_speech(text))


@settings(deadline=None)
@given(st.text())
def test_narration_is_never_changed(text: str) -> None:
    assert all(span.text in text for span in split_speech(text) if not span.spoken)


@settings(deadline=None)
@given(st.text())
def test_no_double_quote_is_left_inside_a_spoken_line(text: str) -> None:
    assert all('"' not in span.text for span in split_speech(text) if span.spoken)


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("行こう", "Japanese"),
        ("迟到了", "Chinese"),
        ("늦었어", "Korean"),
        ("สายแล้ว", "Thai"),
        ("Мы опоздали, быстрее", "Russian"),
        ("Ми запізнилися, її немає", "Ukrainian"),
        ("Каснимо, љубави", "Serbian"),
        ("Αργήσαμε", "Greek"),
        ("איחרנו", "Hebrew"),
        ("لقد تأخرنا", "Arabic"),
        ("دیر کردیم", "Persian"),
        ("ہمیں دیر ہو گئی ہے", "Urdu"),
        ("हमें देर हो गई है", "Hindi"),
        ("आम्हाला उशीर झाला आहे", "Marathi"),
        ("நாம் தாமதமாகிவிட்டோம்", "Tamil"),
        ("We are late", None),
        ("Nous sommes en retard", None),
        ("Hola", None),
        ("Закъсняхме", None),
        ("…", None),
        ("🐼", None),
    ],
)
def test_the_language_is_named_when_the_letters_leave_one_answer(line: str, language: str | None) -> None:
    assert language == language_of(line)


def test_han_beside_kana_is_japanese() -> None:
    assert language_of("了解", "彼は「了解」と言う") == "Japanese"


@pytest.mark.parametrize(
    ("note", "languages"),
    [
        ("dialogue in French", ("French",)),
        ("spoken Italian, rain", ("Italian",)),
        ("rain; Spanish dialogue", ("Spanish",)),
        ("French", ("French",)),
        ("she speaks soft Portuguese, he answers in German", ("Portuguese", "German")),
        ("a French horn", ()),
        ("French windows rattle", ()),
        ("in French horn style", ()),
        ("Polish the brass", ()),
        ("he opens in finnish time", ()),
    ],
)
def test_the_editors_note_names_a_language_only_where_it_speaks_of_speech(
    note: str, languages: tuple[str, ...]
) -> None:
    assert languages == languages_named(note)
