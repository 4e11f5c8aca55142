"""The pure core: findings, conditions, judgements, arbitration, explanation. No I/O, no clock, no file format."""
