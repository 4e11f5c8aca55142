"""The table of requirements is whole, and what it says is so."""

from __future__ import annotations

import re
from pathlib import Path

from knowledge.read import read

ROOT = Path(__file__).parent.parent
FEATURES = ROOT / "features"
TABLE = read(FEATURES / "cds-hooks.requirements.yaml")
TAGS = {tag for file in FEATURES.glob("*.feature") for tag in re.findall(r"@cds-hooks-(r\d+)", file.read_text(encoding="utf-8"))}
# The numbers that bind a service, in the kit's table of CDS Hooks 2.0.
BINDING = (
    "1-14 16 27-29 34-36 52 54-61 74-78 80-85 87-90 92-96 98-100 103-113 115-125 127-136 138-142 144-148 "
    "168 175-177 179 195 199-201 203 205-208 210-220"
)
ELSEWHERE = ("tested", "documented", "not_ours")


def binding() -> set[str]:
    found: set[str] = set()
    for part in BINDING.split():
        first, _, last = part.partition("-")
        found |= {f"r{number}" for number in range(int(first), int(last or first) + 1)}
    return found


def test_every_requirement_that_binds_a_service_is_in_the_table() -> None:
    assert TABLE.keys() == binding()
    assert len(TABLE) == 120
    assert all(row.keys() <= {"level", "about", *ELSEWHERE} and row["about"] for row in TABLE.values())
    assert {row["level"] for row in TABLE.values()} <= {"must", "must_not", "should", "should_not", "may"}


def test_each_is_met_by_a_scenario_or_says_where_else() -> None:
    for name, row in TABLE.items():
        elsewhere = [key for key in ELSEWHERE if key in row]
        assert (name in TAGS) != bool(elsewhere), f"{name}: a scenario, or one of {ELSEWHERE}"
        for key in ("tested", "documented"):
            assert key not in row or (ROOT / row[key]).is_file(), f"{name}: there is no {row[key]}"
    assert TABLE.keys() >= TAGS, "a scenario names what is no requirement of a service"
