"""What an answer is worth: small scorers, each a function of a case, the answer and the files it may cite.

A scorer gives marks by the names of `data/measures.toml`, and none where its measure does not apply to the case.
"""

from collections.abc import Callable, Mapping

from agent.answer import Answer
from evals.cases import Case
from evals.library import Library
from evals.scorers.abstaining import abstaining
from evals.scorers.citing import citing
from evals.scorers.claiming import claiming, using_tools
from evals.scorers.finding import finding
from evals.scorers.listing import listing, ordering
from evals.scorers.mark import Mark
from evals.scorers.saying import avoiding, including
from evals.scorers.spending import spending
from evals.scorers.stating import counting, stating
from evals.scorers.whole import whole

Scorer = Callable[[Case, Answer, Library], Mapping[str, Mark]]

SCORERS: tuple[Scorer, ...] = (
    listing,
    ordering,
    stating,
    counting,
    including,
    avoiding,
    abstaining,
    citing,
    claiming,
    using_tools,
    finding,
    spending,
)


def score(case: Case, answer: Answer, library: Library) -> dict[str, Mark]:
    """All marks of an answer; `score` and `correct` sum up what was expected of it."""
    marks: dict[str, Mark] = {}
    for scorer in SCORERS:
        marks |= scorer(case, answer, library)
    return dict(whole(case, answer, marks)) | marks
