"""Bridges to the outside. Each stands alone and imports only the engine."""
