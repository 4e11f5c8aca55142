"""`tandem feedback`: what came of each rule that cards showed."""

from __future__ import annotations

import os
from contextlib import closing

from api.accounts_command import Tenant
from api.journal_command import faults
from api.output import put
from api.settings import read_settings

_HEAD = ("rule", "version", "cards", "accepted", "overridden", "acceptance", "reasons")


def feedback(tenant: Tenant = "main") -> None:
    """Print, for each version of a rule, how often its cards were followed or overridden, and why."""
    from adapters.store import open_store, upgrade  # noqa: PLC0415 - the other commands do without it
    from adapters.store.feedback import FeedbackStore  # noqa: PLC0415
    from api.hooks.feedback import by_rule, documents  # noqa: PLC0415

    with faults(), closing(open_store(read_settings(os.environ).database_url)) as store:
        upgrade(store)
        found = documents(by_rule(FeedbackStore(lambda: store), tenant))
    put("\t".join(_HEAD))
    for item in found:
        shown = "" if item["acceptance"] is None else f"{100 * item['acceptance']:.0f} %"
        reasons = ", ".join(f"{code} {count}" for code, count in item["reasons"].items())
        put("\t".join(map(str, (item["rule"], item["version"], item["cards"], item["accepted"], item["overridden"], shown, reasons))))
