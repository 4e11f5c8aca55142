"""Resources that belong to no patient, and that those of many patients refer to: kept on disk, looked up by name."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from adapters.fhir.bulk.files import close, opened

KINDS = frozenset({"Medication", "Questionnaire", "Organization"})
_REFERRING = frozenset(
    {"MedicationRequest", "MedicationStatement", "MedicationAdministration", "MedicationDispense", "QuestionnaireResponse", "Consent"}
)


class Shared:
    """One file. Two names may stand for the same resource. Raises sqlite3.Error."""

    def __init__(self, path: Path, *, new: bool = False) -> None:
        if new:
            close(opened(path))
        self._connection = sqlite3.connect(path)
        if new:  # it is made anew after a failure, so it need not survive one
            self._connection.executescript(
                "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; CREATE TABLE shared (name TEXT PRIMARY KEY, line BLOB NOT NULL)"
            )
        self._any = bool(self._connection.execute("SELECT 1 FROM shared LIMIT 1").fetchone())

    def add(self, resource: dict[str, Any], line: bytes) -> bool:
        """Whether no other of its name was there that says something else."""
        before = [self._line(name) for name in _names(resource)]
        self._connection.executemany("INSERT OR REPLACE INTO shared VALUES (?, ?)", [(name, line) for name in _names(resource)])
        return all(found is None or found == line for found in before)

    def keep(self) -> None:
        self._connection.commit()

    def close(self) -> None:
        self._connection.close()

    def behind(self, resources: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The resources that these refer to."""
        if not self._any:
            return []
        named = {name: None for one in resources if one["resourceType"] in _REFERRING for name in _referred(one)}
        found = dict.fromkeys(line for name in named if (line := self._line(name)) is not None)
        return [json.loads(line) for line in found]

    def _line(self, name: str) -> bytes | None:
        row = self._connection.execute("SELECT line FROM shared WHERE name = ?", (name,)).fetchone()
        return bytes(row[0]) if row else None


def _names(resource: dict[str, Any]) -> list[str]:
    kind, own, url = resource["resourceType"], resource.get("id"), resource.get("url")
    return [f"{kind}/{own}"] * isinstance(own, str) + [f"{url}"] * (kind == "Questionnaire" and isinstance(url, str))


def _referred(value: object) -> Iterator[str]:
    """Every reference and canonical inside, without server and version."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            waiting += [item for item in one.values() if isinstance(item, dict | list)]
            for said in (one.get("reference"), one.get("questionnaire")):
                if isinstance(said, str):
                    yield said.partition("|")[0]
                    yield "/".join(said.partition("|")[0].split("/_history")[0].split("/")[-2:])
