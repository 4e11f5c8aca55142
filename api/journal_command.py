"""`tandem journal`: verify, prove, replay, export, and forget. Ends with code 1 when something is not as it should be."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from api.output import put
from api.settings import read_settings
from api.wiring import Service
from engine.errors import Problem, Refused

journal = typer.Typer(no_args_is_help=True, help="What was decided: whole, proven, made again.")
keys = typer.Typer(no_args_is_help=True, help="The keys that seal what the journal says of people.")
Entry = Annotated[str, typer.Argument(help="the id of an entry, as the header Tandem-Entry told it")]
Public = Annotated[str | None, typer.Option(help="the public keys, as `tandem journal public-key` prints them; else from the key file")]
Out = Annotated[Path | None, typer.Option(help="write to this file instead")]


@contextmanager
def service() -> Iterator[Service]:
    """One that does not judge, only reads what was judged."""
    with faults(), Service(read_settings(os.environ).model_copy(update={"durable": False})) as found:
        yield found


@contextmanager
def faults() -> Iterator[None]:
    """Faults of the journal, the store and the keys, as the command line says problems."""
    from adapters.crypto import KeyFault  # noqa: PLC0415
    from adapters.journal import JournalFault  # noqa: PLC0415
    from adapters.store import StoreFault  # noqa: PLC0415

    try:
        yield
    except (JournalFault, StoreFault, KeyFault) as fault:
        code, _, what = str(fault).partition(": ")
        raise Refused([Problem("journal", code, f"{what}.", "See docs/operating.md.")]) from None


@journal.command()
def verify(
    file: Annotated[Path | None, typer.Argument(help="an exported journal; left out, the database")] = None,
    public_key: Public = None,
    witness: Annotated[list[Path] | None, typer.Option(help="a checkpoint that somebody else has kept; may be given often")] = None,
) -> None:
    """Hold every entry to the chain, to the signed checkpoints, and to what witnesses have kept."""
    from adapters.crypto import fingerprint  # noqa: PLC0415
    from adapters.journal.export import exported, read_signed, stored  # noqa: PLC0415
    from adapters.journal.verify import Report  # noqa: PLC0415
    from adapters.journal.verify import verify as verified  # noqa: PLC0415

    with faults():
        publics, seen = _publics(public_key), [read_signed(_read(path)) for path in witness or ()]
        kept: tuple[Problem, ...] = ()
        if file is not None:
            report: Report = verified(exported(file), publics, seen)
        else:
            from adapters.store import open_store  # noqa: PLC0415

            store = open_store(read_settings(os.environ).database_url)
            with stored(store) as rows:
                report = verified(rows, publics, seen)
            kept = tuple(_releases(store))
            store.close()
    for item in (*report.problems, *kept):
        typer.echo(f"{item.where}: {item.what} {item.do} [{item.code}]", err=True)
    if report.problems or kept:
        raise typer.Exit(1)
    put(f"{report.entries} entries, whole, signed by {' and '.join(map(fingerprint, publics))}, {len(seen)} witnessed.")


def _releases(store: Any) -> Iterator[Problem]:
    """Releases whose files are not what their digest says."""
    from adapters.journal.reading import releases  # noqa: PLC0415
    from knowledge.bundle import intact  # noqa: PLC0415

    for digest, files in releases(store):
        if files is None or not intact(files, digest):
            what = "A release that was live is not kept as it was."
            yield Problem(f"release {digest[:19]}", "release-differs", what, "Restore it from a backup.")


@journal.command("public-key")
def public_key() -> None:
    """Print the public key that checkpoints are signed with, and those before it: the newest first, with commas between."""
    with faults():
        put(",".join(key.hex() for key in _publics(None)))


@journal.command()
def checkpoint(out: Out = None) -> None:
    """Print the signed end of the journal, for a witness to keep."""
    from adapters.journal.export import checkpoint_document  # noqa: PLC0415

    with service() as found:
        _write(json.dumps(checkpoint_document(found.journal.head())), out)


@journal.command()
def prove(entry: Entry, out: Out = None) -> None:
    """Print the proof that an entry is in the journal; it reveals no other."""
    from adapters.journal.prove import prove as proven  # noqa: PLC0415

    with service() as found:
        proof = proven(found.journal.opened(), entry)
    if proof is None:
        raise _unknown()
    _write(json.dumps(proof), out)


@journal.command("check-proof")
def check_proof(file: Path, public_key: Public = None) -> None:
    """Check a proof, by the public keys alone."""
    from adapters.journal.prove import holds  # noqa: PLC0415

    with faults():
        if not holds(_read(file), _publics(public_key)):
            typer.echo(f"{file}: This does not prove anything. [proof-wrong]", err=True)
            raise typer.Exit(1)
    put("It is in the journal.")


@journal.command()
def replay(
    entry: Annotated[str | None, typer.Argument(help="the id of an entry")] = None,
    all: Annotated[bool, typer.Option("--all", help="every decision, and only whether each comes out as it was")] = False,
) -> None:
    """Make a past decision again, under the release it was made with, and hold it to the bytes that left."""
    with service() as found:
        if all:
            _replay_all(found)
            return
        stored = found.journal.entry(entry) if entry else None
        if stored is None or stored.kind != "decision":
            raise _unknown()
        from api.replaying import verified  # noqa: PLC0415

        put(verified(found.replayer.replay(stored)).answer or "")


def _replay_all(found: Service) -> None:
    from collections import Counter  # noqa: PLC0415

    from adapters.journal.reading import entries  # noqa: PLC0415

    verdicts: Counter[str] = Counter()
    for stored in entries(found.journal.opened(), "decision"):
        verdict = found.replayer.replay(stored).verdict
        verdicts[verdict] += 1
        if verdict not in ("same", "forgotten"):
            typer.echo(f"entry {stored.seq} {stored.id}: {verdict}", err=True)
    put(", ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts.items())) or "no decisions")
    if verdicts.keys() - {"same", "forgotten"}:
        raise typer.Exit(1)


@journal.command("list")
def list_entries(last: Annotated[int, typer.Option(min=1, help="how many, newest last")] = 20) -> None:
    """List the newest entries: place, id, time and kind."""
    with service() as found:
        for stored in found.journal.newest(last):
            put("\t".join((str(stored.seq), stored.id, stored.document["at"], stored.kind)))


@journal.command()
def export(out: Annotated[Path, typer.Argument()]) -> None:
    """Write the whole journal to a file that can be verified without the database. What is sealed stays sealed."""
    from adapters.journal.export import export as written  # noqa: PLC0415
    from adapters.journal.export import stored  # noqa: PLC0415

    with service() as found, stored(found.journal.opened().store) as rows:
        try:
            with out.open("w", encoding="utf-8") as stream:
                count = written(rows, stream)
        except OSError as error:
            raise Refused([Problem(str(out), "file-unwritable", f"{error.strerror}.", "Name a file that can be written.")]) from None
    put(f"{count} entries")


@journal.command()
def erase(
    patient: Annotated[str, typer.Argument(help="the identifier of a person as records gave it, or the id of a stored patient")],
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> None:
    """Forget a person: destroy the key to all that the journal says of them. The chain stays whole. Cannot be undone."""
    from adapters.journal.reading import erase as forgotten  # noqa: PLC0415
    from adapters.journal.reading import subject_of  # noqa: PLC0415

    with service() as found:
        opened = found.journal.opened()
        subject = subject_of(opened, patient) or patient
        if not yes:
            typer.confirm("This cannot be undone. Go on?", abort=True)
        if not forgotten(found.journal, subject):
            raise Refused([Problem("PATIENT", "patient-unknown", "The journal knows nobody of this name.", "Write it as records do.")])
    put("Forgotten. Backups made before this still hold the key: destroy them when their time is up.")


@keys.command()
def rotate(retire: Annotated[bool, typer.Option("--retire", help="then forget the older keys")] = False) -> None:
    """Make a new key-encryption key and wrap every data key by it, while services go on."""
    from adapters.journal.people import wrap_anew  # noqa: PLC0415

    with service() as found:
        opened = found.journal.opened()
        current = opened.keyring.rotate()
        count = wrap_anew(opened.store, opened.keyring)
        for older in opened.keyring.ids if retire else ():
            if older != current:
                opened.keyring.retire(older)
    put(f"{current} wraps {count} data keys")


@keys.command("rotate-signing-key")
def rotate_signing_key() -> None:
    """Make a new key that signs from now on, while services go on. What the key before it signed can still be verified."""
    from adapters.journal.signing import rotate_signer  # noqa: PLC0415

    with service() as found:
        signer = rotate_signer(found.journal)
    put(f"{signer.name} signs from now on")


def _publics(given: str | None) -> tuple[bytes, ...]:
    """The public keys, as they were given or from the key file."""
    from adapters.crypto import Keyring  # noqa: PLC0415

    if given is None:
        return Keyring(read_settings(os.environ).keys).publics
    try:
        return tuple(bytes.fromhex(key) for key in given.split(","))
    except ValueError:
        raise Refused([Problem("--public-key", "key-wrong", "This is not a public key.", "Print it by public-key.")]) from None


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict):
        raise Refused([Problem(str(path), "file-unreadable", "This is not a document of the journal.", "Name another file.")])
    return found


def _write(text: str, out: Path | None) -> None:
    if out is None:
        put(text)
        return
    try:
        out.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise Refused([Problem(str(out), "file-unwritable", f"{error.strerror}.", "Name a file that can be written.")]) from None


def _unknown() -> Refused:
    return Refused([Problem("ENTRY", "entry-unknown", "There is no such decision in the journal.", "`tandem journal list` lists them.")])
