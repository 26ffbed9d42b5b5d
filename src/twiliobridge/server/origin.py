"""Scheme and host of this server as Twilio has them, as far as a request tells. Pure.

Sources: RFC 7239, "Forwarded HTTP Extension"; RFC 3986, 3.1: schemes are case-insensitive. The forms of
X-Forwarded-* are those of the proxies: Traefik says `wss` for an upgrade, chains of proxies write lists.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Protocol
from urllib.parse import urlsplit

SECURE = {"https": True, "wss": True, "http": False, "ws": False}

_PAIR = re.compile(r"""([!#$%&'*+.^_`|~\w-]+)=("(?:[^"\\]|\\.)*"|[^\s;,"]+)""", re.ASCII)
_ELEMENT = re.compile(r'^(?:[^",]|"(?:[^"\\]|\\.)*")*')
_HOST = re.compile(r"(?:\[[0-9a-f:.]+\]|[\w.-]+)(?::\d+)?", re.ASCII | re.IGNORECASE)

Networks = tuple[IPv4Network | IPv6Network, ...]


class Headers(Protocol):
    def get(self, name: str, default: str, /) -> str: ...


class Asked(Protocol):
    """What must be known of a request, on whichever lane it comes."""

    @property
    def path(self) -> str:
        """Without the query."""
        ...

    @property
    def headers(self) -> Headers:
        """To be asked in lower case."""
        ...

    @property
    def remote_addr(self) -> str | None:
        """The address that it comes from: the client's, or that of a proxy."""
        ...


@dataclass(frozen=True)
class Origin:
    host: str
    "With a port, if it has one."
    secure: bool

    @property
    def url(self) -> str:
        return f"{'https' if self.secure else 'http'}://{self.host}"


def origin_of(asked: Asked, trusted: Networks) -> Origin:
    """A proxy in one of the networks `trusted` may say the host; anybody may say the scheme.

    The scheme chooses between two spellings of one host, and a signature fits one of them at the most.
    """
    elsewhere = forwarded(asked) if _says_host(asked) and _is_in(asked.remote_addr, trusted) else {}
    host = elsewhere.get("host") or asked.headers.get("host", "")
    proto = elsewhere.get("proto") or _first(asked.headers.get("x-forwarded-proto", ""))
    # Twilio itself reaches nothing but TLS; a plain request to loopback is a test's.
    return Origin(host, SECURE.get(proto.lower(), not is_loopback(_name(host))))


def told_origins(asked: Asked) -> Iterator[Origin]:
    """All that the request could have been sent to, by what anybody said on its way."""
    for host in dict.fromkeys((asked.headers.get("host", ""), forwarded(asked).get("host", ""))):
        if host:
            yield from (Origin(host, secure=True), Origin(host, secure=False))


def forwarded(asked: Asked) -> dict[str, str]:
    """`host` and `proto` of the first hop, which is the one that Twilio reached."""
    headers = asked.headers
    told = {"host": _first(headers.get("x-forwarded-host", ""))}
    told |= _forwarded_element(headers.get("forwarded", ""))
    if not _HOST.fullmatch(told["host"]):
        del told["host"]
    return told


def _forwarded_element(header: str) -> dict[str, str]:
    element = _ELEMENT.match(header)
    pairs = _PAIR.findall(element[0]) if element else []
    return {name.lower(): re.sub(r"\\(.)", r"\1", value.strip('"')) for name, value in pairs}


def _says_host(asked: Asked) -> bool:
    return bool(asked.headers.get("forwarded", "") or asked.headers.get("x-forwarded-host", ""))


def _first(header: str) -> str:
    return header.partition(",")[0].strip()


def _is_in(address: str | None, networks: Networks) -> bool:
    try:
        peer = ip_address(address or "")
    except ValueError:
        return False
    if isinstance(peer, IPv6Address) and peer.ipv4_mapped:
        peer = peer.ipv4_mapped
    return any(peer in network for network in networks)


def _name(host: str) -> str:
    """Of a `Host` header, without the port; empty for what is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:  # brackets, with no IPv6 address in them
        return ""


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
