"""Look-ups in the catalogue and the passages, as plain typed functions; the docstrings are what a model reads."""

from agent.tools.found import Entry, Found
from agent.tools.telling import told
from agent.tools.toolbox import Tools

__all__ = ["Entry", "Found", "Tools", "told"]
