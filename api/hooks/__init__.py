"""CDS Hooks 2.0: an electronic health record asks at a moment of its workflow, and is answered with cards."""
