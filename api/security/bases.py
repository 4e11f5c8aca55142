"""How an address must be written that may be registered or called, so that nobody could read it as another one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

PORTS = {"https": 443, "http": 80}
LONGEST = 2048  # characters
SEGMENT = r"(?!\.+(?:/|\Z))[A-Za-z0-9_$.~-]+"  # no dots alone: this folder, the one above
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)*{_LABEL}\Z")
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)\Z")  # a last label like this is a way to write an IPv4 address
_PATH = re.compile(rf"(?:/{SEGMENT})*\Z")
_HERE = "http://localhost"


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
    if isinstance(literal, IPv6Address) and literal.ipv4_mapped:
        raise ValueError("an IPv4 address, written as another one")
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


def origin_of(text: str) -> str:
    """An origin as browsers write it. Raises ValueError. One's own machine may go without TLS."""
    here = text.startswith((f"{_HERE}:", _HERE)) and text[len(_HERE) : len(_HERE) + 1] in ("", ":")
    found = base_of(text.replace(_HERE, "http://127.0.0.1", 1) if here else text)
    if found.path:
        raise ValueError("an origin has no path")
    return found.text.replace("http://127.0.0.1", _HERE, 1) if here else found.text
