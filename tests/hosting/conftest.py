import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def nothing_of_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test may find, or use, a key or a setting of whoever runs it."""
    for variable in list(os.environ):
        if variable.startswith(("SECOND_UNIT_", "AWS_", "FAL_")):
            monkeypatch.delenv(variable)
    monkeypatch.setenv("SECOND_UNIT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
