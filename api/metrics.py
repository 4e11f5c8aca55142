"""Counts and times for operators. Labels are words of our own: routes, status classes, states; nothing of any person."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

MEDIA_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """Of one application; they begin at nothing with it."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "tandem_requests_total", "Answers, by operation and status", ["operation", "status"], registry=self.registry
        )
        self.seconds = Histogram("tandem_request_seconds", "Time to answer", ["operation"], buckets=_SECONDS, registry=self.registry)
        self.working = Gauge("tandem_requests_in_progress", "Requests that are being worked on", registry=self.registry)
        self.refused = Counter("tandem_refused_total", "Turned away before any work", ["reason"], registry=self.registry)
        self.faults = Counter("tandem_faults_total", "Answers that nobody foresaw", registry=self.registry)
        self.engines = Gauge("tandem_engines", "Decisions by what the two engines said", ["state"], registry=self.registry)
        self.ready = Gauge("tandem_ready", "Whether answers may be relied on", registry=self.registry)

    def text(self) -> bytes:
        """In the text format of Prometheus."""
        return generate_latest(self.registry)
