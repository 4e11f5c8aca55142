"""The FHIR endpoint: what we know as definitions, what we decide as proposals, and what health records tell us."""
