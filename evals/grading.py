"""A second opinion on answers in prose: a model of its own grades them by the rubric of `prompts/grade.md`.

An odd number of votes is taken and the majority counts. An answer without a majority has no grade, which is an error
and never a number: it is named, and a gate on grades fails.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from pydantic import ValidationError

from agent.models import OFFLINE, chain, make_chat
from catalog.errors import SettingError
from catalog.records import Record
from catalog.settings import Settings
from evals.grades import Grade, Graded
from evals.results import Result
from prompts import render

#: types of cases that are answered in sentences
TYPES = ("prose", "two-document", "comparison", "contradiction", "follow-up", "paraphrase", "injection")

_OBJECT = re.compile(r"\{[^{}]*\}", re.S)
_MOST_QUOTES = 8

#: asks the grader; raises AlmanacError where it cannot be asked
Asked = Callable[[str], str]


class Vote(Record):
    """What one call of the grader said."""

    grade: Grade
    reason: str = ""


def to_grade(results: Sequence[Result]) -> list[Result]:
    """Answers in sentences to what can be answered."""
    return [
        one
        for one in results
        if one.case.type in TYPES
        and one.answer
        and not one.answer.abstained
        and not one.case.expected.abstain
        and one.case.expected.must_include
    ]


def grader(settings: Settings, spec: str, models: Sequence[str]) -> Asked:
    """Asks the model `spec`. Raises SettingError where it is none, or is one of those that answered."""
    if spec == OFFLINE or len(chain(spec)) > 1:
        raise SettingError(f"{spec} cannot grade. Name one model, openai:NAME, with --grader.")
    if spec in models:
        raise SettingError(f"{spec} would grade its own answers. Name another model with --grader.")
    from langchain_core.messages import HumanMessage

    from agent.failures import FOREIGN

    chat = make_chat(settings, spec)

    def ask(prompt: str) -> str:
        try:
            return str(chat.model.invoke([HumanMessage(prompt)]).text)
        except FOREIGN as error:
            raise chat.told.unavailable(error) if chat.told else error from error

    return ask


def grades(results: Sequence[Result], ask: Asked, spec: str, votes: int) -> Iterator[Graded]:
    """A grade for each answer, as they come."""
    for one in results:
        yield _graded(one, [_vote(ask(_prompt(one))) for _ in range(votes)], spec)


def _graded(result: Result, given: Sequence[Vote | None], spec: str) -> Graded:
    said = [vote for vote in given if vote]
    who = {"model": result.model, "id": result.case.id, "epoch": result.epoch, "grader": spec}
    counted = Counter(vote.grade for vote in said)
    grade, most = counted.most_common(1)[0] if counted else (None, 0)
    if grade is None or most * 2 <= len(given):
        told = ", ".join(f"{count} {name}" for name, count in counted.items()) or "no usable reply"
        return Graded(**who, grade=None, votes=tuple(vote.grade for vote in said), error=f"no majority: {told}")
    reason = next(vote.reason for vote in said if vote.grade == grade)
    return Graded(**who, grade=grade, reason=reason, votes=tuple(vote.grade for vote in said))


def _vote(reply: str) -> Vote | None:
    """The last object of a reply that is a vote; None where there is none."""
    for text in reversed(_OBJECT.findall(reply)):
        try:
            return Vote.model_validate_json(text)
        except ValidationError:
            continue
    return None


def _prompt(result: Result) -> str:
    assert result.answer is not None  # to_grade leaves out what has no answer
    expected = "\n".join(f"- {told.replace('|', ' or ')}" for told in result.case.expected.must_include)
    quotes = [f"[{one.marker}] {one.quote}" for one in result.answer.citations[:_MOST_QUOTES]]
    return render(
        "grade",
        question="\n".join(result.case.asked),
        expected=expected,
        evidence="\n".join(quotes) or "none",
        answer=result.answer.text,
    )
