import asyncio
import json
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from second_unit.errors import AnswerLost, HostileAnswer, SecondUnitError, ServiceUnavailable
from second_unit.network.client import Answer, ServiceClient
from tests.network.certificates import self_signed
from tests.network.raw_server import RawServer, Script, Visit, serving

KEY = {"Authorization": "Bearer marked-key-4711"}
ORDER = json.dumps({"content": "x" * 3000}).encode()
LARGE = json.dumps({"content": "x" * 9_000_000}).encode()


def order(server_or_url: RawServer | str, body: bytes = ORDER, seconds: float = 5.0) -> Answer:
    return _run(server_or_url, lambda client: client.order("/tasks", body, headers=KEY, seconds=seconds))


def read(server_or_url: RawServer | str, seconds: float = 5.0) -> Answer:
    return _run(server_or_url, lambda client: client.read("GET", "/tasks/1", headers=KEY, seconds=seconds))


def _run(server_or_url: RawServer | str, ask: Callable) -> Answer:
    async def go() -> Answer:
        url = server_or_url if isinstance(server_or_url, str) else server_or_url.url
        client = ServiceClient("Seedance", "seedance", url)
        try:
            return await ask(client)
        finally:
            await client.close()

    return asyncio.run(go())


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def hold(visit: Visit) -> None:
    visit.read()
    threading.Event().wait(2)


LOST: dict[str, Script] = {
    "hangs up after the whole order": lambda visit: visit.read().reset(),
    "closes without an answer": lambda visit: visit.read() and None,
    "never answers": hold,
    "breaks off in the head": lambda visit: visit.read().connection.sendall(b"HTTP/1.1 200 OK\r\nContent-"),
    "breaks off in the body": lambda visit: visit.read().answer(200, b'{"id": "cg', length=99),
    "answers with no HTTP": lambda visit: visit.read().connection.sendall(b"hello there\r\n\r\n"),
    "answers without end": lambda visit: visit.read().answer(200, b"x" * 17_000_000),
    "breaks off a gateway's page": lambda visit: visit.read().answer(502, b"<html>", length=99),
}


@pytest.mark.parametrize("script", LOST.values(), ids=LOST)
def test_an_order_that_went_out_whole_and_has_no_usable_answer_may_have_been_accepted(script: Script) -> None:
    with serving(script) as server, pytest.raises(AnswerLost) as caught:
        order(server, seconds=1.0)
    assert (caught.value.charged, caught.value.retry) == (None, False)


@pytest.mark.parametrize("script", LOST.values(), ids=LOST)
def test_the_same_on_a_read_is_simply_asked_again(script: Script) -> None:
    with serving(script) as server, pytest.raises((ServiceUnavailable, HostileAnswer)):
        read(server, seconds=1.0)


def test_a_refused_connection_accepted_nothing() -> None:
    with pytest.raises(ServiceUnavailable, match="did not get through") as caught:
        order(f"http://127.0.0.1:{free_port()}")
    assert (caught.value.charged, caught.value.retry) == (False, True)


def test_a_name_that_does_not_resolve_accepted_nothing() -> None:
    with pytest.raises(ServiceUnavailable, match="no machine is called"):
        order("https://no-such-machine.invalid/api")


def test_a_bad_certificate_accepted_nothing(tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))
    with serving(lambda visit: visit.read().answer(200, b"{}"), context) as server:
        with pytest.raises(ServiceUnavailable, match=r"(?i)certificate"):
            order(server)
        assert server.visits == []  # not a byte of the order, nor the key


def test_a_connection_that_breaks_before_the_end_of_the_order_accepted_nothing() -> None:
    with serving(lambda visit: visit.read_head().reset()) as server, pytest.raises(ServiceUnavailable):
        order(server, LARGE)


def test_a_refusal_that_comes_while_the_order_still_arrives_is_told_as_it_is() -> None:
    def refuse(visit: Visit) -> None:
        visit.read_head().answer(413, b'{"error": {"code": "TooLarge"}}')
        while visit.connection.recv(1_000_000):
            pass

    with serving(refuse) as server:
        assert order(server, LARGE).status == 413


def test_a_refusal_whose_words_break_off_is_still_a_refusal() -> None:
    with serving(lambda visit: visit.read().answer(400, b'{"error":', length=99)) as server:
        assert order(server).status == 400


def test_an_order_arrives_once_and_whole() -> None:
    with serving(lambda visit: visit.read().answer(200, b'{"id": "cgt-1"}')) as server:
        assert order(server).document == {"id": "cgt-1"}
        assert [visit.body for visit in server.visits] == [ORDER]
        assert server.visits[0].header("authorization") == "Bearer marked-key-4711"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("ask", [order, read])
def test_a_redirect_is_never_followed_with_the_key(status: int, ask: Callable) -> None:
    with serving(lambda visit: visit.read().answer(200, b"{}")) as elsewhere:
        script = lambda visit: visit.read().answer(status, b"", Location=f"{elsewhere.url}/tasks")  # noqa: E731
        with serving(script) as server, pytest.raises(HostileAnswer, match="leads elsewhere"):
            ask(server)
        assert elsewhere.visits == []


def test_no_message_holds_the_key() -> None:
    with serving(lambda visit: visit.read().reset()) as server, pytest.raises(SecondUnitError) as caught:
        order(server)
    assert "marked-key-4711" not in json.dumps(caught.value.as_record())


@pytest.mark.parametrize(
    ("told", "expected"), [("7", 7.0), ("0", 0.0), ("-5", 0.0), ("999999", 3600.0), ("soon", None), ("nan", None)]
)
def test_the_wait_asked_for_is_read_within_reason(told: str, expected: float | None) -> None:
    assert Answer(429, {"retry-after": told}, b"").wait_seconds == expected


def test_a_wait_may_be_told_as_a_date() -> None:
    assert Answer(503, {"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, b"").wait_seconds == 0.0


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe", b"[" * 100_000])
def test_a_body_that_is_no_json_is_none(body: bytes) -> None:
    assert Answer(200, {}, body).document is None
