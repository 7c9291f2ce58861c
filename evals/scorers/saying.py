"""Words that an answer must have, and words that it must not have."""

from collections.abc import Mapping

from agent.answer import Answer
from evals.cases import Case
from evals.library import Library
from evals.scorers.mark import Mark, share, some
from evals.scorers.wording import alternatives, readable, says, says_exactly


def including(case: Case, answer: Answer, _: Library) -> Mapping[str, Mark]:
    """The share of what must be said that is said."""
    wanted = case.expected.must_include
    if not wanted:
        return {}
    text = readable(answer.text)
    missing = [told for told in wanted if not any(says(text, words) for words in alternatives(told))]
    why = f"not said: {some(missing)}" if missing else ""
    return {"includes": Mark(value=share(len(wanted) - len(missing), len(wanted)), why=why)}


def avoiding(case: Case, answer: Answer, _: Library) -> Mapping[str, Mark]:
    """1 where nothing is said or listed that must not be."""
    if not case.expected.must_not:
        return {}
    listed = " ".join(str(item.id or item.value) for item in answer.items)
    text = f"{readable(answer.text)} {readable(listed)}"
    said = [told for told in case.expected.must_not if any(says_exactly(text, words) for words in alternatives(told))]
    return {"excludes": Mark(value=float(not said), why=f"said: {some(said)}" if said else "")}
