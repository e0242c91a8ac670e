"""Packing is exact: no other division of the shots is cheaper, and none as cheap has fewer requests."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from second_unit.catalog.capabilities import Capabilities, ReferenceLimits
from second_unit.planning.packing import PackedReference, Piece, load_of, ordered_seconds, pack
from second_unit.shots import ReferenceKind

MODEL = Capabilities(
    least_seconds=4,
    most_seconds=15,
    default_resolution="720p",
    sizes={},
    shots=5,
    image=ReferenceLimits(count=3),
    video=ReferenceLimits(count=2, total_seconds=10),
    audio=ReferenceLimits(count=1),
    references=4,
    prompt_characters=100,
)


def price(seconds: int, video_seconds: Fraction) -> Decimal:
    """With a video the second is cheaper and there is a least, as on Seedance: the cheapest isn't the shortest."""
    if not video_seconds:
        return Decimal(7) * seconds
    return Decimal("4.3") * max(seconds + int(video_seconds), seconds * 5 // 3)


def references() -> st.SearchStrategy[PackedReference]:
    return st.builds(
        lambda kind, name, seconds: PackedReference(
            f"{kind}{name}{seconds}", f"{kind}{name}", kind, Fraction(0 if kind is ReferenceKind.IMAGE else seconds)
        ),
        st.sampled_from(list(ReferenceKind)),
        st.integers(0, 3),
        st.integers(2, 5),
    )


pieces = st.lists(
    st.builds(Piece, st.integers(1, 9), st.lists(references(), max_size=3).map(tuple), st.integers(0, 60)),
    min_size=1,
    max_size=9,
)


def divisions(count: int) -> Iterator[list[range]]:
    """Every way to divide so many shots into runs of neighbours."""
    for cuts in range(count):
        for inner in combinations(range(1, count), cuts):
            ends = [0, *inner, count]
            yield [range(start, end) for start, end in pairwise(ends)]


def rank(division: Sequence[range], shots: Sequence[Piece]) -> tuple[Decimal, int] | None:
    """What a division costs and how many requests it has; None where the model doesn't take it."""
    total = Decimal(0)
    for part in division:
        load = load_of(shots[part.start : part.stop])
        if not load.fits(MODEL):
            return None
        total += price(ordered_seconds(load, MODEL), load.video_seconds)
    return total, len(division)


@given(pieces)
@settings(max_examples=150, deadline=None)
def test_no_other_division_is_better(shots: list[Piece]) -> None:
    best = min(found for division in divisions(len(shots)) if (found := rank(division, shots)) is not None)

    assert best == rank(pack(shots, MODEL, price), shots)


@given(pieces)
def test_every_shot_is_packed_once_and_in_order(shots: list[Piece]) -> None:
    packed = [index for part in pack(shots, MODEL, price) for index in part]

    assert list(range(len(shots))) == packed


@given(pieces, st.sets(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=4))
def test_no_request_holds_one_that_was_refused(shots: list[Piece], refused: set[tuple[int, int]]) -> None:
    refused = {(start, end) for start, end in refused if end > start + 1}

    held = [
        (part, one)
        for part in pack(shots, MODEL, price, refused)
        for one in refused
        if part.start <= one[0] and one[1] <= part.stop
    ]
    assert held == []


def test_what_is_free_is_packed_into_the_fewest_requests() -> None:
    shots = [Piece(seconds=3)] * 10

    assert [range(5), range(5, 10)] == pack(shots, MODEL, lambda *_: Decimal(0))


def test_a_shot_with_more_references_than_fit_is_packed_alone() -> None:
    many = tuple(PackedReference(str(n), str(n), ReferenceKind.IMAGE) for n in range(9))

    assert [range(1), range(1, 2), range(2, 3)] == pack([Piece(4), Piece(4, many), Piece(4)], MODEL, price)


def test_a_reference_shared_by_shots_counts_once() -> None:
    shared = tuple(PackedReference(str(n), str(n), ReferenceKind.IMAGE) for n in range(3))

    assert [range(5)] == pack([Piece(3, shared)] * 5, MODEL, lambda *_: Decimal(0))


def test_cuts_of_a_chain_count_once_and_their_seconds_add_up() -> None:
    def cut(number: int) -> Piece:
        return Piece(3, (PackedReference(f"cut {number}", "film", ReferenceKind.VIDEO, Fraction(3)),))

    packed = pack([cut(number) for number in range(5)], MODEL, lambda *_: Decimal(0))

    assert sorted(len(part) for part in packed) == [2, 3]  # 10 s of video at most: three cuts of 3 s


def test_time_grows_with_the_number_of_shots() -> None:
    """Ten times the shots may take thirty times as long here, and a quadratic packing would take a hundred."""

    def seconds(count: int) -> float:
        shots = [Piece(1 + index % 4) for index in range(count)]
        start = time.process_time()
        pack(shots, MODEL, price)
        return time.process_time() - start

    seconds(500)
    assert seconds(5_000) < 30 * min(seconds(500), seconds(500))
