"""Errors, told apart by who has to act.

    Exception
    └── AlmanacError            a person must act: one line, no traceback, exit code 1
        ├── StoreError          the store is missing, not a store, of another schema, locked, full or read-only
        ├── EmbedderError       the index was built with another embedder, or the embedder cannot be had
        ├── SourceError         a folder or file to ingest cannot be used as given
        ├── SettingError        a setting has a value that cannot work
        └── UnavailableError    something optional is not installed or not reachable
    Exception
    └── ToolError               the model must act: it called a tool wrongly, the message says how to call it right

Everything else is a bug and crashes with a traceback.
"""


class AlmanacError(Exception):
    """What happened, with the value, and the cure, on one line."""


class StoreError(AlmanacError):
    """The store cannot be read or written as it is."""


class EmbedderError(AlmanacError):
    """Vectors cannot be made, or do not fit the ones in the index."""


class SourceError(AlmanacError):
    """A folder or file named by a person cannot be ingested."""


class SettingError(AlmanacError):
    """A setting has a value that cannot work."""


class UnavailableError(AlmanacError):
    """Something optional is not installed or not reachable."""


class ToolError(Exception):
    """A tool was called wrongly; the message tells a model how to call it right."""
