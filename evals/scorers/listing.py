"""Lists: which of the expected things are listed, and in which order."""

from collections.abc import Mapping, Sequence

from agent.answer import Answer
from evals.cases import Case
from evals.library import Library
from evals.scorers.mark import Mark, share, some
from evals.scorers.wording import squashed

_ASSETS, _LANGUAGES = ("model", "dataset"), ("language",)


def listing(case: Case, answer: Answer, _: Library) -> Mapping[str, Mark]:
    """Precision, recall and F1 of the items; of a ranking and of suggestions, of the first so many as are expected."""
    wanted, listed = _wanted(case), listed_of(case, answer)
    if wanted is None:
        return {}
    if case.expected.ordered or (case.type == "discovery" and not answer.exhaustive):
        listed = listed[: len(wanted)]
    missing = [told for told in wanted if not _names(told) & {squashed(name) for name in listed}]
    known = {name for told in wanted for name in _names(told)}
    wrong = [name for name in listed if squashed(name) not in known]
    precision, recall = share(len(listed) - len(wrong), len(listed)), share(len(wanted) - len(missing), len(wanted))
    f1 = _f1(precision, recall) if listed else float(not wanted)
    why = "; ".join(
        f"{what}: {some(names)}" for what, names in (("missing", missing), ("not asked for", wrong)) if names
    )
    marks = {"set_recall": Mark(value=recall), "set_f1": Mark(value=f1, why=why)}
    return marks | ({"set_precision": Mark(value=precision)} if listed else {})


def ordering(case: Case, answer: Answer, _: Library) -> Mapping[str, Mark]:
    """The share of places that hold what belongs there."""
    wanted = case.expected.items
    if wanted is None or not case.expected.ordered:
        return {}
    listed = [squashed(name) for name in listed_of(case, answer)]
    right = sum(name in _names(told) for name, told in zip(listed, wanted, strict=False))
    why = "" if right == len(wanted) else f"the order is {some([*wanted])}"
    return {"ranking": Mark(value=share(right, len(wanted)), why=why)}


def listed_of(case: Case, answer: Answer) -> list[str]:
    """Ids of the kinds of items that are expected, once each, in the order of the answer."""
    kinds = (*(_ASSETS if case.expected.items is not None else ()), *(_LANGUAGES if case.expected.languages else ()))
    return list(dict.fromkeys(item.id for item in answer.items if item.id and item.kind in kinds))


def _wanted(case: Case) -> Sequence[str] | None:
    expected = case.expected
    if expected.items is None and expected.languages is None:
        return None
    return (*(expected.items or ()), *(expected.languages or ()))


def _names(told: str) -> set[str]:
    return {squashed(name) for name in told.split("|")}


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
