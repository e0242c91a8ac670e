"""From shots to orders: :func:`make_plan`. Nothing is sent and nothing is spent here."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from math import ceil

from second_unit.catalog.capabilities import Model
from second_unit.catalog.models import model_of, titles_where
from second_unit.errors import OverLimit
from second_unit.plan import GenerationRequest, Plan
from second_unit.planning.choosing import chain_references
from second_unit.planning.drafting import Draft, OrderDesk
from second_unit.planning.packing import PackedReference, Piece, load_of, pack
from second_unit.planning.validation import validate
from second_unit.shots import Segment, ShotList
from second_unit.timeline import ShotWarning


def make_plan(shot_list: ShotList, model: Model | None = None) -> Plan:
    """
    Return the requests for a shot list: the cheapest way to divide it, of those the one with the fewest requests.

    Each shot gets a window of whole seconds at least as long as the cut needs; what is over is handles. Neighbours
    share a request as far as the model takes it, never across a gap, a marker or a group's edge; a group stays whole
    where the model can take it whole. Time grows with the number of shots.

    Args:
        shot_list: from :func:`~second_unit.shot_list.build_shot_list`.
        model: None takes what the shot list's settings name.

    Raises:
        UnknownModel, RetiredModel: the catalog has no such model, or it was shut down.
        OverLimit: a shot, its prompt or the chosen shape doesn't fit the model; names the strip and the remedy.
        PlanRefused: an option can't be followed.
    """
    model = model or model_of(shot_list.settings)
    planner = _Planner(shot_list, model)
    requests: list[GenerationRequest] = []
    warnings: list[ShotWarning] = list(shot_list.warnings)
    if shot_list.settings.audio and not model.capabilities.generates_audio and shot_list.segments:
        warnings.append(_no_sound(model))
    for run in _runs(shot_list):
        for request, found in planner.plan_run(run):
            requests.append(request)
            warnings.extend(found)
    return Plan(requests=tuple(requests), warnings=tuple(dict.fromkeys(warnings)))


def _no_sound(model: Model) -> ShotWarning:
    return ShotWarning(
        code="no-audio",
        message=f"{model.title} makes no sound: what comes back is silent.",
        remedy="Choose another model, or lay the sound yourself.",
    )


def _runs(shot_list: ShotList) -> Iterator[range]:
    """Yield the stretches of neighbours that may share requests: up to each gap, break and group's edge."""
    breaks = iter(shot_list.breaks)
    segments, start = shot_list.segments, 0
    following = next(breaks, None)
    for index in range(1, len(segments)):
        before, after = segments[index - 1], segments[index]
        while following is not None and following < before.range.end:
            following = next(breaks, None)
        broken = following is not None and following <= after.range.start
        if broken or before.range.end != after.range.start or before.group != after.group:
            yield range(start, index)
            start = index
    if segments:
        yield range(start, len(segments))


class _Planner:
    """Divides the shots of one plan."""

    def __init__(self, shot_list: ShotList, model: Model) -> None:
        self.shot_list = shot_list
        self.model = model
        self.takes = model.capabilities
        self.desk = OrderDesk(shot_list, model)
        self.uses = chain_references(shot_list.segments, self.desk.references)
        self.pieces = [self._piece(segment, uses) for segment, uses in zip(shot_list.segments, self.uses, strict=True)]
        self._amounts: dict[tuple[int, Fraction], Decimal] = {}

    def plan_run(self, run: range) -> Iterator[tuple[GenerationRequest, list[ShotWarning]]]:
        """
        Yield the requests of a run of neighbours, with what is to be said of each.

        How long a prompt gets is known once it is written. Where one is too long for shots that fit otherwise, they
        are packed again without that request.
        """
        refused: set[tuple[int, int]] = set()
        while True:
            chosen = list(self._pack(run, refused))
            drafts = [self._draft(one) for one in chosen]
            too_long = {
                (one.start - run.start, one.stop - run.start)
                for one, draft in zip(chosen, drafts, strict=True)
                if len(one) > 1 and len(draft.written.text) > self.takes.prompt_characters
            }
            if not too_long:
                break
            refused |= too_long
        for draft in drafts:
            request = self.desk.request(draft)
            validate(request, self.model)
            yield request, self.desk.remarks(draft, request)

    def _draft(self, chosen: range) -> Draft:
        part = slice(chosen.start, chosen.stop)
        seconds = [piece.seconds for piece in self.pieces[part]]
        return self.desk.draft(self.shot_list.segments[part], seconds, self.uses[part])

    def _piece(self, segment: Segment, uses: tuple[PackedReference, ...]) -> Piece:
        return Piece(
            seconds=self._window(segment),
            references=uses,
            characters=sum(len(value) for value in segment.prompt.model_dump().values()),
        )

    def _window(self, segment: Segment) -> int:
        """
        Return the whole seconds that cover a shot: 50 frames at 25 are 2 s, 51 are 3.

        Raises:
            OverLimit: the model's longest order is shorter.
        """
        seconds = segment.range.seconds(self.shot_list.rate)
        window = max(ceil(seconds), self.takes.least_window_seconds if self.takes.shots > 1 else 1)
        if window > self.takes.most_seconds:
            others = titles_where(lambda one: one.capabilities.most_seconds >= window, self.model)
            raise OverLimit(
                f"Shot '{segment.name}' is {float(seconds):.4g} s; {self.model.title} takes "
                f"{self.takes.least_seconds}–{self.takes.most_seconds} s.",
                remedy=f"Split the strip, or choose {others}." if others else "Split the strip.",
                strip=(segment.strips or (segment.name,))[0],
                service=self.model.service,
            )
        return window

    def _pack(self, run: range, refused: set[tuple[int, int]]) -> Iterator[range]:
        """Yield the requests of a run; a group that fits is one, whatever it costs."""
        pieces = self.pieces[run.start : run.stop]
        grouped = self.shot_list.segments[run.start].group is not None
        if grouped and (0, len(pieces)) not in refused and load_of(pieces).fits(self.takes):
            yield run
            return
        for chosen in pack(pieces, self.takes, self._amount, refused):
            yield range(run.start + chosen.start, run.start + chosen.stop)

    def _amount(self, seconds: int, video_seconds: Fraction) -> Decimal:
        """Return what packing compares: the cost, or the seconds where the price isn't known."""
        if (seconds, video_seconds) not in self._amounts:
            cost = self.desk.cost(seconds, video_seconds)
            self._amounts[seconds, video_seconds] = Decimal(seconds) if cost.amount is None else cost.amount
        return self._amounts[seconds, video_seconds]
