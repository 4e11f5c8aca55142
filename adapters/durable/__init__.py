"""The durable-rules reading, in lockstep with the reading whose answer is served.

durable-rules is used through the one part of it that is sound (see `clauses`), behind a typed gate, in a process of its
own that is restarted when it fails (see `worker`, `supervisor`). It can add doubt to a decision, never change one.
"""

from adapters.durable.fault import Availability, Fault, available
from adapters.durable.lockstep import Disagreement, Health, Lockstep

__all__ = ["Availability", "Disagreement", "Fault", "Health", "Lockstep", "available"]
