"""Which machines of the network may be called, and a connection to the very one that was looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from socket import SOCK_STREAM
from typing import Any

from httpcore2 import AnyIOBackend, AsyncNetworkBackend, AsyncNetworkStream, ConnectError

Network = IPv4Network | IPv6Network
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
