"""From a stretch of timeline to its shots: the one way in is :func:`build_shot_list`."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise

from second_unit.errors import EmptyPrompt, EmptyStretch
from second_unit.prompts.mentions import find_mentions, nearest_name
from second_unit.shot_list.cuts import is_rendered
from second_unit.shot_list.ranges import LaidStrip, ShotRange, choose_shots, cut_apart, lay_out
from second_unit.shot_list.references import ReferenceDesk
from second_unit.shots import ReferenceKind, Segment, ShotList
from second_unit.timeline import (
    CastMember,
    Marker,
    MetaStrip,
    OtherStrip,
    Prompt,
    SceneStrip,
    ShotWarning,
    Strip,
    TextStrip,
    Timeline,
)
from second_unit.timing import FrameRange

REFERENCE_KINDS = frozenset({"image", "movie", "sound", "scene"})


def build_shot_list(timeline: Timeline) -> ShotList:
    """
    Return the shots of a stretch, in order, each with its prompt and the references that belong to it.

    Prompt strips (text strips, and any strip that carries a prompt) make one shot each; with none, every picture strip
    does. What overlaps a shot is its references, cut to the overlap. Metas are opened; the shots of one are a group.
    Time grows with n · log n and the number of uses.

    Raises:
        EmptyStretch: nothing there can be shot.
        EmptyPrompt: a text strip says nothing and nothing lies under it.
        BadRange: a shot has no frames, or lies before frame 0.
        MissingMedia, UnreadableMedia: a strip's file isn't there, or can't be read.
    """
    if timeline.stretch.length == 0:
        raise EmptyStretch(f"The {timeline.stretch_by} has no frames.", remedy="Choose a stretch with frames in it.")
    laid, left_out = lay_out(timeline)
    shots, chosen = choose_shots(timeline, laid)
    ranges, overlaps = cut_apart(shots)
    desk = ReferenceDesk(timeline)
    materials = [one for one in laid if _makes_a_reference(one.strip)]
    materials = _not_seen_in_others(materials)
    builder = _Builder(timeline, desk, _effects_by_input(laid))
    used = [builder.segment(shot, under) for shot, under in _strips_under(ranges, materials)]
    warnings = [
        *timeline.warnings,
        *left_out,
        *chosen,
        *_clipped(shots),
        *overlaps,
        *builder.warnings,
        *desk.warnings,
        *_unused(materials, builder.used_ids),
    ]
    return ShotList(
        name=timeline.name,
        rate=timeline.rate,
        width=timeline.width,
        height=timeline.height,
        segments=tuple(used),
        references=desk.references,
        breaks=_breaks(used, timeline.markers),
        cast=timeline.cast,
        look=timeline.look,
        settings=timeline.settings,
        file=timeline.file,
        warnings=tuple({(warning.code, warning.strip, warning.message): warning for warning in warnings}.values()),
    )


def _makes_a_reference(strip: Strip) -> bool:
    return strip.kind in REFERENCE_KINDS or is_rendered(strip)


def _not_seen_in_others(materials: Sequence[LaidStrip]) -> list[LaidStrip]:
    """Leave out what is seen in another that is sent as it looks: a meta's pictures, an effect's inputs."""
    rendered = [one.strip for one in materials if is_rendered(one.strip)]
    metas = {strip.id for strip in rendered if isinstance(strip, MetaStrip)}
    inputs = {strip for other in rendered if isinstance(other, OtherStrip) for strip in other.inputs}
    return [
        one
        for one in materials
        if one.strip.kind == "sound" or (one.strip.id not in inputs and metas.isdisjoint(one.metas))
    ]


def _strips_under(
    ranges: Sequence[ShotRange], laid: Sequence[LaidStrip]
) -> Iterable[tuple[ShotRange, list[LaidStrip]]]:
    """Yield each shot with the strips that overlap it, in the order of the edit; both come sorted by start."""
    active: list[LaidStrip] = []
    following = 0
    for shot in ranges:
        while following < len(laid) and laid[following].range.start < shot.range.end:
            active.append(laid[following])
            following += 1
        active = [one for one in active if one.range.end > shot.range.start]
        yield shot, active


def _effects_by_input(laid: Sequence[LaidStrip]) -> dict[str, list[LaidStrip]]:
    """Return the effects (a cross, a wipe) by the ids of the strips that they work on."""
    effects: dict[str, list[LaidStrip]] = {}
    for one in laid:
        if isinstance(one.strip, OtherStrip):
            for strip in one.strip.inputs:
                effects.setdefault(strip, []).append(one)
    return effects


class _Builder:
    """Makes the segments of one shot list, one after the other."""

    def __init__(self, timeline: Timeline, desk: ReferenceDesk, effects: dict[str, list[LaidStrip]]) -> None:
        self._desk = desk
        self._effects = effects
        self._cast = {member.name: member for member in timeline.cast}
        self.used_ids: set[str] = set()
        self.warnings: list[ShotWarning] = []

    def segment(self, shot: ShotRange, materials: Sequence[LaidStrip]) -> Segment:
        """Return the segment of a shot, its references counted."""
        strip = shot.laid.strip
        prompt = _prompt(shot, materials)
        cast = [key for member in self._mentioned(prompt, shot) for key in self._cast_references(member, shot)]
        keys = dict(self._strip_references(shot, materials, cast))
        references = tuple(dict.fromkeys([*keys.values(), *cast]))
        self._check_says_something(shot, prompt, references)
        used = [one for one in materials if one.strip.id in keys]
        self.used_ids.update(keys, (strip.id,))
        return Segment(
            id=strip.id if shot.part == 1 else f"{strip.id}/{shot.part}",
            name=_name(shot),
            range=shot.range,
            prompt=prompt,
            references=references,
            group=shot.laid.group or (strip.id if strip.kind == "meta" else None),
            channel=self._channel(shot, used),
            strips=tuple(dict.fromkeys([strip.name, *(one.strip.name for one in used)])),
        )

    def _strip_references(
        self, shot: ShotRange, materials: Sequence[LaidStrip], cast: Sequence[str]
    ) -> Iterable[tuple[str, str]]:
        for one in materials:
            overlap = one.range.overlap(shot.range)
            key = self._desk.add_strip(one, overlap, cast, after=overlap.start - shot.range.start) if overlap else None
            if key is not None:
                yield one.strip.id, key

    def _cast_references(self, member: CastMember, shot: ShotRange) -> tuple[str, ...]:
        return self._desk.add_cast(member, shot.laid.strip, shot.range.length)

    def _mentioned(self, prompt: Prompt, shot: ShotRange) -> list[CastMember]:
        """Return the cast members that a prompt names; a name that isn't in the cast becomes a warning."""
        names = find_mentions("\n".join(prompt.model_dump().values()), self._cast)
        self.warnings.extend(self._unknown_name(name, shot) for name in names if name not in self._cast)
        return [self._cast[name] for name in names if name in self._cast]

    def _unknown_name(self, name: str, shot: ShotRange) -> ShotWarning:
        nearest = nearest_name(name, self._cast)
        meant = f"Did you mean @{nearest}?" if nearest else "Add it to the scene's cast, or take the @ away."
        return ShotWarning(
            code="unknown-cast",
            strip=shot.laid.strip.name,
            message=f"mentions @{name}, and nobody in the cast is called so: nothing is attached for it.",
            remedy=meant,
        )

    def _check_says_something(self, shot: ShotRange, prompt: Prompt, references: Sequence[str]) -> None:
        strip = shot.laid.strip
        if not prompt.is_empty or not isinstance(strip, TextStrip):
            return
        if all(self._desk.kind(key) is ReferenceKind.AUDIO for key in references):
            raise EmptyPrompt(
                f"The text strip '{strip.name}' has no text, and no picture lies under it.",
                remedy="Write what happens, put a picture under it, or mute the strip.",
                strip=strip.name,
            )
        self.warnings.append(
            ShotWarning(
                code="empty-prompt",
                strip=strip.name,
                message="has no text: the model has only the pictures under it to go by.",
                remedy="Write what happens in the shot.",
            )
        )

    def _channel(self, shot: ShotRange, used: Sequence[LaidStrip]) -> int:
        """
        Return the highest channel that the shot was made from: its strip's, its pictures', and their effects'.

        A sound hides nothing, so it doesn't push the take up.
        """
        seen = [shot.laid, *(one for one in used if one.strip.kind != "sound")]
        crossed = [effect for one in seen for effect in self._effects.get(one.strip.id, ())]
        return max(one.channel for one in [*seen, *crossed])


def _prompt(shot: ShotRange, under: Sequence[LaidStrip]) -> Prompt:
    """Return what happens: lettering where the fields have no text, and a scene's camera where none was written."""
    strip = shot.laid.strip
    prompt = strip.prompt
    if isinstance(strip, TextStrip) and not prompt.text.strip():
        prompt = prompt.model_copy(update={"text": strip.text})
    if not prompt.camera.strip():
        prompt = prompt.model_copy(update={"camera": _camera_under(shot.range, under) or prompt.camera})
    return prompt


def _camera_under(frames: FrameRange, under: Sequence[LaidStrip]) -> str:
    """Return what the camera of the scene seen longest does in these frames: as written on its strip, or measured."""
    told = [
        (shared.length, -number, one.strip.prompt.camera.strip() or one.strip.camera_over(frames))
        for number, one in enumerate(under)
        if isinstance(one.strip, SceneStrip) and (shared := one.range.overlap(frames))
    ]
    return max((each for each in told if each[2]), default=(0, 0, ""))[2]


def _name(shot: ShotRange) -> str:
    return shot.laid.strip.name if shot.part == 1 else f"{shot.laid.strip.name} ({shot.part})"


def _clipped(shots: Sequence[LaidStrip]) -> list[ShotWarning]:
    return [
        ShotWarning(
            code="clipped",
            strip=shot.strip.name,
            message=(
                f"reaches past the stretch: only frames {shot.range.start}–{shot.range.end} of "
                f"{shot.strip.range.start}–{shot.strip.range.end} are shot."
            ),
            remedy="Widen the stretch to shoot all of it.",
        )
        for shot in shots
        if shot.range != shot.strip.range
    ]


def _unused(laid: Sequence[LaidStrip], used: set[str]) -> list[ShotWarning]:
    return [
        ShotWarning(
            code="unused",
            strip=one.strip.name,
            message="lies under no shot and is left out.",
            remedy="Lengthen a prompt strip over it, or give it a prompt of its own.",
        )
        for one in laid
        if one.strip.id not in used
    ]


def _breaks(segments: Sequence[Segment], markers: Sequence[Marker]) -> tuple[int, ...]:
    """
    Return the frames that no request may run across: where a gap ends, and the markers that stand on a cut or in a gap.

    A marker inside a shot ends nothing, for a shot is never cut.
    """
    gaps = {after.range.start for before, after in pairwise(segments) if before.range.end < after.range.start}
    starts = [segment.range.start for segment in segments]
    for marker in markers:
        index = bisect_right(starts, marker.frame) - 1
        if index < 0 or marker.frame >= segments[-1].range.end:
            continue
        frames = segments[index].range
        if marker.frame == frames.start or marker.frame >= frames.end:
            gaps.add(marker.frame)
    return tuple(sorted(gaps))
