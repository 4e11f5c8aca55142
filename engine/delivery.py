"""How components are delivered: how much, by whom, at what cost, in which language, and with what help beside it."""

from __future__ import annotations

from pydantic import Field

from engine.dictionary import Id, Model, Text, Verification


class Dose(Model):
    """How much, how often or how long, as the source says it; a clinician decides."""

    text: Text
    verification: Verification
    sources: tuple[str, ...] = Field(min_length=1)


class Needs(Model):
    """What those who deliver it must be able to do, and who supervises them; keys of `Delivery`."""

    competencies: tuple[Id, ...] = ()
    supervision: Id | None = None


class Reach(Model):
    """What it costs, in which language, what to do without a good connection, and what helps beside it; keys of `Delivery`."""

    cost: Id | None = None
    languages: Id | None = None
    low_bandwidth: Id | None = None
    resources: tuple[Id, ...] = ()


class Resource(Model):
    """A digital resource for the person: an app, a site, a line."""

    title: Text
    url: str | None = None
    languages: tuple[str, ...] = Field(min_length=1)
    sources: tuple[str, ...] = Field(min_length=1)


class Delivery(Model):
    """What components have in common in the way they are delivered."""

    verification: Verification = "P"
    sources: tuple[str, ...] = ()
    competencies: dict[Id, Text] = Field(default_factory=dict)
    supervision: dict[Id, Text] = Field(default_factory=dict)
    cost: dict[Id, Text] = Field(default_factory=dict)
    languages: dict[Id, Text] = Field(default_factory=dict)
    low_bandwidth: dict[Id, Text] = Field(default_factory=dict)
    resources: dict[Id, Resource] = Field(default_factory=dict)
