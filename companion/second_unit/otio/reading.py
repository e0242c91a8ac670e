"""
An OpenTimelineIO edit as a :class:`~second_unit.timeline.Timeline`.

========================  ==================================================================================
OpenTimelineIO            Timeline
========================  ==================================================================================
video and audio tracks    channels: video from 1 up in track order, audio above them
clip, external reference  movie, image or sound strip, by the file's suffix and the track's kind
clip, image sequence      image strip with the pictures it shows
clip, missing reference   a shot if it bears a prompt, else left out with a warning
clip, generator           other strip of the generator's kind
nested stack or track     meta strip: one shot group
gap                       nothing; what follows starts later
transition                other strip ``CROSS``
time warp                 the trim is as long as what it plays
marker with words         a text strip over its range: a prompt strip; on a clip of no length: that clip's prompt
disabled clip or track    muted
========================  ==================================================================================

A clip's prompt is looked for in ``metadata["second_unit"]`` (a string, or the fields of
:class:`~second_unit.timeline.Prompt` with ``role``, ``description``, ``exclusion`` and ``pinned`` beside them), then in
the notes that other programs leave: any text under a key named note, notes, comment, comments or description.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import opentimelineio as otio

from second_unit.errors import BadRange, EmptyStretch, UnreadableMedia
from second_unit.otio.words import about_clip, marker_words, text_of
from second_unit.timeline import (
    ImageStrip,
    Marker,
    MetaStrip,
    MovieStrip,
    OtherStrip,
    Prompt,
    ShotWarning,
    SoundStrip,
    Strip,
    TextStrip,
    Timeline,
    Trim,
)
from second_unit.timing import FrameRange, FrameRate

_PICTURES = {".bmp", ".exr", ".gif", ".heic", ".jpeg", ".jpg", ".png", ".tga", ".tif", ".tiff", ".webp"}
_SOUNDS = {".aac", ".aif", ".aiff", ".flac", ".m4a", ".mp3", ".ogg", ".opus", ".wav"}
_NAMESPACE = uuid.UUID("6f1c1f0e-8a53-4b37-9a9e-5b8b0f6f2d10")


def read_otio(path: Path, *, width: int = 1920, height: int = 1080) -> Timeline:
    """
    Read an ``.otio`` file; relative media lie beside it.

    OpenTimelineIO doesn't say how large the edit's picture is, so ``width`` and ``height`` do, in pixels.

    Raises:
        UnreadableMedia: the file isn't OpenTimelineIO, or holds no timeline.
        EmptyStretch: the timeline has no tracks with anything in them.
    """
    try:
        read = otio.adapters.read_from_file(str(path))
    except Exception as error:  # the library raises its own and json's errors, and ValueError, alike
        raise UnreadableMedia(
            f"'{path.name}' can't be read as OpenTimelineIO: {error}.", remedy="Export the edit again as .otio."
        ) from error
    return _Reading(_only_timeline(read, path), path, width, height).timeline()


def _only_timeline(read: Any, path: Path) -> otio.schema.Timeline:
    if isinstance(read, otio.schema.Timeline):
        return read
    if isinstance(read, otio.schema.SerializableCollection):
        timelines = [item for item in read if isinstance(item, otio.schema.Timeline)]
        if len(timelines) == 1:
            return timelines[0]
    raise UnreadableMedia(
        f"'{path.name}' holds {type(read).__name__}, not one timeline.", remedy="Export a single timeline."
    )


class _Reading:
    """One pass over a timeline: the rate, the ids that were given out, and the warnings so far."""

    def __init__(self, source: otio.schema.Timeline, path: Path, width: int, height: int) -> None:
        self.source, self.path, self.width, self.height = source, path, width, height
        self.rate = _rate_of(source)
        self.warnings: list[ShotWarning] = []
        self.markers: list[Marker] = []
        self.names: Counter[str] = Counter()

    def timeline(self) -> Timeline:
        strips = [strip for number, track in _channels(self.source) for strip in self.track(track, number)]
        strips += self.prompts(
            self.source.tracks, otio.opentime.RationalTime(0, 1), channel=len(self.source.tracks) + 1
        )
        if not strips:
            raise EmptyStretch(
                f"'{self.path.name}' has nothing to shoot: no clip has media, a prompt or a note.",
                remedy="Relink its clips, or give them notes.",
            )
        start = min(strip.range.start for strip in strips)
        end = max(strip.range.end for strip in strips)
        return Timeline(
            name=self.source.name or self.path.stem,
            rate=self.rate,
            width=self.width,
            height=self.height,
            stretch=FrameRange(start, end),
            strips=tuple(strips),
            markers=tuple(self.markers),
            look=text_of(self.source.metadata.get("second_unit", {}), "look"),
            file=self.path.resolve(),
            warnings=tuple(self.warnings),
        )

    def track(self, track: Any, channel: int, start: Any = None, muted: bool = False) -> Iterator[Strip]:
        """Yield a track's strips in the edit's frames; ``start`` is where the track itself begins."""
        begin = start if start is not None else otio.opentime.RationalTime(0, 1)
        muted = muted or not track.enabled
        for item in track:
            # A transition's own range is found around the cut; everything else has its place in the track.
            place = track.trimmed_range_of_child(item) if not isinstance(item, otio.schema.Transition) else None
            if isinstance(item, otio.schema.Transition):
                yield from self.transition(item, track, channel, begin)
            elif place is not None and place.duration.value > 0:
                yield from self.item(item, track, channel, self.frames(begin + place.start_time, place.duration), muted)
        yield from self.prompts(track, begin, channel)

    def item(self, item: Any, track: Any, channel: int, frames: FrameRange, muted: bool) -> Iterator[Strip]:
        if isinstance(item, otio.schema.Gap) or frames.length == 0:
            return
        if isinstance(item, (otio.schema.Stack, otio.schema.Track)):
            yield self.nested(item, channel, frames, muted)
        elif isinstance(item, otio.schema.Clip):
            strip = self.clip(item, track.kind, channel, frames, muted)
            if strip is not None:
                yield strip
            start = otio.opentime.RationalTime(float(self.rate.seconds(frames.start)), 1)
            yield from self.prompts(item, start - item.trimmed_range().start_time, channel)
        else:
            self.warn("left-out", item.name, f"A {item.schema_name()} has no meaning here and was left out.")

    def nested(self, item: Any, channel: int, frames: FrameRange, muted: bool) -> MetaStrip:
        tracks = list(item) if isinstance(item, otio.schema.Stack) else [item]
        shift = otio.opentime.RationalTime(float(self.rate.seconds(frames.start)), 1) - item.trimmed_range().start_time
        children: list[Strip] = []
        for number, track in enumerate(tracks, start=1):
            inner = track if isinstance(track, otio.schema.Track) else otio.schema.Track(children=[track.clone()])
            children += [
                clipped for strip in self.track(inner, number, shift, muted) for clipped in _clip(strip, frames)
            ]
        name = self.name(item.name or "Stack")
        return MetaStrip(
            id=self.identify(item, name),
            name=name,
            channel=channel,
            range=frames,
            muted=muted,
            children=tuple(children),
        )

    def clip(self, clip: Any, kind: str, channel: int, frames: FrameRange, muted: bool) -> Strip | None:
        name = self.name(clip.name or "Clip")
        about = about_clip(clip)
        base: dict[str, Any] = {
            "id": self.identify(clip, name),
            "name": name,
            "channel": channel,
            "range": frames,
            "muted": muted or not clip.enabled,
            **about,
        }
        media = clip.media_reference
        match media:
            case otio.schema.ExternalReference():
                return self.file(base, self.locate(media.target_url), clip, kind)
            case otio.schema.ImageSequenceReference():
                return ImageStrip(**base, files=self.sequence(clip, media, frames))
            case otio.schema.GeneratorReference():
                return OtherStrip(**base, type=media.generator_kind.upper() or "GENERATOR")
        if not about["prompt"].is_empty:
            return TextStrip(**base, text="")
        self.warn("no-media", name, "It has no media and no prompt, and was left out.", "Relink it, or give it a note.")
        return None

    def file(self, base: dict[str, Any], path: Path, clip: Any, kind: str) -> Strip:
        suffix = path.suffix.lower()
        if suffix in _PICTURES:
            return ImageStrip(**base, files=(path,))
        trim = self.trim(clip, base["name"])
        if kind == otio.schema.TrackKind.Audio or suffix in _SOUNDS:
            return SoundStrip(**base, file=path, trim=trim)
        return MovieStrip(**base, file=path, trim=trim)

    def trim(self, clip: Any, name: str) -> Trim:
        """Return what of its file a clip plays, counted from the file's first frame, time warps included."""
        used = clip.trimmed_range()
        offset = clip.available_range().start_time if clip.media_reference.available_range else None
        start = _seconds(used.start_time) - (_seconds(offset) if offset is not None else 0)
        if start < 0:
            self.warn("guessed", name, "It starts before its media does.", "Check its source range.")
            start = Fraction(0)
        return Trim(start_seconds=start, end_seconds=start + _seconds(used.duration) * _speed(clip))

    def sequence(self, clip: Any, media: Any, frames: FrameRange) -> tuple[Path, ...]:
        used, offset = clip.trimmed_range(), media.available_range
        first = used.start_time - offset.start_time if offset else used.start_time
        rate = FrameRate.from_number(media.rate) if media.rate > 0 else self.rate
        most = media.number_of_images_in_sequence()
        numbers = [
            rate.floor_frame(_seconds(first) + self.rate.seconds(frame - frames.start) * _speed(clip))
            for frame in frames
        ]
        urls = [media.target_url_for_image_number(min(max(0, number), most - 1)) for number in numbers] if most else []
        return tuple(self.locate(url) for url in urls)

    def transition(self, item: Any, track: Any, channel: int, begin: Any) -> Iterator[Strip]:
        place = track.range_of_child(item)
        name = self.name(item.name or "Transition")
        whole = self.frames(begin + place.start_time, place.duration)
        # A fade at the head of a track begins before it: what lies before the track is never seen.
        frames = whole.overlap(FrameRange(self.rate.nearest_frame(_seconds(begin)), whole.end))
        if frames is not None:
            yield OtherStrip(
                id=self.identify(item, name), name=name, channel=channel, range=frames, type="CROSS", inputs=()
            )

    def prompts(self, owner: Any, begin: Any, channel: int) -> Iterator[Strip]:
        """Yield a prompt strip for each marker that has words and a length; keep the others as markers."""
        for marker in owner.markers:
            frames = self.frames(begin + marker.marked_range.start_time, marker.marked_range.duration)
            words = marker_words(marker)
            if words and frames.length > 1:
                name = self.name(marker.name or "Marker")
                yield TextStrip(
                    id=self.identify(marker, name),
                    name=name,
                    channel=channel,
                    range=frames,
                    text=words,
                    prompt=Prompt(),
                )
            elif not isinstance(owner, otio.schema.Clip):
                self.markers.append(Marker(frame=frames.start, name=marker.name))

    def frames(self, start: Any, duration: Any) -> FrameRange:
        """Return a time range in the edit's frames. Ends are rounded, not lengths, so that cuts stay cuts."""
        first = self.rate.nearest_frame(_seconds(start))
        return FrameRange(first, max(first, self.rate.nearest_frame(_seconds(start) + _seconds(duration))))

    def locate(self, url: str) -> Path:
        parsed = urlparse(url)
        path = Path(unquote(parsed.path)) if parsed.scheme == "file" else Path(unquote(url))
        return path if path.is_absolute() else (self.path.parent / path).resolve()

    def name(self, wanted: str) -> str:
        """Return the name, with ``.001`` and so on where it was given out already."""
        self.names[wanted] += 1
        count = self.names[wanted]
        return wanted if count == 1 else f"{wanted}.{count - 1:03}"

    def identify(self, item: Any, name: str) -> str:
        known = item.metadata.get("second_unit", {})
        told = known.get("id") if isinstance(known, Mapping) else None
        return str(told) if told else str(uuid.uuid5(_NAMESPACE, name))

    def warn(self, code: str, strip: str, message: str, remedy: str = "") -> None:
        self.warnings.append(ShotWarning(code=code, strip=strip, message=message, remedy=remedy))


def _channels(source: otio.schema.Timeline) -> Iterator[tuple[int, Any]]:
    tracks = [*source.video_tracks(), *source.audio_tracks()]
    others = [track for track in source.tracks if isinstance(track, otio.schema.Track) and track not in tracks]
    yield from enumerate([*tracks, *others], start=1)


def _rate_of(source: otio.schema.Timeline) -> FrameRate:
    """Return the rate most video clips are cut at; audio is often counted in samples."""
    counted: Counter[float] = Counter()
    for track in [*source.video_tracks(), *source.audio_tracks()]:
        for clip in track.find_clips():
            rate = clip.trimmed_range().duration.rate if _has_range(clip) else 0
            counted[rate] += 1 if track.kind == otio.schema.TrackKind.Video else 0
    if source.global_start_time is not None:
        counted[source.global_start_time.rate] += 1
    rates = [rate for rate, _ in counted.most_common() if 1 <= rate <= 240]
    if not rates:
        raise BadRange("The edit says nowhere at what frame rate it is cut.", remedy="Export it with a frame rate.")
    return FrameRate.from_number(rates[0])


def _has_range(clip: Any) -> bool:
    return clip.source_range is not None or (clip.media_reference and clip.media_reference.available_range is not None)


def _seconds(time: Any) -> Fraction:
    """Return a RationalTime exactly: its rate may be a rounded NTSC rate, its value a float."""
    rate = FrameRate.from_number(time.rate) if time.rate >= 1 else None
    value = Fraction(time.value).limit_denominator(1_000_000)
    return rate.seconds(value) if rate else value / Fraction(time.rate).limit_denominator(1_000_000)


def _speed(clip: Any) -> Fraction:
    speed = Fraction(1)
    for effect in clip.effects:
        if isinstance(effect, otio.schema.FreezeFrame):
            return Fraction(0)
        if isinstance(effect, otio.schema.LinearTimeWarp):
            speed *= abs(Fraction(effect.time_scalar).limit_denominator(1_000_000))
    return speed


def _clip(strip: Strip, frames: FrameRange) -> Iterator[Strip]:
    """Yield the strip cut to the frames that its group shows, its trim cut with it; nothing where none is left."""
    seen = strip.range.overlap(frames)
    if seen is None:
        return
    changes: dict[str, Any] = {"range": seen}
    if isinstance(strip, (MovieStrip, SoundStrip)):
        pace = strip.trim.length_seconds / strip.range.length
        start = strip.trim.start_seconds + pace * (seen.start - strip.range.start)
        changes["trim"] = Trim(start_seconds=start, end_seconds=start + pace * seen.length)
    if isinstance(strip, ImageStrip) and len(strip.files) == strip.range.length:
        skipped = seen.start - strip.range.start
        changes["files"] = strip.files[skipped : skipped + seen.length]
    if isinstance(strip, MetaStrip):
        changes["children"] = tuple(clipped for child in strip.children for clipped in _clip(child, seen))
    yield strip.model_copy(update=changes)
