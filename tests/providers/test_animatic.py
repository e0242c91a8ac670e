"""The embedded provider, from order to file, in real child processes."""

from __future__ import annotations

import asyncio
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from second_unit.errors import TaskExpired
from second_unit.media.facts import PreparedReference
from second_unit.media.probe import probe
from second_unit.media.verify import verify_take
from second_unit.plan import GenerationRequest, OrderReference, TimedShot
from second_unit.providers.animatic import AnimaticProvider
from second_unit.providers.provider import Accepted, Finished, Order, Progress, Running, Stopped, Waiting
from second_unit.shots import FileSource, ReferenceKind
from second_unit.timeline import Role
from second_unit.timing import FrameRange, FrameRate

SECONDS = 3


def _order(picture: Path, job: str = "j1", *, seconds: int = SECONDS, size: tuple[int, int] = (320, 180)) -> Order:
    shots = (
        TimedShot(
            segment="a", name="SH010", range=FrameRange(1, 26), start_seconds=0, end_seconds=1, text="Push in slowly."
        ),
        TimedShot(
            segment="b", name="SH020", range=FrameRange(26, 76), start_seconds=1, end_seconds=seconds, text="Nothing."
        ),
    )
    reference = OrderReference(
        label="Image 1",
        key="k",
        kind=ReferenceKind.IMAGE,
        role=Role.COMPOSITION,
        source=FileSource(path=picture),
        name="still",
        shots=("a",),
    )
    request = GenerationRequest(
        name="SH010–SH020",
        service="animatic",
        model="previs",
        prompt="Two shots.",
        shots=shots,
        references=(reference,),
        duration_seconds=seconds,
        ratio="16:9",
        resolution="480p",
        width=size[0],
        height=size[1],
        rate=FrameRate(25),
        options={"sync_pops": True},
    )
    prepared = PreparedReference(
        label="Image 1", kind=ReferenceKind.IMAGE, role=Role.COMPOSITION, path=picture, media_type="image/png", bytes=1
    )
    return Order(job=job, request=request, references=(prepared,))


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "still.png"
    Image.fromarray(np.linspace(0, 255, 64 * 96 * 3).astype(np.uint8).reshape(64, 96, 3)).save(path)
    return path


async def _until_over(provider: AnimaticProvider, accepted: Accepted, order: Order) -> tuple[Progress, list[Progress]]:
    seen: list[Progress] = []
    while True:
        seen.append(await provider.progress(accepted, order))
        if isinstance(seen[-1], Finished | Stopped):
            return seen[-1], seen
        await asyncio.sleep(0.02)


async def _no_report(done: int, total: int | None) -> None:
    """Nobody listens."""


def test_an_order_comes_back_as_a_verified_movie(picture: Path, tmp_path: Path) -> None:
    order, to = _order(picture), tmp_path / "take.part"

    async def shoot() -> list[Progress]:
        provider = AnimaticProvider()
        accepted = await provider.submit(order)
        finished, seen = await _until_over(provider, accepted, order)
        assert isinstance(finished, Finished)
        await provider.download(finished, to, order, _no_report)
        await provider.close()
        return seen

    seen = asyncio.run(shoot())
    fractions = [state.fraction for state in seen if isinstance(state, Running) and state.fraction is not None]

    assert sorted(fractions) == fractions
    assert verify_take(to, order.request).frames == 24 * SECONDS + 1


def test_a_restarted_worker_gets_the_same_order_rendered_again(picture: Path, tmp_path: Path) -> None:
    order, to = _order(picture), tmp_path / "take.mp4"

    async def shoot() -> None:
        first = AnimaticProvider()
        accepted = await first.submit(order)
        await first.progress(accepted, order)
        await first.close()
        second = AnimaticProvider()
        finished, _ = await _until_over(second, accepted, order)
        assert isinstance(finished, Finished)
        await second.download(finished, to, order, _no_report)
        await second.close()

    asyncio.run(shoot())

    assert probe(to).seconds == Fraction(24 * SECONDS + 1, 24)


def test_cancelling_ends_the_child_at_once(picture: Path) -> None:
    order = _order(picture, seconds=30, size=(1280, 720))

    async def cancel() -> tuple[bool, bool | None, int | None]:
        provider = AnimaticProvider()
        accepted = await provider.submit(order)
        await provider.progress(accepted, order)
        process = provider._renders[accepted.task]._process
        cancelled = await provider.cancel(accepted, order)
        assert process is not None
        await provider.close()
        return cancelled.stopped, cancelled.charged, process.returncode

    stopped, charged, code = asyncio.run(cancel())

    assert (stopped, charged) == (True, False)
    assert code not in {None, 0}


def test_the_event_loop_stays_free_while_it_renders(picture: Path) -> None:
    order = _order(picture, seconds=6, size=(640, 360))

    async def longest_pause() -> float:
        provider = AnimaticProvider()
        accepted = await provider.submit(order)
        await provider.progress(accepted, order)
        clock, longest = asyncio.get_running_loop().time, 0.0
        for _ in range(50):
            before = clock()
            await asyncio.sleep(0.01)
            longest = max(longest, clock() - before)
        await provider.close()
        return longest

    assert asyncio.run(longest_pause()) < 0.5


def test_more_orders_than_processors_wait_their_turn(picture: Path) -> None:
    orders = [_order(picture, job) for job in ("j1", "j2")]

    async def shoot() -> Progress:
        provider = AnimaticProvider(at_once=1)
        accepted = [await provider.submit(order) for order in orders]
        await provider.progress(accepted[0], orders[0])
        second = await provider.progress(accepted[1], orders[1])
        await provider.close()
        return second

    assert isinstance(asyncio.run(shoot()), Waiting)


def test_a_reference_that_cannot_be_shown_stops_the_job_and_says_which(picture: Path, tmp_path: Path) -> None:
    gone = tmp_path / "gone.png"
    order = _order(gone)

    async def shoot() -> Progress:
        provider = AnimaticProvider()
        accepted = await provider.submit(order)
        stopped, _ = await _until_over(provider, accepted, order)
        await provider.close()
        return stopped

    stopped = asyncio.run(shoot())

    assert isinstance(stopped, Stopped)
    assert stopped.error["kind"] == "MissingMedia"
    assert "gone.png" in stopped.error["message"]
    assert stopped.billed.charged is False


def test_a_result_that_is_gone_is_expired_and_rendered_again(picture: Path, tmp_path: Path) -> None:
    order, to = _order(picture), tmp_path / "take.mp4"

    async def shoot() -> None:
        provider = AnimaticProvider()
        accepted = await provider.submit(order)
        finished, _ = await _until_over(provider, accepted, order)
        assert isinstance(finished, Finished)
        Path(finished.url).unlink()
        with pytest.raises(TaskExpired):
            await provider.download(finished, to, order, _no_report)
        again, _ = await _until_over(provider, accepted, order)
        assert isinstance(again, Finished)
        await provider.download(again, to, order, _no_report)
        await provider.close()

    asyncio.run(shoot())

    assert to.is_file()


def test_a_lost_answer_is_found_without_ordering_twice(picture: Path) -> None:
    order = _order(picture)

    async def find() -> tuple[Accepted | None, Accepted]:
        provider = AnimaticProvider()
        found, placed = await provider.find(order, 0.0), await provider.submit(order)
        await provider.close()
        return found, placed

    found, placed = asyncio.run(find())

    assert found == placed
