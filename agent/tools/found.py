"""What a look-up returns: entries with their evidence, the total, what was left out and how to get it."""

from typing import Any, Literal

from agent.answer import ItemKind
from catalog.records import Evidence, Record, content_key

EntryKind = Literal["model", "dataset", "language", "number", "value", "passage"]


class Entry(Record):
    """One thing found.

    `id` is an asset id (kind `model` or `dataset`) or a language code; `value` a value as the card prints it; `label`
    is what a person reads, `details` what is said of it; `about` is the asset whose card says so.
    """

    kind: EntryKind
    label: str
    id: str | None = None
    value: str | int | float | None = None
    details: tuple[str, ...] = ()
    about: str | None = None
    evidence: tuple[Evidence, ...] = ()

    @property
    def item_kind(self) -> ItemKind | None:
        """The kind of answer item that it makes; None for a passage, which makes none."""
        return None if self.kind == "passage" else self.kind


class Found(Record):
    """The result of one look-up, whole: `entries` are all that was asked for, best first where it is a ranking.

    `total` counts all that match, `left_out` how many of them are not in `entries` and `more` how to get those. `says`
    is what was looked for in words, `columns` head a table of label and details. `notes` are for people, `read_as`
    tells whoever called which ids its names were taken for.
    """

    tool: str
    arguments: dict[str, Any]
    says: str
    total: int
    entries: tuple[Entry, ...] = ()
    exhaustive: bool = True
    left_out: int = 0
    more: str = ""
    columns: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    read_as: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """`set:` and a content hash: the same look-up in the same catalogue has the same key."""
        return f"set:{content_key(self.tool, sorted(self.arguments.items()))[:8]}"
