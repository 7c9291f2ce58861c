"""Declining to answer: right where nothing answers the question, wrong where something does."""

from collections.abc import Mapping

from agent.answer import Answer
from evals.cases import Case
from evals.library import Library
from evals.scorers.mark import Mark


def abstaining(case: Case, answer: Answer, _: Library) -> Mapping[str, Mark]:
    """Accuracy of every case; precision of those declined, recall of those to be declined."""
    should = case.to_be_declined
    if should is None:
        return {}
    right = float(answer.abstained == should)
    why = "" if right else ("answered what nothing answers" if should else "declined what can be answered")
    marks = {"abstention": Mark(value=right, why=why)}
    if answer.abstained:
        marks["abstention_precision"] = Mark(value=right)
    if should:
        marks["abstention_recall"] = Mark(value=right)
    return marks
