import ipaddress
import socket

import pytest

from second_unit.errors import HostileAnswer, NotAllowed
from second_unit.network.reach import Reach, check_endpoint, is_public, shown

PUBLIC = Reach("https://ark.ap-southeast.bytepluses.com/api/v3")
LOCAL = Reach("http://127.0.0.1:8080/ark/api/v3")


@pytest.mark.parametrize(
    "url",
    [
        "http://films.example/x.mp4",
        "ftp://films.example/x.mp4",
        "file:///etc/passwd",
        "gopher://films.example/",
        "data:video/mp4;base64,AAAA",
        "//films.example/x.mp4",
        "https:///x.mp4",
        "https://user:secret@films.example/x.mp4",
        "https://127.0.0.1/x.mp4",
        "https://[::1]/x.mp4",
        "https://10.0.0.1/x.mp4",
        "https://172.16.5.4/x.mp4",
        "https://192.168.1.1/x.mp4",
        "https://169.254.169.254/latest/meta-data",
        "https://100.64.0.1/x.mp4",
        "https://0.0.0.0/x.mp4",
        "https://224.0.0.1/x.mp4",
        "https://[fe80::1]/x.mp4",
        "https://[fc00::1]/x.mp4",
        "https://[::ffff:127.0.0.1]/x.mp4",
        "https://[64:ff9b::7f00:1]/x.mp4",
        "https://films.example/x\r\nHost: evil",
        "https://films.example\\@127.0.0.1/x.mp4",
        "https://films.example:99999/x.mp4",
        "https://\u0430pple.example/x.mp4",
        "https://films.example/" + "x" * 20_000,
    ],
)
def test_addresses_that_must_not_be_followed_are_refused(url: str) -> None:
    with pytest.raises(HostileAnswer):
        PUBLIC.check(url)


@pytest.mark.parametrize(
    "url", ["https://films.example/x.mp4?X-Sig=1", "https://8.8.8.8/x.mp4", "https://[2606:4700::1111]/x"]
)
def test_public_addresses_over_https_may_be_followed(url: str) -> None:
    assert PUBLIC.check(url).scheme == "https"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080/media/x.mp4", "http://127.0.0.1:9999/x", "http://localhost:1/x"]
)
def test_a_users_own_endpoint_on_this_machine_may_lead_to_this_machine(url: str) -> None:
    assert LOCAL.check(url).scheme == "http"


@pytest.mark.parametrize("url", ["http://films.example/x.mp4", "https://192.168.1.1/x", "http://10.0.0.1/x"])
def test_and_to_nowhere_else_that_is_private_or_unencrypted(url: str) -> None:
    with pytest.raises(HostileAnswer):
        LOCAL.check(url)


def test_an_endpoint_in_the_users_network_may_lead_to_itself_alone() -> None:
    reach = Reach("https://10.1.2.3/api/v3")
    assert reach.check("https://10.1.2.3/film.mp4").hostname == "10.1.2.3"
    with pytest.raises(HostileAnswer):
        reach.check("https://10.1.2.4/film.mp4")
    with pytest.raises(HostileAnswer):
        reach.check("https://127.0.0.1/film.mp4")


def test_a_name_that_resolves_to_this_machine_is_refused_by_what_it_resolves_to() -> None:
    # "localhost" is the one name sure to resolve to a loopback address everywhere.
    with pytest.raises(HostileAnswer, match="own network"):
        PUBLIC.resolve("localhost", 443)


def test_the_endpoints_own_name_is_trusted_wherever_it_leads() -> None:
    assert "127.0.0.1" in Reach("https://localhost/api").resolve("localhost", 443)


def test_a_name_that_does_not_resolve_is_a_network_error() -> None:
    with pytest.raises(socket.gaierror):
        PUBLIC.resolve("no-such-machine.invalid", 443)


@pytest.mark.parametrize("address", ["198.18.0.5", "1.1.1.1", "2606:4700::1111", "2002:0808:0808::1"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address)) is True


@pytest.mark.parametrize("address", ["2002:7f00:1::", "::ffff:10.0.0.1", "::", "fd00::1", "255.255.255.255"])
def test_private_addresses_are_not_whatever_they_are_written_as(address: str) -> None:
    assert is_public(ipaddress.ip_address(address)) is False


@pytest.mark.parametrize(
    "endpoint",
    ["http://ark.example/api/v3", "ftp://x", "ark.example", "", "http://8.8.8.8", "https://", "javascript:1"],
)
def test_an_endpoint_that_would_show_the_key_or_is_none_is_refused(endpoint: str) -> None:
    with pytest.raises(NotAllowed):
        check_endpoint(endpoint, "seedance")


@pytest.mark.parametrize(
    "endpoint", ["https://ark.example/api/v3/", "http://127.0.0.1:80/x", "http://renderbox:9000", "http://192.168.0.4"]
)
def test_endpoints_with_tls_or_nearby_are_taken(endpoint: str) -> None:
    assert check_endpoint(endpoint, "seedance") == endpoint.rstrip("/")


def test_a_shown_address_has_no_credentials_and_no_query() -> None:
    assert shown("https://me:secret@films.example:444/x.mp4?X-Sig=abc") == "https://films.example:444/x.mp4"
