"""One portion of a population: everybody in it decided, and what came of it written as one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

from adapters.fhir.bulk.gather import Person, gather
from adapters.fhir.bulk.parts import Part
from adapters.fhir.bulk.troubles import Trouble, outcome
from api.bulk.deciding import Deciding
from api.bulk.listing import people_of
from api.bulk.run import Place, Spreading

Report = Callable[[int], None]  # is told of patients who have been decided for, or could not be


def work(portion: int, place: Place, spreading: Spreading, deciding: Deciding, report: Report) -> None:
    """Raises Stopped, OSError, sqlite3.Error; then nothing of the portion is there."""
    many: Counter[Trouble] = Counter()
    with Part(place.done, portion) as part:
        for person in _people(portion, place, spreading, deciding):
            resources, troubles = deciding.about(person)
            for resource in resources:
                part.write(resource)
            for trouble in troubles:
                if trouble.line is None:  # not of one line: told once for all
                    many[trouble] += 1
                else:
                    part.write(outcome(trouble))
            report(1)
        for trouble, count in sorted(many.items(), key=lambda item: (item[0].code, item[0].file or "", item[0].what)):
            part.write(outcome(replace(trouble, count=count)))


def _people(portion: int, place: Place, spreading: Spreading, deciding: Deciding) -> Iterator[Person]:
    if deciding.run.stored:
        return people_of(place.spread, portion, spreading.portions)
    return gather(place.spread, portion, spreading.files)
