"""What follows from the values of two or more sides: whether they are the same, which is the larger, what differs."""

from collections.abc import Sequence
from dataclasses import dataclass

from agent.answer import Answer
from agent.offline.phrases import phrases
from catalog.quantities import parse_count
from catalog.vocabulary import vocabulary

_SIZES = {"more_asked": ("Larger", 1), "less_asked": ("Smaller", -1)}
_SCORES = {"higher_asked": ("Higher", 1), "lower_asked": ("Lower", -1)}
_PAIR = 2


@dataclass(frozen=True)
class Stated:
    """A side and the answer that states what is asked of it."""

    asset: str
    answer: Answer


def verdict(question: str, sides: Sequence[Stated], score: str | None = None) -> str:
    """`The same`, `Not the same`, `Larger: gpt2-medium`; empty where nothing of the kind is asked or can be told.

    `score` is the metric of results, empty where that is not known.
    """
    text = question.lower()
    values = [frozenset(str(item.value or item.id) for item in side.answer.items) for side in sides]
    if len(sides) < 2 or not all(values):
        return ""
    if phrases().says("same_asked", text):
        return "The same" if len(set(values)) == 1 else "Not the same"
    numbers = [_numbers(own) for own in values]
    word, sign = _end(text, score)
    first = _foremost([side.asset for side in sides], numbers, sign) if word and all(numbers) else ""
    return f"{word}: {first}" if first else ""


def _end(text: str, score: str | None) -> tuple[str, int]:
    """What the foremost of numbers is called, and whether it is the highest (1) or the lowest (-1)."""
    says = phrases().says
    if score is None:
        return next((end for name, end in _SIZES.items() if says(name, text)), ("", 1))
    term = vocabulary("metrics").terms.get(score)
    better = 0 if term is None else 1 if term.extra.get("higher_is_better", True) else -1
    if better and says("better_asked", text):
        return "Better", better
    if better and says("worse_asked", text):
        return "Worse", -better
    return next((end for name, end in _SCORES.items() if says(name, text)), ("", 1))


def differences(sides: Sequence[Stated]) -> list[str]:
    """Where sides state several values each: which only one of two has, and which both."""
    sets = [{item.id for item in side.answer.items if item.id} for side in sides]
    if len(sides) != _PAIR or not all(sets) or sets[0] == sets[1]:
        return []
    told = {f"Only {sides[0].asset}": sets[0] - sets[1], f"Only {sides[1].asset}": sets[1] - sets[0]}
    told["Both"] = sets[0] & sets[1]
    return [f"{who}: {', '.join(sorted(values))}." for who, values in told.items() if values]


def _foremost(names: Sequence[str], numbers: Sequence[Sequence[float]], sign: int) -> str:
    """The one all of whose numbers are beyond all of the others'; empty where they overlap."""
    for at, own in enumerate(numbers):
        others = [sign * number for n, more in enumerate(numbers) if n != at for number in more]
        if min(sign * number for number in own) > max(others):
            return names[at]
    return ""


def _numbers(values: frozenset[str]) -> list[float]:
    """The numbers of all values; none where one of them is no number, or a range."""
    read = [parse_count(value) for value in values if "<" not in value]
    return [number for number in read if number is not None] if len(read) == len(values) and None not in read else []
