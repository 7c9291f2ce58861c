"""An answer as a whole: how much of what was expected it gives."""

from collections.abc import Mapping

from agent.answer import Answer
from evals.cases import Case
from evals.scorers.mark import Mark

#: what an answer is expected to hold; the other measures tell how it came about
_CONTENT = ("set_f1", "ranking", "exact", "numeric", "includes")


def whole(case: Case, answer: Answer, marks: Mapping[str, Mark]) -> Mapping[str, Mark]:
    """`score`: the mean of the content, nothing for what is wrongly declined or answered, or says what it must not.

    `correct` is 1 where all of it is right; `precision` is the same of what was not declined.
    """
    content = [marks[name] for name in _CONTENT if name in marks]
    allowed = [marks[name].value for name in ("abstention", "excludes") if name in marks]
    got = sum(mark.value for mark in content) / len(content) if content else 1.0
    value = got * float(all(allowed))
    why = "; ".join(dict.fromkeys(mark.why for mark in marks.values() if mark.why)) if value < 1 else ""
    found = {"score": Mark(value=value, why=why), "correct": Mark(value=float(value == 1.0))}
    return found if answer.abstained else found | {"precision": found["correct"]}
