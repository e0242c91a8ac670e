"""Which channels are free over which frames. Knows numbers only: no strip is looked at or touched here."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Collection, Iterable

from second_unit.errors import NoFreeChannel
from second_unit.timing import FrameRange

HIGHEST_CHANNEL = 128


class ChannelStack:
    """
    The frames that are taken in each of Blender's 128 channels.

    Args:
        taken: channel and frames of each strip.
        closed: channels that nothing may be laid in: locked ones, and muted ones, where it would not be seen.
    """

    def __init__(self, taken: Iterable[tuple[int, FrameRange]] = (), closed: Collection[int] = ()) -> None:
        self._starts: dict[int, list[int]] = defaultdict(list)
        self._ends: dict[int, dict[int, int]] = defaultdict(dict)
        self._closed = frozenset(closed)
        for channel, frames in sorted(taken):
            self.take(channel, frames)

    def is_free(self, channel: int, frames: FrameRange) -> bool:
        """Tell whether a strip over these frames would meet no other in that channel. Touching is not meeting."""
        starts, ends = self._starts[channel], self._ends[channel]
        index = bisect_left(starts, frames.end)
        return channel not in self._closed and (index == 0 or ends[starts[index - 1]] <= frames.start)

    def first_free(self, above: int, frames: FrameRange, *, strip: str, avoiding: Collection[int] = ()) -> int:
        """
        Return the lowest channel above ``above``, and none of ``avoiding``, that is free over the frames.

        Raises:
            NoFreeChannel: there is none up to channel 128; the error names ``strip``.
        """
        for channel in range(max(above, 0) + 1, HIGHEST_CHANNEL + 1):
            if channel not in avoiding and self.is_free(channel, frames):
                return channel
        raise NoFreeChannel(
            f"No channel above {above} is free from frame {frames.start} to {frames.end} for '{strip}'.",
            remedy="Clear, unlock or unmute a channel there, or lay the edit in lower channels.",
            strip=strip,
        )

    def take(self, channel: int, frames: FrameRange) -> None:
        """Count the frames as taken. What overlaps is merged, so that each channel holds separate stretches."""
        starts, ends = self._starts[channel], self._ends[channel]
        start, end = frames.start, frames.end
        while (index := bisect_left(starts, end)) and ends[starts[index - 1]] > start:
            merged = starts.pop(index - 1)
            start, end = min(start, merged), max(end, ends.pop(merged))
        if start < end:
            insort(starts, start)
            ends[start] = end
