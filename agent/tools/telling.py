"""What a model reads of a result: JSON within a budget. Text of cards stands in it as data, quoted."""

import json
from typing import Any

from agent.tools.found import Entry, Found

#: characters that the entries of one result may take; about four make a token
BUDGET = 6_000
_LONGEST_TEXT = 1_600
_COUNTED_ONLY = ("count",)


def told(found: Found, budget: int = BUDGET) -> str:
    """One JSON object: the set's key, the total, as many entries as fit, and how to get what was left out."""
    entries = [] if found.tool in _COUNTED_ONLY else _fitting(found, budget)
    body: dict[str, Any] = {"set": found.key, "is": found.says, "total": found.total}
    hidden = len(found.entries) - len(entries)
    if entries:
        body["entries"] = entries
    if hidden and found.tool not in _COUNTED_ONLY:
        body["not_shown"] = f"{hidden} more are in {found.key}: cite the set to list them all, or narrow the look-up"
    if found.left_out or found.more:
        body["left_out"] = f"{found.left_out}; {found.more}" if found.left_out else found.more
    if found.read_as:
        body["read_as"] = list(found.read_as)
    if found.notes:
        body["notes"] = [note[:_LONGEST_TEXT] for note in found.notes]
    if not found.total:
        body["hint"] = "nothing fits; other conditions or names may, or the catalogue does not state it"
    return json.dumps(body, ensure_ascii=False)


def _fitting(found: Found, budget: int) -> list[dict[str, Any]]:
    shown: list[dict[str, Any]] = []
    left = budget
    for entry in found.entries:
        line = _line(entry, min(_LONGEST_TEXT, budget))
        left -= len(json.dumps(line, ensure_ascii=False)) + 2
        if left < 0 and shown:
            break
        shown.append(line)
    return shown


def _line(entry: Entry, longest: int) -> dict[str, Any]:
    """One entry; the key is that of its surest evidence."""
    key = {"key": entry.evidence[0].key} if entry.evidence else {}
    details = [detail for detail in entry.details if detail]
    if entry.kind == "passage":
        text = entry.label if len(entry.label) <= longest else f"{entry.label[:longest]}…"
        return key | ({"asset": entry.about} if entry.about else {}) | {"place": details, "text": text}
    line: dict[str, Any] = {entry.kind: entry.label}
    if details:
        line["details"] = details
    if entry.about and entry.about != entry.id:
        line["stated_by"] = entry.about
    return line | key
