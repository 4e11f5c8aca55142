"""A disk of its own for a database: it can be filled up, and it can break, so that its file system takes no more changes.

It is a file with ext4 in it, mounted through a loop device, which takes Linux and an administrator of the machine.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_MEGABYTES = 600
_TOOLS = ("mkfs.ext4", "fsck.ext4", "mount", "umount", "findmnt", "losetup")


@dataclass(frozen=True, slots=True)
class Disk:
    """image: the file that it is. place: where it is mounted."""

    image: Path
    place: Path

    def mount(self) -> None:
        """On the first error the file system becomes read-only, as servers are usually set up."""
        _run("mount", "-o", "loop,errors=remount-ro", str(self.image), str(self.place))

    def fill(self) -> None:
        """Leave no room."""
        with (self.place / "filler").open("wb", buffering=0) as stream:
            for size in (1 << 20, 1 << 12, 1):
                try:
                    while stream.write(bytes(size)) == size:
                        pass
                except OSError:
                    continue

    def free(self) -> None:
        """Give the room back."""
        (self.place / "filler").unlink()

    def breaks(self) -> None:
        """An error of the file system, as a failing disk causes it; whoever has a file open cannot write to it any more."""
        device = Path(_run("findmnt", "--noheadings", "--output", "SOURCE", str(self.place)).strip())
        (Path("/sys/fs/ext4") / device.name / "trigger_fs_error").write_text("1")

    def take_off(self) -> None:
        """Nothing of it is found any more; it is gone once nobody has a file of it open."""
        _run("umount", "--lazy", str(self.place))

    @property
    def gone(self) -> bool:
        """Whether nobody has a file of it open."""
        return not _run("losetup", "--associated", str(self.image))

    def put_back(self) -> None:
        """Checked, mended, and mounted again."""
        done = subprocess.run(["fsck.ext4", "-p", str(self.image)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        assert done.returncode in (0, 1), "the disk cannot be mended"
        self.mount()


@contextmanager
def disk() -> Iterator[Disk | None]:
    """A disk, or none where this machine does not let us have one."""
    if os.geteuid() != 0 or not Path("/sys/fs/ext4").is_dir() or not all(map(shutil.which, _TOOLS)):
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="tandem-disk-"))
    folder.chmod(0o755)
    found = Disk(folder / "image", folder / "disk")
    found.place.mkdir()
    with found.image.open("wb") as image:
        image.truncate(_MEGABYTES * 1024 * 1024)
    _run("mkfs.ext4", "-q", "-m", "0", str(found.image))
    try:
        found.mount()
    except subprocess.CalledProcessError:
        shutil.rmtree(folder)
        yield None
        return
    try:
        yield found
    finally:
        _run("umount", str(found.place))
        shutil.rmtree(folder)


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
