"""Conversion between UCUM units, by the units library; what it cannot convert is not converted, never guessed."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

_LONG_NUMBER = re.compile(r"\d{4}")
_ANNOTATION = re.compile(r"\{[^}]*\}")


def convert(value: float, given: str, wanted: str, molar_mass: float | None = None) -> float | None:
    """The value in the wanted UCUM unit, or None where there is no such conversion.

    molar_mass (g/mol) allows mass concentrations to become amount concentrations and back.
    """
    line = _line(given, wanted, molar_mass)
    return None if line is None else round(value * line[0] + line[1], 9)


@lru_cache(maxsize=4096)
def _line(given: str, wanted: str, molar_mass: float | None) -> tuple[float, float] | None:
    """Factor and offset of the conversion: every one of these is a straight line."""
    if _LONG_NUMBER.search(given):  # a power like 10*999999999 would keep the library busy for ever
        return None
    if sorted(_ANNOTATION.findall(given)) != sorted(_ANNOTATION.findall(wanted)):  # mL/min/{1.73_m2} is not mL/min
        return None
    registry = _registry()
    try:
        source, target = registry.from_ucum(given), registry.from_ucum(wanted)
        ends = [_in(registry, point * source.magnitude, source.units, target, molar_mass) for point in (0.0, 1.0)]
    except Exception:  # noqa: BLE001 - the library raises many kinds for text it cannot read; all mean "not convertible"
        return None
    return None if None in ends else (ends[1] - ends[0], ends[0])


def _in(registry: Any, value: float, source: Any, target: Any, molar_mass: float | None) -> float:
    quantity = registry.Quantity(value, source)
    if molar_mass is not None and source.dimensionality != target.dimensionality:
        mass = registry.Quantity(molar_mass, "g/mol")
        quantity = quantity / mass if "[mass]" in source.dimensionality else quantity * mass
    return float(quantity.to(target.units).magnitude) / float(target.magnitude)


@cache
def _registry() -> Any:
    from ucumvert import PintUcumRegistry  # noqa: PLC0415 - takes a while, and most records need no conversion

    # Kept beside the bytecode, where it can be written: reading the unit definitions is most of what a conversion costs.
    kept = Path(__file__).parent / "__pycache__" / "units"
    try:
        return PintUcumRegistry(cache_folder=kept)
    except OSError:
        return PintUcumRegistry()
