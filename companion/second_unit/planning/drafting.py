"""Writing one order: which references it sends, its prompt, its cost, and what is to be said of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from second_unit.catalog.capabilities import Model
from second_unit.catalog.models import price_of
from second_unit.errors import PlanRefused
from second_unit.plan import Cost, GenerationRequest, OrderReference, TimedShot
from second_unit.planning.absent import spell_absent
from second_unit.planning.choosing import choose, gather, label
from second_unit.planning.cost import reckon_cost
from second_unit.planning.packing import PackedReference
from second_unit.planning.shapes import Shape, choose_shape
from second_unit.planning.staleness import shot_signature
from second_unit.prompts.dialects import DIALECTS
from second_unit.prompts.lint import lint
from second_unit.prompts.writing import PromptReference, PromptShot, WrittenPrompt, write_prompt
from second_unit.shots import ReferenceKind, Segment, ShotList
from second_unit.timeline import Role, ShotWarning

# What lint would say again: the shot list has already named whoever is mentioned and not in the cast, with the remedy.
SAID_BEFORE = frozenset({"unknown-name"})


@dataclass(slots=True)
class Draft:
    """One order as it is written, before it is a request. ``windows`` are its shots' seconds, from and to."""

    segments: Sequence[Segment]
    windows: list[tuple[int, int]]
    references: tuple[OrderReference, ...]
    shots: list[PromptShot]
    written: WrittenPrompt
    warnings: list[ShotWarning]


class OrderDesk:
    """
    Where the orders of one plan are written, all in the same shape, for the same model.

    Raises:
        OverLimit: the model doesn't make the resolution or ratio that the settings name.
        PlanRefused: an option can't be followed.
    """

    def __init__(self, shot_list: ShotList, model: Model) -> None:
        self.shot_list = shot_list
        self.model = model
        self.takes = model.capabilities
        self.settings = shot_list.settings
        self.shape: Shape = choose_shape(shot_list, model)
        self.price = price_of(model, str(self.settings.options.get("host", "")))
        self.dialect = _dialect(str(self.settings.options.get("dialect", "")) or self.takes.dialect)
        self.audio = self.settings.audio and self.takes.generates_audio
        self.options = {name: value for name, value in self.settings.options.items() if name != "dialect"}
        self.references = {reference.key: reference for reference in shot_list.references}
        self.strips = {reference.key: frozenset(reference.strips) for reference in shot_list.references}

    def cost(self, seconds: int, video_seconds: Fraction) -> Cost:
        """Return what an order of so many seconds costs, with so many seconds of reference video."""
        return reckon_cost(
            self.price,
            resolution=self.shape.resolution,
            width=self.shape.width,
            height=self.shape.height,
            seconds=seconds,
            video_seconds=video_seconds,
        )

    def draft(
        self, segments: Sequence[Segment], seconds: Sequence[int], uses: Sequence[tuple[PackedReference, ...]]
    ) -> Draft:
        """Return the order of some neighbouring shots, whose windows are so many seconds each."""
        windows = self._windows(seconds)
        candidates = gather(segments, uses, self.references, self.strips)
        kept, warnings = choose(candidates, self.model)
        references = label(kept)
        shots = self._prompt_shots(segments, windows, references)
        written = write_prompt(
            shots,
            _prompt_references(references),
            dialect=self.dialect,
            reference_name=self.takes.reference_name,
            look=self.shot_list.look,
            generates_audio=self.audio,
        )
        return Draft(segments, windows, references, shots, written, warnings)

    def _windows(self, seconds: Sequence[int]) -> list[tuple[int, int]]:
        """Return where each window starts and ends; the last is lengthened to the model's least."""
        windows, start = [], 0
        for length in seconds:
            windows.append((start, start + length))
            start += length
        windows[-1] = (windows[-1][0], max(start, self.takes.least_seconds))
        return windows

    def _prompt_shots(
        self, segments: Sequence[Segment], windows: Sequence[tuple[int, int]], references: Sequence[OrderReference]
    ) -> list[PromptShot]:
        attached = {reference.cast for reference in references}
        absent = [member for member in self.shot_list.cast if member.name not in attached]
        return [
            PromptShot(
                name=segment.name,
                start_seconds=start,
                end_seconds=end,
                prompt=spell_absent(segment.prompt, absent, self.shot_list.cast),
                strips=segment.strips,
                references=tuple(reference.label for reference in references if segment.id in reference.shots),
            )
            for segment, (start, end) in zip(segments, windows, strict=True)
        ]

    def request(self, draft: Draft) -> GenerationRequest:
        """Return the request that an order comes to."""
        first, last = draft.segments[0].name, draft.segments[-1].name
        duration = draft.windows[-1][1]
        return GenerationRequest(
            name=first if len(draft.segments) == 1 else f"{first}–{last}",
            service=self.model.service,
            model=self.model.id,
            prompt=draft.written.text,
            shots=tuple(
                TimedShot(
                    segment=segment.id,
                    name=segment.name,
                    range=segment.range,
                    start_seconds=start,
                    end_seconds=end,
                    text=text,
                    channel=segment.channel,
                    strips=segment.strips,
                    signature=shot_signature(segment, self.shot_list, self.references, self.model.id),
                )
                for segment, (start, end), text in zip(
                    draft.segments, draft.windows, draft.written.shot_texts, strict=True
                )
            ),
            references=draft.references,
            duration_seconds=duration,
            ratio=self.shape.ratio,
            resolution=self.shape.resolution,
            width=self.shape.width,
            height=self.shape.height,
            audio=self.audio,
            seed=self.settings.seed,
            rate=self.shot_list.rate,
            edit=self.shot_list.file,
            options=self.options,
            cost=self.cost(duration, self._video_seconds(draft.references)),
        )

    def _video_seconds(self, references: Sequence[OrderReference]) -> Fraction:
        """Return how long the videos last together; of one whose length isn't known yet, the longest it may."""
        longest = self.takes.video.most_seconds or self.takes.most_seconds
        return sum(
            (
                Fraction(longest if one.length_seconds is None else one.length_seconds).limit_denominator(1_000_000)
                for one in references
                if one.kind is ReferenceKind.VIDEO
            ),
            Fraction(0),
        )

    def remarks(self, draft: Draft, request: GenerationRequest) -> list[ShotWarning]:
        """Return every warning about an order: what was left out, what becomes of its frames, what lint found."""
        return [*draft.warnings, *self._warn_of_frames(request), *self._lint(draft)]

    def _warn_of_frames(self, request: GenerationRequest) -> Iterator[ShotWarning]:
        """Say what becomes of first and last frames: exact ones set the shape, those in company are references."""
        frames = [one for one in request.references if one.role in (Role.FIRST_FRAME, Role.LAST_FRAME)]
        if request.sends_frames and self.takes.first_frame:
            if self.takes.frames_set_ratio:
                yield ShotWarning(
                    code="frame-ratio",
                    strip=frames[0].name,
                    message=f"is the first frame: {self.model.title} makes all in its shape, not {request.ratio}.",
                    remedy="Crop the picture to the edit's shape.",
                )
            return
        for one in frames if self.takes.frames_exclude_references or not self.takes.first_frame else ():
            yield ShotWarning(
                code="frame-as-reference",
                strip=one.name,
                message=(
                    f"is sent as a reference and the prompt says that it is the {one.role.value}: {self.model.title} "
                    "takes an exact first or last frame only by itself."
                ),
                remedy="For an exact frame, mute the shot's other references and set a marker on both its ends.",
            )

    def _lint(self, draft: Draft) -> list[ShotWarning]:
        found = lint(
            draft.shots,
            _prompt_references(draft.references),
            draft.written,
            most_characters=self.takes.prompt_characters,
            least_window_seconds=self.takes.least_window_seconds,
        )
        return [warning for warning in found if warning.code not in SAID_BEFORE]


def _prompt_references(references: Sequence[OrderReference]) -> list[PromptReference]:
    return [
        PromptReference(
            label=one.label,
            kind=one.kind,
            role=one.role,
            name=one.name,
            cast=one.cast,
            description=one.description,
            exclusion=one.exclusion,
            strips=one.strips,
            source_kind=one.source.kind,
        )
        for one in references
    ]


def _dialect(name: str) -> str:
    if name not in DIALECTS:
        raise PlanRefused(
            f"There is no way of writing shots called '{name}'.", remedy=f"Set one of {', '.join(DIALECTS)}."
        )
    return name
