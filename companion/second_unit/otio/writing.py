"""
Takes into an OpenTimelineIO edit: two tracks of our own above what is there, which stays as it is.

Each shot is one clip on the track "Second Unit" and one on "Second Unit sound", where its segment lies. All takes are
kept as the clip's media references, ``take 1``, ``take 2`` …; the active one is the chosen one.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from second_unit.errors import PlacementError
from second_unit.takes import Placement
from second_unit.timing import FrameRate

PICTURE_TRACK = "Second Unit"
SOUND_TRACK = "Second Unit sound"


def write_otio(
    source: Path,
    placements: Sequence[Placement],
    to: Path,
    *,
    rate: FrameRate,
    chosen: Mapping[tuple[str, ...], int] | None = None,
) -> None:
    """
    Write the edit ``source`` with takes cut in to ``to``; media addresses are relative to where ``to`` lies.

    Takes that an earlier run cut in are kept beside the new ones.

    Args:
        source: the .otio that was shot.
        placements: every take of every shot, in any order.
        to: may be ``source`` itself; written beside it and renamed, so a failure leaves it whole.
        rate: the edit's frames per second.
        chosen: the take number to show, by ``placement.segments``; else the latest.

    Raises:
        PlacementError: two different shots fill the same frame.
    """
    timeline = otio.adapters.read_from_file(str(source))
    folder = to.resolve().parent
    for name, kind in ((PICTURE_TRACK, otio.schema.TrackKind.Video), (SOUND_TRACK, otio.schema.TrackKind.Audio)):
        wanted = [one for one in placements if kind == otio.schema.TrackKind.Video or one.has_audio]
        earlier = _take_out(timeline, name)
        track = _lay_track(name, kind, wanted, _Cutting(rate, folder, chosen or {}, earlier))
        if len(track):
            timeline.tracks.append(track)
    temporary = to.with_name(f".{to.name}.part")
    otio.adapters.write_to_file(timeline, str(temporary), adapter_name="otio_json")
    temporary.replace(to)


class _Cutting:
    """What laying a track needs to know."""

    def __init__(
        self, rate: FrameRate, folder: Path, chosen: Mapping[tuple[str, ...], int], earlier: dict[tuple[str, ...], Any]
    ) -> None:
        self.rate, self.folder, self.chosen, self.earlier = rate, folder, chosen, earlier

    def time(self, frames: int | Fraction) -> Any:
        return otio.opentime.RationalTime(float(frames), float(self.rate.fraction))


def _take_out(timeline: Any, name: str) -> dict[tuple[str, ...], Any]:
    """Remove our own track of that name, and return its clips by the segments that they fill."""
    clips: dict[tuple[str, ...], Any] = {}
    for index in reversed(range(len(timeline.tracks))):
        track = timeline.tracks[index]
        if track.name == name and "second_unit" in track.metadata:
            for clip in track.find_clips():
                clips[tuple(clip.metadata["second_unit"]["segments"])] = clip
            del timeline.tracks[index]
    return clips


def _lay_track(name: str, kind: str, placements: Sequence[Placement], cutting: _Cutting) -> Any:
    track = otio.schema.Track(name=name, kind=kind, metadata={"second_unit": {"version": 1}})
    shots: dict[tuple[str, ...], list[Placement]] = {}
    for one in placements:
        shots.setdefault(one.segments, []).append(one)
    end = 0
    for takes in sorted(shots.values(), key=lambda takes: takes[0].range):
        shown = _shown(takes, cutting.chosen)
        if shown.range.start < end:
            raise PlacementError(
                f"'{shown.name}' starts at frame {shown.range.start}, where another shot still runs.",
                remedy="Plan the edit again: shots never overlap.",
                strip=shown.name,
            )
        if shown.range.start > end:
            duration = cutting.time(shown.range.start - end)
            track.append(otio.schema.Gap(source_range=otio.opentime.TimeRange(cutting.time(0), duration)))
        track.append(_clip(takes, shown, cutting))
        end = shown.range.end
    return track


def _shown(takes: Sequence[Placement], chosen: Mapping[tuple[str, ...], int]) -> Placement:
    latest = max(takes, key=lambda take: take.take)
    return next((take for take in takes if take.take == chosen.get(take.segments)), latest)


def _clip(takes: Sequence[Placement], shown: Placement, cutting: _Cutting) -> Any:
    start = cutting.rate.frames(shown.source_start_seconds)
    clip = otio.schema.Clip(
        name=shown.name,
        source_range=otio.opentime.TimeRange(cutting.time(start), cutting.time(shown.range.length)),
        metadata={"second_unit": {"segments": list(shown.segments), "take": shown.take}},
    )
    earlier = cutting.earlier.get(shown.segments)
    references: dict[str, Any] = {}
    if earlier is not None:
        references = {key: ref.clone() for key, ref in earlier.media_references().items() if key.startswith("take ")}
    references |= {f"take {take.take}": _reference(take, cutting.folder) for take in takes}
    clip.set_media_references(references, f"take {shown.take}")
    return clip


def _reference(take: Placement, folder: Path) -> Any:
    file = take.file.resolve()
    # os.path.relpath, for pathlib can't walk up before Python 3.12; another drive has no relative path.
    url = Path(os.path.relpath(file, folder)) if file.drive == folder.drive else file
    told = {"job": take.job, "source_start_seconds": str(take.source_start_seconds), **take.provenance}
    return otio.schema.ExternalReference(target_url=url.as_posix(), metadata={"second_unit": told})
