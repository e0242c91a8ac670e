"""
Packing: which neighbouring shots share a request.

:func:`pack` finds, among all ways of dividing a run of shots into requests of neighbours, the cheapest, and of those
the one with the fewest requests; exact, by dynamic programming. How much a request may hold bounds how far back each
step looks, so time grows with the number of shots.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from second_unit.catalog.capabilities import Capabilities
from second_unit.shots import ReferenceKind


@dataclass(frozen=True, slots=True)
class PackedReference:
    """
    One use of a reference by a shot.

    Args:
        key: the same content and cut: within a request it counts, and lasts, once.
        chain: the same for cuts of one file that follow one another from shot to shot: sent as one, it counts once.
        kind: image, video or audio.
        seconds: how long the cut lasts; 0 for a picture.
    """

    key: str
    chain: str
    kind: ReferenceKind
    seconds: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Piece:
    """
    One shot, as packing sees it.

    Args:
        seconds: its window.
        references: what it uses.
        characters: at least so many will be written for it.
    """

    seconds: int
    references: tuple[PackedReference, ...] = ()
    characters: int = 0


@dataclass(slots=True)
class Load:
    """What a request holds so far, while shots are put in one by one."""

    shots: int = 0
    seconds: int = 0
    characters: int = 0
    keys: set[str] = field(default_factory=set)
    chains: dict[ReferenceKind, set[str]] = field(default_factory=lambda: {kind: set() for kind in ReferenceKind})
    reference_seconds: dict[ReferenceKind, Fraction] = field(
        default_factory=lambda: dict.fromkeys(ReferenceKind, Fraction(0))
    )

    @property
    def video_seconds(self) -> Fraction:
        """How long its reference videos last together."""
        return self.reference_seconds[ReferenceKind.VIDEO]

    def add(self, piece: Piece) -> None:
        """Put one more shot in."""
        self.shots += 1
        self.seconds += piece.seconds
        self.characters += piece.characters
        for reference in piece.references:
            self.chains[reference.kind].add(reference.chain)
            if reference.key not in self.keys:
                self.keys.add(reference.key)
                self.reference_seconds[reference.kind] += reference.seconds

    def fits(self, model: Capabilities) -> bool:
        """
        Tell whether a model takes it.

        One shot alone may bring more references than fit: those of them that are sent are chosen later.
        """
        if self.shots > model.shots or self.seconds > model.most_seconds:
            return False
        return self.shots == 1 or (self.characters <= model.prompt_characters and self._references_fit(model))

    def _references_fit(self, model: Capabilities) -> bool:
        if sum(len(chains) for chains in self.chains.values()) > model.references:
            return False
        for kind in ReferenceKind:
            limits = model.limits(kind)
            if len(self.chains[kind]) > limits.count:
                return False
            if limits.total_seconds is not None and self.reference_seconds[kind] > limits.total_seconds:
                return False
        return True


def pack(
    pieces: Sequence[Piece],
    model: Capabilities,
    price: Callable[[int, Fraction], Decimal],
    refused: Collection[tuple[int, int]] = (),
) -> list[range]:
    """
    Divide shots into requests of neighbours: the cheapest way, of those the one with the fewest requests.

    Args:
        pieces: the shots, in order, each short enough for the model.
        model: what bounds a request.
        price: what a request of so many seconds costs, with so many seconds of reference video.
        refused: requests, as (start, end), that were found too long in another way; what holds one of them is too.

    Returns:
        The requests in order, as ranges of shots; together they hold every shot once.
    """
    best: list[tuple[Decimal, int]] = [(Decimal(0), 0)]  # the price and number of requests up to each shot
    cut_before = [0]
    for end in range(1, len(pieces) + 1):
        choices = [
            (best[start][0] + price(ordered_seconds(load, model), load.video_seconds), best[start][1] + 1, start)
            for start, load in _requests_ending_at(end, pieces, model, refused)
        ]
        amount, requests, start = min(choices)
        best.append((amount, requests))
        cut_before.append(start)
    return _walk_back(cut_before)


def ordered_seconds(load: Load, model: Capabilities) -> int:
    """Return how many seconds are ordered: the windows, and never less than the model's least."""
    return max(load.seconds, model.least_seconds)


def load_of(pieces: Sequence[Piece]) -> Load:
    """Return what a request of these shots holds."""
    load = Load()
    for piece in pieces:
        load.add(piece)
    return load


def _requests_ending_at(
    end: int, pieces: Sequence[Piece], model: Capabilities, refused: Collection[tuple[int, int]]
) -> Iterator[tuple[int, Load]]:
    """Yield the start and the load of every request that may end before ``end``, from the shortest on."""
    # What holds a refused request starts no later than that does. A single shot is always yielded: whether it can be
    # sent at all isn't packing's question.
    too_early = max((start for start, refused_end in refused if refused_end <= end), default=-1)
    load = Load()
    for start in range(end - 1, -1, -1):
        load.add(pieces[start])
        if load.shots > 1 and (start <= too_early or not load.fits(model)):
            return
        yield start, load


def _walk_back(cut_before: Sequence[int]) -> list[range]:
    requests = []
    end = len(cut_before) - 1
    while end > 0:
        requests.append(range(cut_before[end], end))
        end = cut_before[end]
    return requests[::-1]
