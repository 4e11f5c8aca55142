"""The ways in: HTTP and the command line. Wiring lives here and nowhere else."""
