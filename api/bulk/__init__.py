"""Decisions for a population: a bulk export goes in, patient by patient, and NDJSON of FHIR comes out."""
