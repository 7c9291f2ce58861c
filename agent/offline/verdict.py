"""What follows from the values of two or more sides: whether they are the same, and which is the larger."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.answer import Answer
from agent.offline.phrases import phrases
from catalog.quantities import parse_count

_ENDS = {"more_asked": ("larger", max), "less_asked": ("smaller", min)}


@dataclass(frozen=True)
class Stated:
    """A side and the answer that states what is asked of it."""

    asset: str
    answer: Answer


def verdict(question: str, sides: Sequence[Stated]) -> str:
    """`The same`, `Not the same`, `Larger: gpt2-medium`; empty where nothing of the kind is asked or can be told."""
    text = question.lower()
    values = [frozenset(str(item.value or item.id) for item in side.answer.items) for side in sides]
    if len(sides) < 2 or not all(values):
        return ""
    if phrases().says("same_asked", text):
        return "The same" if len(set(values)) == 1 else "Not the same"
    numbers = [_only_number(own) for own in values]
    for name, (word, end) in _ENDS.items():
        if phrases().says(name, text) and all(number is not None for number in numbers):
            told = [number for number in numbers if number is not None]
            best = end(told)
            first = [side.asset for side, number in zip(sides, told, strict=True) if number == best]
            return f"{word.capitalize()}: {first[0]}" if len(first) == 1 else "Equal"
    return ""


def _only_number(values: frozenset[str]) -> float | None:
    return parse_count(next(iter(values))) if len(values) == 1 else None
