"""The steps that the features are written in: what is known, what is asked, and what the answer must hold."""
