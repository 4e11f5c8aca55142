"""`tandem feedback`: what came of each rule that cards showed."""

from __future__ import annotations

from api.accounts_command import Tenant, keeping
from api.output import put

_HEAD = ("rule", "version", "cards", "accepted", "overridden", "acceptance", "reasons")


def feedback(tenant: Tenant = "main") -> None:
    """Print, for each version of a rule, how often its cards were followed or overridden, and why."""
    from api.hooks.feedback import by_rule, documents  # noqa: PLC0415 - the other commands do without it
    from api.hooks.shown import Cards  # noqa: PLC0415

    with keeping() as kept:
        found = documents(by_rule(Cards(kept), tenant))
    put("\t".join(_HEAD))
    for item in found:
        shown = "" if item["acceptance"] is None else f"{100 * item['acceptance']:.0f} %"
        reasons = ", ".join(f"{code} {count}" for code, count in item["reasons"].items())
        put("\t".join(map(str, (item["rule"], item["version"], item["cards"], item["accepted"], item["overridden"], shown, reasons))))
