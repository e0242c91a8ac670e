"""``--shard 2/5``: the parts of a batch neither overlap nor leave anything out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from second_unit.batch.sharding import take_shard
from second_unit.errors import PlanRefused
from second_unit.planning import make_plan
from second_unit.shot_list import build_shot_list
from tests.edits import text, timeline

PLAN = make_plan(
    build_shot_list(timeline(*(text(f"SH{number:02}0", 100 * number, 100 * number + 72) for number in range(13))))
)


@given(st.integers(1, 20))
def test_the_parts_neither_overlap_nor_leave_anything_out(parts):
    shards = [take_shard(PLAN, f"{part}/{parts}").requests for part in range(1, parts + 1)]
    names = [request.name for shard in shards for request in shard]
    assert sorted(names) == sorted(request.name for request in PLAN.requests)
    assert len(names) == len(set(names)) == 13
    assert max(map(len, shards)) - min(map(len, shards)) <= 1


def test_no_shard_is_the_whole_plan():
    assert take_shard(PLAN, None) == PLAN


@pytest.mark.parametrize("shard", ["", "2", "0/5", "6/5", "1/0", "-1/5", "a/b", "1/5/7"])
def test_what_is_no_part_is_refused(shard):
    with pytest.raises(PlanRefused, match="2/5"):
        take_shard(PLAN, shard)
