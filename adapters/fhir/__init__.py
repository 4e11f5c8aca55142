"""FHIR R4: what electronic health records send becomes a record of ours, and what we know and decide becomes resources of theirs."""
