"""What leaves as FHIR R4: strict, with every required code and reference."""
