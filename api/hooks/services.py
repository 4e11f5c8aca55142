"""The services that are offered, as `services.yaml` has them, and the document that discovery answers with."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from engine.artifacts import Version
from engine.dictionary import Id, Language, Model, Text
from knowledge.read import read

FILE = Path(__file__).with_name("services.yaml")
Need = Literal["required", "helpful", "optional"]
Shows = Literal["review", "orders", "follow_up"]
Hook = Literal[
    "patient-view",
    "order-select",
    "order-sign",
    "encounter-start",
    "encounter-discharge",
    "problem-list-item-create",
    "appointment-book",
    "medication-refill",
    "order-dispatch",
]
_TOKEN = r"\{\{context\.(patientId|userId|encounterId)\}\}"  # noqa: S105 - of a prefetch template
Template = Annotated[str, Field(pattern=rf"^[A-Z][A-Za-z]+(/{_TOKEN}|\?patient={_TOKEN}(&[a-z_-]+=[A-Za-z0-9._,-]+)*)$")]


class HookService(Model):
    """One service. shows: which cards it may answer with. needs: prefetch key -> what it means that it is not sent."""

    id: Id
    hooks: tuple[Hook, ...] = Field(min_length=1)
    shows: Shows
    version: Version
    title: Text
    description: Text
    needs: dict[str, Need]

    @property
    def required(self) -> tuple[str, ...]:
        return self.keys("required")

    def keys(self, need: Need) -> tuple[str, ...]:
        """The prefetch keys of one kind of need."""
        return tuple(key for key, found in self.needs.items() if found == need)


class Services(Model):
    """The file. keys: prefetch key -> template. usage, optional: what discovery says of the data that a service needs."""

    keys: dict[Id, Template]
    services: tuple[HookService, ...]
    usage: Text
    optional: Text

    @model_validator(mode="after")
    def _whole(self) -> Services:
        if unknown := {key for item in self.services for key in item.needs} - self.keys.keys():
            raise ValueError(f"no template for {sorted(unknown)}")
        return self


@cache
def services() -> Services:
    """The file, read once."""
    return Services.model_validate(read(FILE))


def service_of(id: str) -> HookService | None:
    """The service with an id."""
    return next((item for item in services().services if item.id == id), None)


def discovery(language: Language) -> dict[str, Any]:
    """What GET /cds-services answers: one entry for each hook of each service."""
    return {"services": [_entry(item, hook, language) for item in services().services for hook in item.hooks]}


def _entry(item: HookService, hook: Hook, language: Language) -> dict[str, Any]:
    found, more = services(), item.keys("optional")
    optional = found.optional[language].format(optional=", ".join(more)) if more else ""
    required, helpful = ", ".join(item.required), ", ".join(item.keys("helpful"))
    return {
        "hook": hook,
        "id": item.id,
        "title": item.title[language],
        "description": item.description[language],
        "prefetch": {key: found.keys[key] for key in item.needs},
        "usageRequirements": found.usage[language].format(required=required, helpful=helpful, optional=optional),
        "version": item.version,
    }
