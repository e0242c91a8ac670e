"""Free channels: what overlaps, what only touches, what is closed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from addon.placing.channels import ChannelStack
from second_unit.errors import NoFreeChannel
from second_unit.timing import FrameRange

ranges = st.builds(lambda start, length: FrameRange(start, start + length), st.integers(-50, 50), st.integers(1, 30))


@given(taken=st.lists(ranges, max_size=12), asked=ranges)
def test_a_channel_is_free_where_nothing_in_it_overlaps(taken, asked):
    stack = ChannelStack((1, frames) for frames in taken)
    assert stack.is_free(1, asked) == (not any(frames.overlaps(asked) for frames in taken))


def test_the_lowest_free_channel_above_is_chosen():
    stack = ChannelStack([(2, FrameRange(1, 10)), (3, FrameRange(10, 20))])
    assert stack.first_free(1, FrameRange(5, 10), strip="SH010") == 3


def test_closed_and_avoided_channels_are_passed_over():
    stack = ChannelStack(closed=[1, 2])
    assert stack.first_free(0, FrameRange(1, 2), strip="SH010", avoiding={3}) == 4


def test_a_full_stack_names_the_shot_and_what_to_do():
    stack = ChannelStack((channel, FrameRange(1, 100)) for channel in range(1, 129))
    with pytest.raises(NoFreeChannel, match=r"for 'SH010'\. Clear, unlock or unmute a channel") as caught:
        stack.first_free(4, FrameRange(50, 60), strip="SH010")
    assert caught.value.strip == "SH010"
