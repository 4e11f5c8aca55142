"""The journal: what was decided and what was told, added and never changed, signed, and sealed for whom it is about."""

from adapters.journal.entries import Draft, JournalFault, Receipt, Request, RequestDiffers, Stored, SubjectGone
from adapters.journal.writer import Journal, JournalHealth

__all__ = ["Draft", "Journal", "JournalFault", "JournalHealth", "Receipt", "Request", "RequestDiffers", "Stored", "SubjectGone"]
