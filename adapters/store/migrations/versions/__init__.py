"""Revisions, oldest first. Each has its way up and its way down, and works on SQLite and on PostgreSQL."""
