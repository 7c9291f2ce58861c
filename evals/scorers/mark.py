"""A mark: how well one thing was done, and why it is no better."""

from catalog.records import Record


class Mark(Record):
    """`value` is 0 to 1 for shares, else in the measure's unit; `why` says what is missing."""

    value: float
    why: str = ""


def share(part: int, whole: int) -> float:
    """`part` of `whole`; 1 of nothing."""
    return part / whole if whole else 1.0


def some(names: list[str], most: int = 8) -> str:
    """The first names, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
