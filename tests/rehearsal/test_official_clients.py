import json
import subprocess
import sys
from pathlib import Path

import pytest

from second_unit.media.probe import probe
from second_unit.rehearsal.running import Rehearsal

JOURNEY = Path(__file__).with_name("official_client.py")


@pytest.mark.parametrize("package", ["volcenginesdkarkruntime", "byteplussdkarkruntime"])
def test_the_official_clients_create_poll_list_cancel_and_download(
    package: str, rehearsal: Rehearsal, tmp_path: Path
) -> None:
    movie = tmp_path / "take.mp4"
    # The clients warn at import (pydantic): that is theirs, so they run on their own.
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", str(JOURNEY), package, rehearsal.endpoint(), str(movie)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    identifier = told.pop("id")
    assert told.pop("seen") != []
    assert told == {
        "status": "succeeded",
        "duration": 4,
        "ratio": "16:9",
        "resolution": "480p",
        "tokens": 40_594,  # the bill that was recorded for 2.0, 480p, 4 s
        "safety_identifier": "from-the-client",
        "total": 1,
        "listed": [identifier],
        "cancelled": "cancelled",
    }
    facts = probe(movie)
    assert (facts.frames, facts.width, facts.height, facts.channels) == (97, 864, 496, 1)
