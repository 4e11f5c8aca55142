"""Units convert exactly, or not at all."""

import pytest

from adapters.units import convert


@pytest.mark.parametrize(
    ("value", "given", "wanted", "molar_mass", "expected"),
    [
        (180.16, "mg/dL", "mmol/L", 180.16, 10.0),
        (5, "mmol/L", "mg/dL", 180.16, 90.08),
        (98.6, "[degF]", "Cel", None, 37.0),
        (80, "mg/dL", "g/L", None, 0.8),
        (0.9, "meq/L", "mmol/L", None, 0.9),
        (1.2, "10*3/uL", "/uL", None, 1200.0),
        (5, "mg/(100.mL)", "mg/dL", None, 5.0),
        (48, "h", "d", None, 2.0),
        (80, "%", "1", None, 0.8),
    ],
)
def test_converts(value: float, given: str, wanted: str, molar_mass: float | None, expected: float) -> None:
    assert convert(value, given, wanted, molar_mass) == pytest.approx(expected)


@pytest.mark.parametrize(
    "given", ["kg", "furlong", "", "‰", "mEq/L", "10*999999999", "10^99999999999999", "m+99999999", "/" * 40, "(" * 40]
)
def test_what_does_not_convert_is_not_converted(given: str) -> None:
    assert convert(1.0, given, "mmol/L") is None


def test_a_rate_by_body_surface_is_not_a_rate() -> None:
    assert convert(45.0, "mL/min/{1.73_m2}", "mL/min") is None


def test_mass_becomes_amount_only_with_a_molar_mass() -> None:
    assert convert(90.0, "mg/dL", "mmol/L") is None
