"""What comes in as FHIR R4: lenient in form, and never a guess. What was not understood is listed (docs/fhir-reading.md)."""

from adapters.fhir.reading.read import read
from adapters.fhir.reading.result import Reading, Resource, Unread

__all__ = ["Reading", "Resource", "Unread", "read"]
