"""The knowledge base as data, and the tools that load and guard it."""
