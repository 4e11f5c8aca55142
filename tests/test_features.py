"""Every feature, driven through the public API."""

from __future__ import annotations

from pytest_bdd import scenarios

STEPS = (
    *("service", "given", "asked", "planned", "known", "explained", "operated", "recorded"),
    *("guarded", "trusted", "hooks", "clinic", "fhir", "population", "counted"),
)
pytest_plugins = [f"steps.{name}" for name in STEPS]

scenarios("../features")
