"""Names in prompts are found where they stand, in any language, and nowhere else."""

from __future__ import annotations

import itertools
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from second_unit.prompts.mentions import find_mentions, locate_labels, locate_mentions, nearest_name

# Letters, marks, digits and "_" of every script; a name starts with a letter and is no label (image1).
LETTERS = st.characters(categories=["Lu", "Ll", "Lt", "Lo"])
INNER = st.characters(categories=["Lu", "Ll", "Lt", "Lo", "Mn", "Mc", "Nd"], include_characters="_")
NAMES = st.builds(lambda first, rest: first + rest, LETTERS, st.text(INNER, max_size=12)).filter(
    lambda name: not list(locate_labels(f"@{name}"))
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@ana waits", ("ana",)),
        ("with @ana, @bob and @ana.", ("ana", "bob")),
        ("@anabel looks at @ana", ("anabel", "ana")),
        ("@ana's coat, (@bob) “@eve”", ("ana", "bob", "eve")),
        ("@jean-luc - @mary_2!", ("jean-luc", "mary_2")),
        ("write to ana@example.com or x.y@z.org", ()),
        ("é@example.com", ()),
        ("@@ana, @ ana, @, @-", ()),
        ("@अना और @мария и @李雷", ("अना", "мария", "李雷")),
        ("\u200f@שרה הולכת", ("שרה",)),
        ("🐼@ana🐼", ("ana",)),
        ("{@ana} [@bob] <@eve>", ("ana", "bob", "eve")),
        ("＠ana", ("ana",)),
        ("@Image 1, @image2 and @Video 3", ()),
        ("", ()),
    ],
)
def test_names_after_an_at_sign_are_mentions(text: str, expected: tuple[str, ...]) -> None:
    assert expected == find_mentions(text)


@pytest.mark.parametrize(
    ("text", "cast", "expected"),
    [
        ("@Ana and @ANA", ["ana"], ("ana",)),
        ("@ana and @Ana", ["ana", "Ana"], ("ana", "Ana")),
        ("@anabel", ["ana"], ("anabel",)),
        ("@ana-like", ["ana"], ("ana",)),
        ("@ana-maria", ["ana", "ana-maria"], ("ana-maria",)),
        ("看见@小明走过来", ["小明"], ("小明",)),
        ("看见@小明明走过来", ["小明", "小明明"], ("小明明",)),
        ("@민수가 웃는다", ["민수"], ("민수",)),
        ("@さくらは歩く", ["さくら"], ("さくら",)),
        ("@STRASSE", ["straße"], ("straße",)),
        (unicodedata.normalize("NFD", "@zoé sings"), ["zoé"], ("zoé",)),
    ],
)
def test_a_mention_of_the_cast_comes_back_as_the_cast_spells_it(
    text: str, cast: list[str], expected: tuple[str, ...]
) -> None:
    assert expected == find_mentions(text, cast)


@settings(deadline=None)
@given(NAMES)
def test_every_name_that_a_cast_member_can_have_is_found(name: str) -> None:
    assert (name,) == find_mentions(f"Then @{name}, at last.", [name])


@settings(deadline=None)
@given(NAMES, NAMES)
def test_a_name_that_begins_another_is_not_taken_for_it(name: str, rest: str) -> None:
    assert (name + rest, name) == find_mentions(f"@{name + rest} sees @{name}", [name, name + rest])


@settings(deadline=None)
@given(st.text())
def test_mentions_lie_in_the_text_in_order_whatever_it_is(text: str) -> None:
    found = list(locate_mentions(text, ["ana", "小明"]))
    assert sorted(found) == found
    assert all(text[mention.start] in "@＠" and mention.end <= len(text) for mention in found)
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))


@settings(deadline=None)
@given(st.from_regex(r"[A-Za-z0-9_]{1,8}@[a-z0-9]{1,8}\.(com|org|de)", fullmatch=True))
def test_an_address_is_no_mention(address: str) -> None:
    assert find_mentions(f"write to {address} today", ["com", "org"]) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Image 1 and @Image2, [Video 3], audio 12.", ["Image 1", "Image 2", "Video 3", "Audio 12"]),
        ("图片4里的人、视频2", ["Image 4", "Video 2"]),
        ("Image 1's coat", ["Image 1"]),
        ("看Image 1", ["Image 1"]),
        ("Image1x, myimage 1, image 1.5, x.image 2, file_image 3", []),
        ("ana@image1.com", []),
    ],
)
def test_labels_are_found_however_they_are_typed(text: str, expected: list[str]) -> None:
    assert expected == [label.label for label in locate_labels(text)]


@pytest.mark.parametrize(
    ("typed", "names", "expected"),
    [
        ("anna", ["ana", "bob"], "ana"),
        ("ANA", ["ana"], "ana"),
        ("captian", ["captain", "cabin"], "captain"),
        ("wolfgang", ["ana", "bob"], None),
        ("ana", [], None),
        ("мария", ["Марина", "Пётр"], "Марина"),
    ],
)
def test_the_nearest_name_is_the_one_that_was_meant(typed: str, names: list[str], expected: str | None) -> None:
    assert expected == nearest_name(typed, names)
