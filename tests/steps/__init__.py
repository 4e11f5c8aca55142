"""The steps that the features are written in: what is known (given), what is asked (asked), what is answered (then)."""
