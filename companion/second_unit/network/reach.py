"""
Which machines may be talked to.

A service's answers are foreign: a film's address, or a redirect, could lead to a router's pages, a cloud's metadata or
a database on this machine. So an address is checked twice: as it is written, and as it resolves, on the very address
that is then connected to. A name that resolves differently the second time gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import urllib.request
from dataclasses import dataclass
from functools import cache
from urllib.parse import SplitResult, urlsplit

from second_unit.errors import HostileAnswer, NotAllowed

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# The benchmarking range: several VPN clients answer every name with an address from it and sort the traffic out behind
# it. Nothing else lives there, and refusing it would cost their users paid films.
_BENCHMARK_RANGE = ipaddress.ip_network("198.18.0.0/15")
_NAT64_RANGE = ipaddress.ip_network("64:ff9b::/96")
_LONGEST_URL = 16_384


@dataclass(frozen=True)
class Reach:
    """
    The machines that may be reached: the endpoint's own, and every public one over https.

    Args:
        endpoint: the address that the user or we chose; trusted as it is. Where it is on this machine, so is every
            other port of this machine, for that is where a rehearsal server keeps its films.
    """

    endpoint: str

    @property
    def host(self) -> str:
        """The endpoint's host, lower case."""
        return (urlsplit(self.endpoint).hostname or "").lower()

    def check(self, url: str) -> SplitResult:
        """
        Return the parts of an address that a service gave, if it may be followed.

        Raises:
            HostileAnswer: another scheme than https, credentials in it, no host, or a private address written out.
        """
        parts = _split(url)
        if parts is None:
            raise HostileAnswer("The service gave an address that can't be read.", remedy=_REMEDY)
        host = (parts.hostname or "").lower()
        if not host or parts.username is not None or parts.password is not None:
            raise HostileAnswer(f"The service gave an address that isn't a plain one: {shown(url)}.", remedy=_REMEDY)
        may_be_plain = self._is_own(host) and urlsplit(self.endpoint).scheme == "http"
        if parts.scheme != "https" and not (parts.scheme == "http" and may_be_plain):
            raise HostileAnswer(f"The service leads to {shown(url)}, which is not https.", remedy=_REMEDY)
        literal = _literal(host)
        if literal is not None:
            self.check_address(host, literal)
        return parts

    def check_address(self, host: str, address: Address) -> None:
        """
        Check what a host resolved to.

        Raises:
            HostileAnswer: it is not a public address, and not the user's own endpoint either.
        """
        if host.lower() == self.host or is_public(address) or (self._is_on_this_machine() and address.is_loopback):
            return
        raise HostileAnswer(
            f"The service leads to {host} ({address}), an address inside this machine's own network.", remedy=_REMEDY
        )

    def resolve(self, host: str, port: int) -> list[str]:
        """
        Return the addresses of a host, each of them checked. Blocks while the resolver works.

        Raises:
            HostileAnswer: one of them must not be reached.
            OSError: the name doesn't resolve.
        """
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        for address in addresses:
            self.check_address(host, ipaddress.ip_address(address.partition("%")[0]))
        return addresses

    def _is_own(self, host: str) -> bool:
        return host == self.host or (self._is_on_this_machine() and _is_loopback_name(host))

    def _is_on_this_machine(self) -> bool:
        return _is_loopback_name(self.host)


_REMEDY = "It was not followed. If the service is yours, give its address as the endpoint."


def is_public(address: Address) -> bool:
    """Whether an address is one of the open internet, looking through the ways of writing IPv4 as IPv6."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is None and address in _NAT64_RANGE:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    elif address in _BENCHMARK_RANGE:
        return True
    return address.is_global and not address.is_multicast


def check_endpoint(endpoint: str, service: str) -> str:
    """
    Return an endpoint that a user typed, without a trailing slash.

    Raises:
        NotAllowed: it is not http or https, or would carry the key unencrypted over the open internet.
    """
    parts = _split(endpoint)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise NotAllowed(
            f"'{shown(endpoint)}' can't be the endpoint of '{service}'.",
            remedy="Give an address such as https://host/api/v3.",
            service=service,
        )
    if parts.scheme == "http" and not _is_near(parts.hostname):
        raise NotAllowed(
            f"'{shown(endpoint)}' would carry your key for '{service}' unencrypted.",
            remedy="Use https; http is for this machine and its own network.",
            service=service,
        )
    return endpoint.rstrip("/")


def is_loopback_endpoint(endpoint: str) -> bool:
    """Whether an endpoint is on this machine."""
    return _is_loopback_name((urlsplit(endpoint).hostname or "").lower())


def shown(url: str) -> str:
    """Return an address fit for a message: without credentials and without its query, which may hold a signature."""
    parts = _split(url)
    if parts is None:
        return "an unreadable address"
    port = f":{parts.port}" if parts.port is not None else ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"[:200]


@cache
def tls() -> ssl.SSLContext:
    """Return the one context for all connections: making one reads every root certificate."""
    import httpx

    return httpx.create_ssl_context()


def proxy_for(parts: SplitResult) -> str | None:
    """Return the proxy that the environment or the system names for an address; None to go straight."""
    host = parts.hostname or ""
    if _is_loopback_name(host.lower()) or urllib.request.proxy_bypass(host):
        return None
    proxies = urllib.request.getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    return proxy if proxy and proxy.startswith(("http://", "https://")) else None


def _split(url: str) -> SplitResult | None:
    # Python drops tabs and newlines out of an address: a browser's habit, and a way to write one and mean another.
    # What isn't ASCII looks like one name and is another.
    if len(url) > _LONGEST_URL or any(not 32 < ord(character) < 127 or character == "\\" for character in url):
        return None
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _is_loopback_name(host: str) -> bool:
    literal = _literal(host)
    return literal.is_loopback if literal is not None else host == "localhost" or host.endswith(".localhost")


def _is_near(host: str) -> bool:
    literal = _literal(host)
    if literal is None:
        return _is_loopback_name(host.lower()) or "." not in host or host.lower().endswith(".local")
    return not is_public(literal)
