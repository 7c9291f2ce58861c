"""Look-ups in the catalogue and the passages, as plain typed functions; the docstrings are what a model reads."""

from agent.tools.found import Entry, Found

__all__ = ["Entry", "Found"]
