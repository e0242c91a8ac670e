"""What of a strip's media is used over some frames of the edit, exactly."""

from __future__ import annotations

from fractions import Fraction

from second_unit.shots import FileSource, ReferenceKind, ReferenceSource, SceneSource, SequenceSource, StripSource
from second_unit.timeline import (
    ImageStrip,
    MovieStrip,
    OtherStrip,
    Role,
    SceneStrip,
    SoundStrip,
    Strip,
    TextStrip,
    Timeline,
    Trim,
)
from second_unit.timing import FrameRange, FrameRate


def cut_strip(strip: Strip, overlap: FrameRange, timeline: Timeline) -> tuple[ReferenceKind, ReferenceSource] | None:
    """Return what kind of reference a strip makes and where its media is cut; None where it has nothing to give."""
    if is_rendered(strip):
        return _cut_as_it_looks(strip, overlap, timeline)
    match strip:
        case ImageStrip():
            return _cut_pictures(strip, overlap, timeline)
        case MovieStrip():
            return ReferenceKind.VIDEO, FileSource(path=strip.file, trim=_cut_movie(strip, overlap))
        case SoundStrip():
            trim = _cut_sound(strip, overlap, timeline)
            return (ReferenceKind.AUDIO, FileSource(path=strip.file, trim=trim)) if trim else None
        case SceneStrip():
            return _cut_scene(strip, overlap, timeline)
        case _:
            return None


def is_rendered(strip: Strip) -> bool:
    """Tell whether a strip is sent as the sequencer shows it: where that is asked for, and for one frame of a movie."""
    if isinstance(strip, SoundStrip):
        return False
    return strip.as_it_looks or (strip.still and (isinstance(strip, MovieStrip) or _is_sequence(strip)))


def _is_sequence(strip: Strip) -> bool:
    return isinstance(strip, ImageStrip) and len(strip.files) > 1


def _cut_as_it_looks(strip: Strip, overlap: FrameRange, timeline: Timeline) -> tuple[ReferenceKind, ReferenceSource]:
    """Return the strip as the sequencer shows it: a still where it doesn't move by itself, or where one was chosen."""
    rests = isinstance(strip, TextStrip) or (isinstance(strip, ImageStrip) and not _is_sequence(strip))
    rests = rests or (isinstance(strip, OtherStrip) and strip.type == "COLOR")
    still = strip.still or rests or overlap.length <= 1
    source = StripSource(
        strip=strip.name,
        scene=timeline.name,
        # What doesn't move is one picture, in however many shots it is seen.
        frames=_frame_of(strip, strip.range if rests else overlap) if still else overlap,
        rate=timeline.rate,
        blend=timeline.file,
        still=still,
        content=strip.content,
    )
    return (ReferenceKind.IMAGE if still else ReferenceKind.VIDEO), source


def _frame_of(strip: Strip, frames: FrameRange) -> FrameRange:
    """Return the frame that stands for all: the first or the last where that is its role, else the middle one."""
    match strip.role:
        case Role.FIRST_FRAME:
            frame = frames.start
        case Role.LAST_FRAME:
            frame = frames.end - 1
        case _:
            frame = (frames.start + frames.end - 1) // 2
    return FrameRange(frame, frame + 1)


def _cut_pictures(
    strip: ImageStrip, overlap: FrameRange, timeline: Timeline
) -> tuple[ReferenceKind, ReferenceSource] | None:
    """Return a still, or the pictures of a sequence; past its last picture that one is held."""
    first = overlap.start - strip.range.start
    used = strip.files[first : first + overlap.length] or strip.files[-1:]
    if not used:
        return None
    if len(used) == 1:
        return ReferenceKind.IMAGE, FileSource(path=used[0])
    return ReferenceKind.VIDEO, SequenceSource(paths=used, rate=timeline.rate)


def _cut_movie(strip: MovieStrip, overlap: FrameRange) -> Trim:
    """
    Return the stretch of the file that is seen: the trim, divided as the strip's frames are.

    Frames 12–24 of a strip of 48 that shows seconds 2–6 show seconds 3–4. Played backwards they show seconds 4–5.
    """
    pace = strip.trim.length_seconds / strip.range.length
    into, length = overlap.start - strip.range.start, overlap.length
    if strip.reversed:
        into = strip.range.length - into - length
    start = strip.trim.start_seconds + pace * into
    return Trim(start_seconds=start, end_seconds=start + pace * length)


def _cut_sound(strip: SoundStrip, overlap: FrameRange, timeline: Timeline) -> Trim | None:
    """Return the stretch that is heard, at true speed; None past the end of the sound."""
    start = strip.trim.start_seconds + timeline.rate.seconds(overlap.start - strip.range.start)
    end = min(start + timeline.rate.seconds(overlap.length), strip.trim.end_seconds)
    return Trim(start_seconds=start, end_seconds=end) if start < end else None


def _cut_scene(strip: SceneStrip, overlap: FrameRange, timeline: Timeline) -> tuple[ReferenceKind, ReferenceSource]:
    """
    Return the scene's own frames that are seen, each end at the nearest frame, so that cuts which touch still touch.

    Frames 15–30 of a strip of 30 that shows frames 1–25 of its scene show frames 13–25, 25 of them in a second of a
    30 fps edit: as fast as the edit plays them, which need not be as fast as the scene does.
    """
    pace = Fraction(strip.frames.length, strip.range.length)
    start = strip.frames.start + round(pace * (overlap.start - strip.range.start))
    end = strip.frames.start + round(pace * (overlap.end - strip.range.start))
    frames = FrameRange(start, max(end, start + 1))
    still = strip.still or frames.length <= 1
    shown = timeline.rate.fraction * pace
    source = SceneSource(
        scene=strip.scene,
        camera=strip.camera,
        frames=_frame_of(strip, frames) if still else frames,
        rate=FrameRate(shown.numerator, shown.denominator),
        blend=timeline.file,
        still=still,
        content=strip.content,
    )
    return (ReferenceKind.IMAGE if still else ReferenceKind.VIDEO), source
