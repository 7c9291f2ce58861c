"""Values: is what the card states stated, and is the number the right one."""

from collections.abc import Mapping

from agent.answer import Answer
from evals.cases import Case
from evals.library import Library
from evals.scorers.mark import Mark, some
from evals.scorers.wording import (
    alternatives,
    quantity,
    readable,
    readings,
    same_number,
    says_exactly,
    squashed,
    values,
)

_BY_CHANCE = 1000


def stating(case: Case, answer: Answer, _: Library) -> Mapping[str, Mark]:
    """Whether the expected value is an item of the answer or stands in its text, as whole words."""
    wanted = case.expected.value
    if wanted is None:
        return {}
    given, text = values(answer), readable(answer.text)
    told = alternatives(wanted) if isinstance(wanted, str) else [f"{wanted:g}"]
    same = any(squashed(str(one)) == squashed(word) for word in told for one in given)
    numbers = [number for word in told if (number := quantity(word)) is not None]
    equal = any(same_number(number, read) for number in numbers for one in given for read in readings(one))
    right = not answer.abstained and (same or equal or any(says_exactly(text, word) for word in told))
    return {"exact": Mark(value=float(right), why="" if right else f"the value is {wanted}{_got(given)}")}


def counting(case: Case, answer: Answer, _: Library) -> Mapping[str, Mark]:
    """Whether the expected number is among those that are stated, in any notation.

    A small whole number stands in many a text by chance: where it is no item, it must stand in the headline.
    """
    wanted = case.expected.number
    if wanted is None:
        return {}
    given = values(answer, briefly=wanted.is_integer() and abs(wanted) < _BY_CHANCE)
    right = not answer.abstained and any(same_number(wanted, number) for one in given for number in readings(one))
    return {"numeric": Mark(value=float(right), why="" if right else f"the number is {wanted:g}{_got(given)}")}


def _got(given: list[str | float]) -> str:
    return f", not {some([str(one) for one in given], most=4)}" if given else ""
