"""The movies that come back: size, length, sound and cuts to the frame."""

import math
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from second_unit.media.probe import probe
from second_unit.rehearsal.running import Rehearsal, rehearsing
from tests.rehearsal.conftest import MODEL, MODEL_2_5, ArkClient


def taken(ark: ArkClient, tmp_path: Path, text: str = "A harbour.", **fields: Any) -> tuple[Path, dict[str, Any]]:
    told = ark.wait(ark.order(text, **fields))
    assert told["status"] == "succeeded", told
    movie = tmp_path / f"take.{told['output_format']}"
    movie.write_bytes(ark.fetch(told["content"]["video_url"]).content)
    return movie, told


@pytest.mark.parametrize(
    ("model", "resolution", "ratio", "seconds", "width", "height", "tokens"),
    [  # the five bills that were recorded, but for the one with a video (below)
        (MODEL, "720p", "16:9", 5, 1280, 720, 108_900),
        (MODEL, "480p", "16:9", 4, 864, 496, 40_594),
        (MODEL_2_5, "480p", "16:9", 4, 854, 480, 38_830),
        (MODEL_2_5, "1080p", "16:9", 4, 1920, 1080, 196_425),
        (MODEL, "480p", "21:9", 4, 992, 432, math.floor(992 * 432 * 97 / 1024)),
        (MODEL, "480p", "9:16", 4, 496, 864, 40_594),
    ],
)
def test_size_length_and_bill_are_the_service_s(
    ark: ArkClient,
    tmp_path: Path,
    model: str,
    resolution: str,
    ratio: str,
    seconds: int,
    width: int,
    height: int,
    tokens: int,
) -> None:
    movie, told = taken(ark, tmp_path, model=model, resolution=resolution, ratio=ratio, duration=seconds)
    facts = probe(movie)
    assert (facts.width, facts.height, facts.frames, str(facts.rate)) == (width, height, 24 * seconds + 1, "24")
    assert (told["usage"]["completion_tokens"], told["duration"]) == (tokens, seconds)


def test_sound_is_mono_and_only_there_when_ordered(ark: ArkClient, tmp_path: Path) -> None:
    with_sound, _ = taken(ark, tmp_path, generate_audio=True)
    assert (probe(with_sound).audio_codec, probe(with_sound).channels) == ("aac", 1)
    without, _ = taken(ark, tmp_path, generate_audio=False)
    assert probe(without).audio_seconds is None


def test_the_model_decides_the_length_it_is_left(ark: ArkClient, tmp_path: Path) -> None:
    movie, told = taken(ark, tmp_path, "[0-3s] A harbour. [3-7s] A gull.", duration=-1)
    assert (told["duration"], probe(movie).frames) == (7, 169)


def test_the_last_frame_is_the_movie_s_last_frame(ark: ArkClient, tmp_path: Path) -> None:
    movie, told = taken(ark, tmp_path, "[0-2s] A. [2-4s] B.", return_last_frame=True)
    still = tmp_path / "last.png"
    still.write_bytes(ark.fetch(told["content"]["last_frame_url"]).content)
    last = frames_of(movie)[-1]
    shown = frames_of(still)[0]
    assert np.abs(last.astype(int) - shown).mean() < 2


def test_quicktime_has_full_colour_and_uncompressed_sound(ark: ArkClient, tmp_path: Path) -> None:
    movie, _ = taken(ark, tmp_path, model=MODEL_2_5, output_format="mov")
    facts = probe(movie)
    assert (facts.codec, facts.pixel_format, facts.audio_codec, facts.frames) == ("h264", "yuv444p", "pcm_s16le", 97)


def test_cuts_and_pops_fall_where_the_prompt_has_them(ark: ArkClient, tmp_path: Path) -> None:
    movie, _ = taken(ark, tmp_path, "[0-1s] A. [1-3s] B. [3-4s] C.")
    assert flashes(movie) == [0, 24, 72]
    assert pops(movie) == pytest.approx([0, 1, 3], abs=0.002)


def test_moved_cuts_lie_where_the_orders_say(rehearsal: Rehearsal, ark: ArkClient, tmp_path: Path) -> None:
    rehearsal.fault("cuts moved", seconds=[0.5, -0.25])
    movie, told = taken(ark, tmp_path, "[0-1s] A. [1-3s] B. [3-4s] C.", safety_identifier="moved")
    cuts = rehearsal.orders("moved")[0]["cuts"]
    assert (cuts["planned_frames"], cuts["true_frames"]) == ([0, 24, 72], [0, 36, 66])
    assert (flashes(movie), told["duration"]) == ([0, 36, 66], 4)


def test_a_wrong_duration_is_told_as_it_was_ordered(rehearsal: Rehearsal, ark: ArkClient, tmp_path: Path) -> None:
    rehearsal.fault("wrong duration", seconds=-1.5)
    movie, told = taken(ark, tmp_path)
    assert (told["duration"], probe(movie).frames) == (4, 97 - 36)


def test_missing_and_silent_sound_can_be_had(rehearsal: Rehearsal, ark: ArkClient, tmp_path: Path) -> None:
    rehearsal.fault("no audio")
    assert probe(taken(ark, tmp_path)[0]).audio_seconds is None
    rehearsal.fault("silent audio")
    movie, _ = taken(ark, tmp_path)
    assert (probe(movie).channels, float(np.abs(samples_of(movie)).max())) == (1, 0.0)


def test_a_padded_movie_is_large_whole_and_takes_no_room(rehearsal: Rehearsal, ark: ArkClient, tmp_path: Path) -> None:
    rehearsal.fault("padded", bytes=30_000_000)
    movie, _ = taken(ark, tmp_path, safety_identifier="padded")
    kept = Path(rehearsal.orders("padded")[0]["movie"])
    assert (movie.stat().st_size, probe(movie).frames) == (30_000_000, 97)
    assert kept.stat().st_blocks * 512 < 3_000_000


def test_the_animatic_shows_the_references_that_were_sent(tmp_path: Path) -> None:
    with rehearsing(tmp_path / "rehearsal", fast=False) as rehearsal, ArkClient(rehearsal.endpoint()) as ark:
        colours = {"teal": (0, 128, 128), "crimson": (220, 20, 60)}
        images = [still(tmp_path, name) for name in colours]
        prompt = "Image 1 sets the composition. Image 2 sets the composition. [0-2s] Image 1. [2-4s] Image 2."
        text = {"type": "text", "text": prompt}
        content = [text, *images]
        movie, _ = taken(ark, tmp_path, content=content)
        frames = frames_of(movie)
        assert (len(frames), flashes(movie)) == (97, [0, 48])
        for number, colour in zip((24, 72), colours.values(), strict=True):
            middle = frames[number][100:200, 100:700].reshape(-1, 3)
            assert np.abs(np.median(middle, axis=0) - colour).max() < 12


def still(folder: Path, colour: str) -> dict[str, Any]:
    import base64
    import io

    from PIL import Image

    file = io.BytesIO()
    Image.new("RGB", (864, 496), colour).save(file, "PNG")
    url = f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
    return {"type": "image_url", "image_url": {"url": url}, "role": "reference_image"}


def frames_of(movie: Path) -> list[np.ndarray[Any, Any]]:
    with av.open(str(movie)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def samples_of(movie: Path) -> np.ndarray[Any, Any]:
    with av.open(str(movie)) as container:
        return np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])


def flashes(movie: Path) -> list[int]:
    return [number for number, frame in enumerate(frames_of(movie)) if frame.mean() > 250]


def pops(movie: Path) -> list[float]:
    loud = np.abs(samples_of(movie)) > 0.1
    starts = [i for i in np.flatnonzero(loud) if not loud[max(0, i - 4800) : i].any()]
    return [float(start) / 48_000 for start in starts]
