"""What an answer claims of itself and how it came about: a complete list, the right look-ups."""

from collections.abc import Mapping

from agent.answer import Answer
from evals.cases import Case
from evals.library import Library
from evals.scorers.listing import listed_of, listing
from evals.scorers.mark import Mark, some


def claiming(case: Case, answer: Answer, library: Library) -> Mapping[str, Mark]:
    """1 (an error of its own) for a list that is said to be exhaustive and misses one."""
    if not case.expected.items or case.expected.ordered or answer.abstained:
        return {}
    missed = answer.exhaustive and listing(case, answer, library)["set_recall"].value < 1
    why = f"said to be all: {len(listed_of(case, answer))} of {len(case.expected.items)}" if missed else ""
    return {"false_exhaustive": Mark(value=float(missed), why=why)}


def using_tools(case: Case, answer: Answer, _: Library) -> Mapping[str, Mark]:
    """Whether one of the expected tools was called."""
    if not case.tools:
        return {}
    used = {call.name for call in answer.tools}
    made = bool(used & set(case.tools))
    return {"tools": Mark(value=float(made), why="" if made else f"not called: {some([*case.tools])}")}
