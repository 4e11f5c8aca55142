"""How kinds of EHR sign what they send: which algorithms, and how long it is good for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Name = Literal["standard", "epic", "sandbox", "inferno"]
_STRONG = ("ES384", "RS384")
NEWER = ("EdDSA", "Ed25519")


@dataclass(frozen=True, slots=True)
class Profile:
    """longest: seconds between iat and exp. about_itself: whether sub, where it stands, is the issuer (RFC 7523)."""

    algorithms: tuple[str, ...] = _STRONG
    longest: int = 300
    about_itself: bool = False


BACKEND = Profile((*_STRONG, *NEWER), about_itself=True)
PROFILES: dict[Name, Profile] = {
    "standard": Profile(),
    "epic": Profile((*_STRONG, "ES256", "RS256"), longest=900),  # its sub is the id of the client, its iss an address of the site
    "sandbox": Profile(("ES384", "ES256")),
    "inferno": Profile(),
}
