"""What a client has signed: about itself for a token (RFC 7523), or with each call of CDS Hooks. Every check, in one place."""

from __future__ import annotations

import warnings
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import KeySet

from api.security.profiles import BACKEND, Profile
from api.strict_json import decode
from engine.errors import Refused

_EC384, _EC256, _RSA, _ED = ("EC", "P-384"), ("EC", "P-256"), ("RSA", None), ("OKP", "Ed25519")
KINDS = {"ES384": _EC384, "ES256": _EC256, "RS384": _RSA, "RS256": _RSA, "EdDSA": _ED, "Ed25519": _ED}
LONGEST = 8192  # characters
SKEW = 60  # seconds
_HEADER = frozenset({"alg", "kid", "typ", "jku"})  # jku may stand there; only what is registered is ever followed
warnings.filterwarnings("ignore", "EdDSA is deprecated", SecurityWarning)  # the newer name is taken, too


class Forged(Exception):
    """It is not what the client would have signed for us, now; `code` says which check failed."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Assertion:
    """What held. jti may be used once until `until` (seconds since 1970). tenant: the claim, as it stands there."""

    issuer: str
    jti: str
    until: int
    tenant: object = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a token says of itself, unchecked: only to look up whose keys are to judge it."""

    issuer: str
    kid: str
    jku: str | None


def claimed(token: str) -> Claimed:
    """Raises Forged."""
    header, issuer = _part(token, 0), _part(token, 1).get("iss")
    kid, jku = header.get("kid"), header.get("jku")
    if not isinstance(issuer, str) or not 0 < len(issuer) <= 200:
        raise Forged("issuer")
    if not isinstance(kid, str) or not 0 < len(kid) <= 200:
        raise Forged("key")
    if not isinstance(jku, str | None):
        raise Forged("header")
    return Claimed(issuer, kid, jku)


def verify(token: str, keys: dict[str, Any], issuer: str, audience: frozenset[str], now: int, profile: Profile = BACKEND) -> Assertion:
    """Raises Forged. keys: the public JWK set of the issuer. audience: what we are called, each good by itself."""
    header, claims = _part(token, 0), _part(token, 1)
    algorithm = header.get("alg")
    if not header.keys() <= _HEADER or algorithm not in profile.algorithms or header.get("typ", "JWT") != "JWT":
        raise Forged("header")
    named = [key for key in keys["keys"] if key.get("kid") == header.get("kid")]
    if not isinstance(header.get("kid"), str) or len(named) != 1 or not _fits(named[0], algorithm):
        raise Forged("key")
    try:
        jwt.decode(token, KeySet.import_key_set({"keys": named}), algorithms=[algorithm])
    except (JoseError, ValueError, TypeError, KeyError):
        raise Forged("signature") from None
    return _claims(claims, issuer, audience, now, profile)


def _fits(key: dict[str, Any], algorithm: str) -> bool:
    """Whether a key is of the kind that an algorithm takes, and meant for it."""
    kind, curve = KINDS[algorithm]
    meant = key.get("use", "sig") == "sig" and key.get("alg", algorithm) == algorithm and "verify" in key.get("key_ops", ("verify",))
    return meant and key.get("kty") == kind and key.get("crv") == curve


def _claims(claims: dict[str, Any], issuer: str, audience: frozenset[str], now: int, profile: Profile) -> Assertion:
    meant = claims.get("aud")
    meant = [meant] if isinstance(meant, str) else meant
    if claims.get("iss") != issuer or (profile.about_itself and claims.get("sub", issuer) != issuer):
        raise Forged("issuer")
    if not isinstance(meant, list) or not any(isinstance(item, str) and item in audience for item in meant):
        raise Forged("audience")
    exp, iat, nbf, jti = claims.get("exp"), claims.get("iat"), claims.get("nbf", 0), claims.get("jti")
    if not all(isinstance(moment, int) and not isinstance(moment, bool) for moment in (exp, iat, nbf)):
        raise Forged("time")
    assert isinstance(exp, int)
    assert isinstance(iat, int)
    begun = iat <= now + SKEW and nbf <= now + SKEW
    if not (begun and now - SKEW < exp and 0 < exp - iat <= profile.longest):
        raise Forged("time")
    if not isinstance(jti, str) or not 0 < len(jti) <= 200:
        raise Forged("jti")
    return Assertion(issuer, jti, exp + SKEW, claims.get("tenant"))


def _part(token: str, index: int) -> dict[str, Any]:
    """Header or claims, read so strictly that nobody could read them otherwise."""
    parts = token.split(".")
    if len(token) > LONGEST or len(parts) != 3 or not token.isascii():
        raise Forged("shape")
    try:
        value = decode(urlsafe_b64decode(parts[index] + "=" * (-len(parts[index]) % 4)))
    except (Refused, ValueError):
        raise Forged("shape") from None
    if not isinstance(value, dict):
        raise Forged("shape")
    return value
