"""A release as one piece of bytes, to be kept, and loaded again as it was."""

from __future__ import annotations

import json
import tempfile
import zlib
from pathlib import Path

from engine.base import KnowledgeBase
from engine.errors import Problem, Refused
from knowledge.documents import digest_of, files
from knowledge.load import load
from knowledge.overlay import overlaid

_MOST = 64 * 1024 * 1024


_SITE = "site"  # the file of a site stands beside the files of the release, and under no path of theirs


def bundle(folder: Path, overlay: Path | None = None) -> bytes:
    """The files of the release in a folder, with the file of the site where there is one."""
    held = {name: data.decode() for name, data in files(folder).items()}
    held |= {_SITE: overlay.read_text(encoding="utf-8")} if overlay else {}
    return zlib.compress(json.dumps(held, sort_keys=True).encode(), 9)


def intact(data: bytes, digest: str) -> bool:
    """Whether a bundle holds the release that has this digest."""
    return _files(data, digest) is not None


def unbundle(data: bytes, digest: str) -> KnowledgeBase:
    """The release in a bundle. Raises Refused when it is not the one that has this digest."""
    held = _files(data, digest)
    if held is None:
        do = "Restore the release from a backup."
        raise Refused([Problem("release", "release-differs", "What is kept of this release is not what went live.", do)])
    with tempfile.TemporaryDirectory(prefix="tandem-release-") as name:
        for path, blob in held.items():
            target = Path(name) / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(blob)
        site = Path(name) / _SITE
        return load(Path(name), site if site.exists() else None)


def _files(data: bytes, digest: str) -> dict[str, bytes] | None:
    """The files, if they are those that the digest names: nothing else is ever written or read."""
    try:
        held = {name: text.encode() for name, text in json.loads(zlib.decompressobj().decompress(data, _MOST)).items()}
    except (ValueError, AttributeError, zlib.error):
        return None
    own = sorted(Path(name) for name in held if name != _SITE)
    found = "sha256:" + digest_of({path.as_posix(): held[path.as_posix()] for path in own})
    return held if (overlaid(found, held[_SITE]) if _SITE in held else found) == digest else None
