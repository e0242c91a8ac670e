from collections.abc import Iterator
from pathlib import Path

import pytest

from second_unit.rehearsal.running import Rehearsal, rehearsing


@pytest.fixture(autouse=True)
def no_keys_of_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test may find, or send, a key that whoever runs it keeps."""
    for variable in ("ARK_API_KEY", "SECOND_UNIT_SEEDANCE_KEY", "FAL_KEY"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("SECOND_UNIT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")


@pytest.fixture(scope="session")
def shared_rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    with rehearsing(tmp_path_factory.mktemp("rehearsal")) as running:
        yield running


@pytest.fixture
def rehearsal(shared_rehearsal: Rehearsal) -> Rehearsal:
    shared_rehearsal.clear_faults()
    return shared_rehearsal
