"""Where we may call: how an address must be written, and which machines of the network may answer to it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from socket import SOCK_STREAM
from typing import Any
from urllib.parse import urlsplit

from httpcore2 import AnyIOBackend, AsyncNetworkBackend, AsyncNetworkStream, ConnectError

Network = IPv4Network | IPv6Network
PORTS = {"https": 443, "http": 80}
LONGEST = 2048  # characters
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)*{_LABEL}\Z")
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)\Z")  # a last label like this is a way to write an IPv4 address
SEGMENT = r"(?!\.{1,2}(?:/|\Z))[A-Za-z0-9_$.~-]+"  # neither this folder nor the one above
_PATH = re.compile(rf"(?:/{SEGMENT})*\Z")
# Nobody's, everybody's, the link's own; and where clouds tell a machine its secrets.
_NEVER: tuple[Network, ...] = (
    *map(IPv4Network, ("0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32", "100.100.100.200/32")),
    *map(IPv6Network, ("::/128", "fe80::/10", "ff00::/8", "fd00:ec2::/32")),
)
_SPECIAL: tuple[Network, ...] = (
    *map(IPv4Network, ("192.0.0.0/24", "192.88.99.0/24")),
    *map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")),
)
_GLOBAL6 = IPv6Network("2000::/3")  # mapped, translated (NAT64), site-local and unique local addresses all lie outside


@dataclass(frozen=True, slots=True)
class Base:
    """An address as one writes it: lower case, its port said, no slash at the end."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def text(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if PORTS[self.scheme] == self.port else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"


def base_of(text: str) -> Base:
    """Reads an address that may be registered or called. Raises ValueError, which says what is wrong and no value.

    https alone; http to this machine itself, by its number. Two ways to write one address come to one Base.
    """
    if not 0 < len(text) <= LONGEST or not text.isascii() or not text.isprintable() or set(text) & set(' \\@?#%<>"'):
        raise ValueError("a character that has no place there")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("not an address") from None
    literal = _literal(host)
    if parts.scheme not in PORTS or (parts.scheme == "http" and not (literal and literal.is_loopback)):
        raise ValueError("not https")
    if ("[" in text) is not isinstance(literal, IPv6Address):  # other things may stand in brackets, and none of them is a name
        raise ValueError("not the name of a host")
    if literal is None and (not _NAME.match(host) or _NUMBER.match(host.rpartition(".")[2])):
        raise ValueError("not the name of a host")
    path = parts.path.removesuffix("/")
    if not _PATH.match(path) or port == 0:
        raise ValueError("not a plain path")
    return Base(parts.scheme, str(literal) if literal else host, port or PORTS[parts.scheme], path)


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def may_answer(address: IPv4Address | IPv6Address, allowed: Iterable[Network] = ()) -> bool:
    """Whether a machine may be called: those of the open internet, and those that the operator has named."""
    if any(address in network for network in _NEVER) or (isinstance(address, IPv6Address) and address.ipv4_mapped):
        return False
    if any(address in network for network in allowed):
        return True
    if isinstance(address, IPv6Address) and address not in _GLOBAL6:
        return False
    return address.is_global and not any(address in network for network in _SPECIAL)


class Checked(AsyncNetworkBackend):
    """Connects to the very address that was checked, so that a name cannot mean another machine a moment later."""

    def __init__(self, allowed: Iterable[Network]) -> None:
        self._allowed = tuple(allowed)
        self._inner = AnyIOBackend()

    async def connect_tcp(self, host: str, port: int, *arguments: Any, **named: Any) -> AsyncNetworkStream:
        """Raises Elsewhere, or ConnectError when none of the addresses answers."""
        failed: Exception = ConnectError()
        for address in await self._addresses(host, port):
            try:
                return await self._inner.connect_tcp(str(address), port, *arguments, **named)
            except ConnectError as error:
                failed = error
        raise failed

    async def _addresses(self, host: str, port: int) -> list[IPv4Address | IPv6Address]:
        """What a name means now; one address that may not be called spoils them all."""
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=SOCK_STREAM)
        except (OSError, UnicodeError):
            raise ConnectError from None
        addresses = [ip_address(sockaddr[0]) for *_, sockaddr in found]
        if not all(may_answer(address, self._allowed) for address in addresses):
            raise Elsewhere
        return list(dict.fromkeys(addresses))


class Elsewhere(Exception):
    """A name that means a machine which may not be called."""
