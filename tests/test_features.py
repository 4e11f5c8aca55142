"""Every feature, driven through the public API."""

from __future__ import annotations

from pytest_bdd import scenarios

pytest_plugins = [
    "steps.service",
    "steps.given",
    "steps.asked",
    "steps.planned",
    "steps.known",
    "steps.explained",
    "steps.operated",
    "steps.guarded",
]

scenarios("../features")
