"""Signed statements of a client about itself (RFC 7523): every check, in one place, and no key fetched from anywhere."""

from __future__ import annotations

import warnings
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import KeySet

from api.strict_json import decode
from engine.errors import Refused

ALGORITHMS = ("ES384", "RS384", "EdDSA", "Ed25519")
TYPES = {"ES384": "EC", "RS384": "RSA", "EdDSA": "OKP", "Ed25519": "OKP"}
LONGEST = 8192  # characters
SKEW = 60  # seconds
_HEADER = frozenset({"alg", "kid", "typ", "jku"})  # jku is allowed to stand there, and never followed
warnings.filterwarnings("ignore", "EdDSA is deprecated", SecurityWarning)  # the newer name is taken, too


class Forged(Exception):
    """It is not what the client would have signed for us, now; `code` says which check failed."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Assertion:
    """What held. jti may be used once until `until` (seconds since 1970)."""

    issuer: str
    jti: str
    until: int


def claimed_issuer(token: str) -> str:
    """Who it says it is from, unchecked: only to look their keys up. Raises Forged."""
    issuer = _part(token, 1).get("iss")
    if not isinstance(issuer, str) or not 0 < len(issuer) <= 200:
        raise Forged("issuer")
    return issuer


def verify(token: str, keys: dict[str, Any], issuer: str, audience: frozenset[str], now: int, longest: int = 300) -> Assertion:
    """Raises Forged. keys: the public JWK set registered for the issuer. longest: seconds that it may be good for."""
    header, claims = _part(token, 0), _part(token, 1)
    if not header.keys() <= _HEADER or header.get("alg") not in ALGORITHMS or header.get("typ", "JWT") != "JWT":
        raise Forged("header")
    fitting = [key for key in keys["keys"] if key.get("kid") == header.get("kid") and key.get("kty") == TYPES[header["alg"]]]
    if not isinstance(header.get("kid"), str) or len(fitting) != 1:
        raise Forged("key")
    try:
        jwt.decode(token, KeySet.import_key_set({"keys": fitting}), algorithms=[header["alg"]])
    except (JoseError, ValueError, TypeError, KeyError):
        raise Forged("signature") from None
    return _claims(claims, issuer, audience, now, longest)


def _claims(claims: dict[str, Any], issuer: str, audience: frozenset[str], now: int, longest: int) -> Assertion:
    meant = claims.get("aud")
    meant = [meant] if isinstance(meant, str) else meant
    if claims.get("iss") != issuer or claims.get("sub", issuer) != issuer:
        raise Forged("issuer")
    if not isinstance(meant, list) or not any(isinstance(item, str) and item in audience for item in meant):
        raise Forged("audience")
    exp, iat, nbf, jti = claims.get("exp"), claims.get("iat"), claims.get("nbf", 0), claims.get("jti")
    if not all(isinstance(moment, int) and not isinstance(moment, bool) for moment in (exp, iat, nbf)):
        raise Forged("time")
    assert isinstance(exp, int)
    assert isinstance(iat, int)
    if not (now - SKEW < exp <= now + SKEW + longest and iat <= now + SKEW and nbf <= now + SKEW and 0 < exp - iat <= longest):
        raise Forged("time")
    if not isinstance(jti, str) or not 0 < len(jti) <= 200:
        raise Forged("jti")
    return Assertion(issuer, jti, exp + SKEW)


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
