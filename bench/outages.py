"""`python -m bench.outages N`: disk full or broken, database gone, locked, read-only, down; N rounds of each.

Every decision must leave, be recorded or say that it is not; nothing told may be acknowledged that is not there; and the service
must recover within 5 s without a restart.
"""

from __future__ import annotations

import resource
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from bench.disks import disk
from bench.serving import ROLE, Place, Service, places

WITHIN = 5.0
_SET_ASIDE = 500  # decisions, at most, for which a server has room on a full disk


@contextmanager
def disk_full(place: Place, service: Service) -> Iterator[None]:
    """No file of the process can grow beyond what the database has now."""
    assert service.process is not None
    pid, before = service.process.pid, resource.RLIM_INFINITY
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, before))
    yield
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (before, before))


@contextmanager
def gone(place: Place, _: Service) -> Iterator[None]:
    """The files of the database are moved away, and come back."""
    aside = place.data.with_name("aside")
    place.data.rename(aside)
    yield
    aside.rename(place.data)


@contextmanager
def locked(place: Place, _: Service) -> Iterator[None]:
    """Somebody else holds the database."""
    holder = sqlite3.connect(place.data / "tandem.sqlite3", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    yield
    holder.execute("ROLLBACK")
    holder.close()


@contextmanager
def read_only(place: Place, _: Service) -> Iterator[None]:
    """The server takes no changes from us."""
    place.server.psql(f"REVOKE INSERT, UPDATE ON ALL TABLES IN SCHEMA public FROM {ROLE};")
    yield
    place.server.psql(f"GRANT INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO {ROLE};")


@contextmanager
def told_to_take_nothing(place: Place, _: Service) -> Iterator[None]:
    """The server is told that transactions read, as while its databases move to another one."""
    for command in ("ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()"):
        place.server.psql(f"{command};")
    yield
    for command in ("ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()"):
        place.server.psql(f"{command};")


@contextmanager
def down(place: Place, _: Service) -> Iterator[None]:
    """The server is stopped, and started again."""
    place.server.stop()
    yield
    place.server.ensure_postgres_running()


@contextmanager
def no_room(place: Place, service: Service) -> Iterator[None]:
    """The disk of the database is full, and so is what it had set aside."""
    assert place.disk is not None
    place.disk.fill()
    for _ in range(_SET_ASIDE):
        if service.decide().journal != "recorded":
            break
    yield
    place.disk.free()


@contextmanager
def no_room_for_the_log(place: Place, service: Service) -> Iterator[None]:
    """The server finds no room to log what it does, and ends; room is made, and whoever watches over it starts it again."""
    assert place.disk is not None
    place.disk.fill()
    for _ in range(_SET_ASIDE):
        with suppress(subprocess.CalledProcessError):
            place.server.psql("SELECT pg_switch_wal();")
        if service.decide().journal != "recorded":
            break
    yield
    place.disk.free()
    place.server.ensure_postgres_running()


@contextmanager
def broken(place: Place, service: Service) -> Iterator[None]:
    """The file system of the database becomes read-only; the disk is mended, and the server, where there is one, started again."""
    assert place.disk is not None
    place.disk.breaks()
    yield
    if place.server is not None:
        postmaster = place.server.get_postmaster_info().process
        for process in (postmaster, *postmaster.children(recursive=True)):
            process.kill()
            process.wait(10)
    place.disk.take_off()
    for _ in range(_SET_ASIDE):
        if place.disk.gone:
            break
        service.ready()  # who is asked finds that the file is gone, and lets go of it
    place.disk.put_back()
    if place.server is not None:
        place.server.ensure_postgres_running()


SCENARIOS = {"sqlite": (disk_full, gone, locked), "postgresql": (read_only, told_to_take_nothing, down)}
OF_A_DISK = {"sqlite": (no_room, broken), "postgresql": (no_room, no_room_for_the_log, broken)}


def scenario(place: Place, service: Service, outage: Callable[..., object]) -> list[str]:
    """What went wrong in one round."""
    wrong: list[str] = []
    with outage(place, service):  # type: ignore[attr-defined]
        during = [service.decide() for _ in range(6)]
        made = [service.ask("POST", "/patients", b"{}") for _ in range(2)]
        red = not service.ready()
    wrong += [f"answered {answer.status}" for answer in during if answer.status != 200]
    wrong += [f"answered {answer.status} to a telling" for answer in made if answer.status not in (201, 503)]
    said = [answer for answer in during if answer.status == 200 and answer.journal == "recorded"]
    begin = time.monotonic()
    while not service.ready():
        if time.monotonic() - begin > 2 * WITHIN:
            return [*wrong, "did not recover"]
        time.sleep(0.05)
    took = time.monotonic() - begin
    kept = place.entries()
    wrong += ["a decision was called recorded and is not there" for answer in said if answer.entry not in kept]
    wrong += ["a patient was called made and is not there" for answer in made if answer.status == 201 and answer.entry not in kept]
    wrong += ["nothing was refused: this was no outage"] if len(said) == len(during) else []
    wrong += [] if red else ["health stayed green"]
    wrong += [f"took {took:.1f} s to recover"] if took > WITHIN else []
    wrong += [] if service.decide().journal == "recorded" else ["the next decision was not recorded"]
    wrong += [problem.code for problem in place.verified().problems]
    return wrong


def main() -> int:
    """0 when nothing went wrong."""
    rounds, failures = int(sys.argv[1]), 0
    for kind, usual in SCENARIOS.items():
        with disk() as own, places(kind, disk=own) as (place,):
            if own is None:
                print(f"{kind}: a disk that is full or broken is not tried; it takes Linux and an administrator of the machine.")
            service = place.service()
            service.decide()
            for outage in (*usual, *(OF_A_DISK[kind] if own else ())):
                wrong = [item for _ in range(rounds) for item in scenario(place, service, outage)]
                failures += len(wrong)
                print(f"{place.kind}, {outage.__name__}: {rounds} rounds, {len(wrong)} failures {sorted(set(wrong)) or ''}")
            service.end()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
