import asyncio
import os
import sys
import time
from pathlib import Path

import pytest

from second_unit.errors import HostingError
from second_unit.hosting import CommandSettings, open_host


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "shot; touch hacked $(id) 'x'.mp4"
    path.write_bytes(b"film")
    return path


def host(film: Path, *command: str, seconds: float = 20) -> str:
    async def go() -> str:
        opened = open_host(CommandSettings(command=command, seconds=seconds))
        assert opened is not None
        return await opened.host(film, "video/mp4")

    return asyncio.run(go())


def python(code: str) -> tuple[str, str, str]:
    return (sys.executable, "-c", code)


def test_the_address_that_the_command_prints_is_taken(film: Path) -> None:
    code = "print('uploading'); print(' https://files.example/x.mp4?sig=1 ')"
    assert host(film, *python(code)) == "https://files.example/x.mp4?sig=1"


def test_the_file_is_one_argument_whatever_its_name(film: Path, tmp_path: Path) -> None:
    code = "import sys, urllib.parse; print('https://x.example/' + urllib.parse.quote(repr(sys.argv[1:]), safe=''))"
    import urllib.parse

    url = host(film, *python(code))
    assert urllib.parse.unquote(url.removeprefix("https://x.example/")) == repr([str(film)])
    assert not (tmp_path / "hacked").exists()


def test_path_and_type_stand_where_the_user_put_them(film: Path) -> None:
    code = "import sys; assert sys.argv[2] == 'video/mp4'; assert open(sys.argv[1][3:]).read(); print('https://x.example/')"
    assert host(film, *python(code), "in={path}", "{type}") == "https://x.example/"


def test_the_command_gets_none_of_our_keys(film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECOND_UNIT_SEEDANCE_KEY", "marked")
    monkeypatch.setenv("ARK_API_KEY", "marked")
    monkeypatch.setenv("MY_OWN_TOKEN", "kept")
    code = "import os; print('https://x.example/' + os.environ['MY_OWN_TOKEN'] + str('marked' in os.environ.values()))"
    assert host(film, *python(code)) == "https://x.example/keptFalse"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("print('done')", "no web address"),
        ("print('ftp://x.example/')", "no web address"),
        ("print('file:///etc/passwd')", "no web address"),
        ("import sys; print('quota exceeded', file=sys.stderr); sys.exit(3)", "code 3.*quota exceeded"),
        ("import sys; sys.exit('Authorization: Bearer abcdefgh12345678')", "Bearer •••"),
    ],
)
def test_a_command_that_fails_is_told_with_its_words(code: str, words: str, film: Path) -> None:
    with pytest.raises(HostingError, match=words):
        host(film, *python(code))


def test_a_command_that_is_not_there_is_named(film: Path) -> None:
    with pytest.raises(HostingError, match="'no-such-command' can't be run"):
        host(film, "no-such-command")


def test_a_command_that_hangs_is_ended_with_all_that_it_started(film: Path, tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, time, pathlib;"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        f"pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(child.pid)); time.sleep(60)"
    )
    began = time.monotonic()
    with pytest.raises(HostingError, match="longer than") as caught:
        host(film, *python(code), seconds=2)
    assert (time.monotonic() - began < 15, caught.value.retry) == (True, True)
    assert is_gone(int((tmp_path / "pid").read_text()))


def is_gone(pid: int) -> bool:
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            state = ""
        if state in ("", "Z"):
            return True
        time.sleep(0.05)
    os.kill(pid, 9)
    return False


def test_a_talkative_command_does_not_fill_the_memory(film: Path) -> None:
    code = "import sys; print('https://x.example/'); [sys.stdout.write('x' * 1000000) for _ in range(50)]"
    assert host(film, *python(code)) == "https://x.example/"
