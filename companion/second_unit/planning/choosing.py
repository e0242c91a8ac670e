"""
Which references a request sends: cuts that follow one another joined, and of too many the most telling.

What doesn't fit is left out or shortened, never silently: each becomes a warning that names its strips.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from second_unit.catalog.capabilities import Model
from second_unit.plan import OrderReference
from second_unit.planning.packing import PackedReference
from second_unit.shots import (
    FileSource,
    Reference,
    ReferenceKind,
    ReferenceSource,
    SceneSource,
    Segment,
    SequenceSource,
    StripSource,
)
from second_unit.timeline import Role, ShotWarning, Trim
from second_unit.timing import FrameRange

KINDS = (ReferenceKind.IMAGE, ReferenceKind.VIDEO, ReferenceKind.AUDIO)  # the order in which they are sent
# When there are too many: what can't be told in words is kept before what can.
RANKS = (
    Role.FIRST_FRAME,
    Role.LAST_FRAME,
    Role.CHARACTER,
    Role.MOTION,
    Role.VOICE,
    Role.CAMERA,
    Role.COMPOSITION,
    Role.STYLE,
    Role.SOUNDTRACK,
    Role.AMBIENCE,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """
    A reference that a request might send.

    Args:
        reference: its source already joined.
        shots: ids of the request's segments that use it.
        frames: for how many frames of the edit it is on screen.
        seconds: how long it lasts; None for a picture, and where only its preparation will tell.
    """

    reference: Reference
    shots: tuple[str, ...]
    frames: int
    seconds: Fraction | None


def length_of(source: ReferenceSource) -> Fraction | None:
    """Return how long a source lasts, in seconds; None for a still and for a whole file."""
    match source:
        case FileSource():
            return source.trim.length_seconds if source.trim else None
        case SequenceSource():
            return source.rate.seconds(len(source.paths))
        case _:
            return None if source.still else source.frames.seconds(source.rate)


def chain_references(
    segments: Sequence[Segment], references: Mapping[str, Reference]
) -> list[tuple[PackedReference, ...]]:
    """Return what each shot uses, with the chain of cuts that each use goes on: one file seen through several shots."""
    chained: list[tuple[PackedReference, ...]] = []
    before: Segment | None = None
    for segment in segments:
        touching = chained[-1] if before is not None and before.range.end == segment.range.start else ()
        chained.append(tuple(_link(references[key], touching, references) for key in segment.references))
        before = segment
    return chained


def _link(
    reference: Reference, touching: Sequence[PackedReference], references: Mapping[str, Reference]
) -> PackedReference:
    chain = next((use.chain for use in touching if _goes_on(references[use.key], reference)), reference.key)
    return PackedReference(reference.key, chain, reference.kind, length_of(reference.source) or Fraction(0))


def _goes_on(first: Reference, second: Reference) -> bool:
    """Tell whether the second shows what comes right after the first, so that both can be sent as one."""
    if (first.kind, first.role, first.cast) != (second.kind, second.role, second.cast):
        return False
    match first.source, second.source:
        case FileSource(path=one, trim=Trim() as early), FileSource(path=other, trim=Trim() as late):
            return one == other and early.end_seconds == late.start_seconds
        case ((SceneSource() | StripSource() as early_frames), (SceneSource() | StripSource() as late_frames)):
            moved = early_frames.model_copy(update={"frames": late_frames.frames})
            return (
                not late_frames.still and moved == late_frames and early_frames.frames.end == late_frames.frames.start
            )
        case SequenceSource() as early_files, SequenceSource() as late_files:
            return early_files.rate == late_files.rate and bool(set(first.strips) & set(second.strips))
        case _:
            return False


def gather(
    segments: Sequence[Segment],
    uses: Sequence[Sequence[PackedReference]],
    references: Mapping[str, Reference],
    strips: Mapping[str, frozenset[str]],
) -> list[Candidate]:
    """
    Return what the shots of one request use, in the order of the edit, the cuts of a chain joined.

    Args:
        segments: the shots.
        uses: what each of them uses, from :func:`chain_references`.
        references: all there are, by key.
        strips: the names of the strips of each, by key: a reference may have as many as the edit has shots.
    """
    keys: dict[str, dict[str, None]] = {}
    users: dict[str, dict[str, Segment]] = {}
    for segment, used in zip(segments, uses, strict=True):
        for use in used:
            keys.setdefault(use.chain, {}).setdefault(use.key)
            users.setdefault(use.chain, {})[segment.id] = segment
    return [
        _candidate(
            [references[key] for key in keys[chain]],
            tuple(users[chain].values()),
            tuple(strips[key] for key in keys[chain]),
        )
        for chain in keys
    ]


def _candidate(parts: Sequence[Reference], users: Sequence[Segment], strips: Sequence[frozenset[str]]) -> Candidate:
    joined = parts[0] if len(parts) == 1 else _join(parts)
    told = (name for segment in users for name in segment.strips)
    here = dict.fromkeys(name for name in told if any(name in names for names in strips))
    return Candidate(
        joined.model_copy(update={"strips": tuple(here)}),
        tuple(segment.id for segment in users),
        sum(part.frames_on_screen for part in parts),
        length_of(joined.source),
    )


def _join(parts: Sequence[Reference]) -> Reference:
    return parts[0].model_copy(
        update={
            "key": hashlib.sha256("+".join(part.key for part in parts).encode()).hexdigest()[:32],
            "source": _join_sources([part.source for part in parts]),
            "description": next((part.description for part in parts if part.description), ""),
            "exclusion": next((part.exclusion for part in parts if part.exclusion), ""),
            "pinned": any(part.pinned for part in parts),
        }
    )


def _join_sources(sources: Sequence[ReferenceSource]) -> ReferenceSource:
    match sources[0], sources[-1]:
        case FileSource(path=path, trim=Trim() as first), FileSource(trim=Trim() as last):
            return FileSource(path=path, trim=Trim(start_seconds=first.start_seconds, end_seconds=last.end_seconds))
        case ((SceneSource() | StripSource() as first_shown), (SceneSource() | StripSource() as last_shown)):
            frames = FrameRange(first_shown.frames.start, last_shown.frames.end)
            return first_shown.model_copy(update={"frames": frames})
        case SequenceSource(rate=rate), _:
            paths = [path for source in sources if isinstance(source, SequenceSource) for path in source.paths]
            return SequenceSource(paths=tuple(paths), rate=rate)
        case _:
            raise AssertionError(sources)


def choose(candidates: Sequence[Candidate], model: Model) -> tuple[list[Candidate], list[ShotWarning]]:
    """
    Return the references that the model takes, in the order sent, and a warning for each left out or shortened.

    Of too many are kept: the pinned, then by role, then what is longest on screen.
    """
    warnings: list[ShotWarning] = []
    lasting = [fit for one in candidates if (fit := _fit_length(one, model, warnings)) is not None]
    ranked = sorted(lasting, key=lambda one: (not one.reference.pinned, RANKS.index(one.reference.role), -one.frames))
    kept: list[Candidate] = []
    for candidate in ranked:
        limit = _limit_met(candidate, kept, model)
        if limit:
            warnings.append(_left_out(candidate, limit, model))
        else:
            kept.append(candidate)
    if model.capabilities.audio_needs_picture and all(one.reference.kind is ReferenceKind.AUDIO for one in kept):
        warnings.extend(_alone(one, model) for one in kept)
        kept = []
    places = {one.reference.key: place for place, one in enumerate(lasting)}
    kept.sort(key=lambda one: (KINDS.index(one.reference.kind), places[one.reference.key]))
    return kept, warnings


def _fit_length(candidate: Candidate, model: Model, warnings: list[ShotWarning]) -> Candidate | None:
    """Return the candidate no longer than the model takes; None where it is too short to be sent."""
    limits, seconds = model.capabilities.limits(candidate.reference.kind), candidate.seconds
    if seconds is None:
        return candidate
    if limits.least_seconds is not None and seconds < Fraction(limits.least_seconds):
        message = f"lasts {_short(seconds)} s, and {model.title} takes {limits.least_seconds:g} s and more"
        warnings.append(_about(candidate, "too-short", f"{message}: it is left out.", "Lengthen it or its shot."))
        return None
    most = limits.most_seconds
    if most is None or seconds <= Fraction(most):
        return candidate
    message = f"lasts {_short(seconds)} s, and {model.title} takes {most:g} s: only its first {most:g} s are sent."
    warnings.append(_about(candidate, "shortened", message, "Trim it to what matters."))
    source = _shortened(candidate.reference.source, Fraction(most))
    key = hashlib.sha256(f"{candidate.reference.key} {most}".encode()).hexdigest()[:32]
    reference = candidate.reference.model_copy(update={"source": source, "key": key})
    return Candidate(reference, candidate.shots, candidate.frames, length_of(source))


def _shortened(source: ReferenceSource, seconds: Fraction) -> ReferenceSource:
    match source:
        case FileSource(trim=Trim() as trim):
            end = trim.start_seconds + seconds
            return source.model_copy(update={"trim": Trim(start_seconds=trim.start_seconds, end_seconds=end)})
        case SequenceSource():
            return source.model_copy(update={"paths": source.paths[: source.rate.floor_frame(seconds)]})
        case FileSource():
            return source
        case _:
            end_frame = source.frames.start + source.rate.floor_frame(seconds)
            return source.model_copy(update={"frames": FrameRange(source.frames.start, end_frame)})


def _limit_met(candidate: Candidate, kept: Sequence[Candidate], model: Model) -> str:
    """Return the limit that one more reference would pass, in words; nothing where it fits."""
    kind = candidate.reference.kind
    limits = model.capabilities.limits(kind)
    same = [one for one in kept if one.reference.kind is kind]
    if len(same) >= limits.count:
        return f"{limits.count} {kind.value} references"
    if len(kept) >= model.capabilities.references:
        return f"{model.capabilities.references} references in all"
    total = sum((one.seconds or Fraction(0) for one in [*same, candidate]), Fraction(0))
    if limits.total_seconds is not None and total > Fraction(limits.total_seconds):
        return f"{limits.total_seconds:g} s of {kind.value} in all"
    return ""


def _left_out(candidate: Candidate, limit: str, model: Model) -> ShotWarning:
    remedy = "Pin it to keep it before others, mute what matters less, or split the shots over more requests."
    return _about(candidate, "left-out", f"is left out: {model.title} takes {limit}.", remedy)


def _alone(candidate: Candidate, model: Model) -> ShotWarning:
    message = f"is left out: {model.title} takes sound only together with a picture or a video."
    return _about(candidate, "audio-alone", message, "Put a picture under the shot, or choose another model.")


def _about(candidate: Candidate, code: str, message: str, remedy: str) -> ShotWarning:
    strip = ", ".join(candidate.reference.strips) or candidate.reference.name
    told = f"as @{candidate.reference.cast}, {message}" if candidate.reference.cast else message
    return ShotWarning(code=code, strip=strip, message=told, remedy=remedy)


def _short(seconds: Fraction) -> str:
    return f"{float(seconds):.2f}".rstrip("0").rstrip(".")


def label(candidates: Sequence[Candidate]) -> tuple[OrderReference, ...]:
    """Return the references as the request sends them, each labelled by kind and number."""
    numbers = dict.fromkeys(KINDS, 0)
    labelled = []
    for candidate in candidates:
        reference = candidate.reference
        numbers[reference.kind] += 1
        labelled.append(
            OrderReference(
                label=f"{reference.kind.value.capitalize()} {numbers[reference.kind]}",
                key=reference.key,
                kind=reference.kind,
                role=reference.role,
                source=reference.source,
                name=reference.name,
                strips=reference.strips,
                cast=reference.cast,
                description=reference.description,
                exclusion=reference.exclusion,
                shots=candidate.shots,
                length_seconds=None if candidate.seconds is None else float(candidate.seconds),
                offset_seconds=float(reference.offset_seconds),
            )
        )
    return tuple(labelled)
