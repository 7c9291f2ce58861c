"""Retrieval: how high the documents rank that answer a question, whoever then writes the answer."""

from collections.abc import Mapping

from agent.answer import Answer
from evals.cases import Case
from evals.library import Library
from evals.scorers.citing import below
from evals.scorers.mark import Mark

DEPTH = 10
#: answered from what documents say, by a question that stands alone
_FROM_DOCUMENTS = ("prose", "two-document", "discovery", "paraphrase", "injection")


def finding(case: Case, _: Answer, library: Library) -> Mapping[str, Mark]:
    """Recall and nDCG of the first ten documents."""
    if library.rank is None or not case.evidence or case.turns or case.type not in _FROM_DOCUMENTS:
        return {}
    paths = list(dict.fromkeys(found.path for found in library.rank(case.asked[-1]) if found.path))
    ranked = _named(paths, case.evidence)
    return {name: Mark(value=value) for name, value in _measured(ranked, case.evidence).items()}


def _named(paths: list[str], evidence: tuple[str, ...]) -> list[str]:
    """The first documents, those that answer the question by their name in the evidence."""
    named = (next((wanted for wanted in evidence if below(path, wanted)), path) for path in paths)
    return list(dict.fromkeys(named))[:DEPTH]


def _measured(ranked: list[str], evidence: tuple[str, ...]) -> dict[str, float]:
    import ir_measures
    from ir_measures import Qrel, R, ScoredDoc, nDCG

    judged = [Qrel("case", wanted, 1) for wanted in evidence]
    run = [ScoredDoc("case", path, float(len(ranked) - place)) for place, path in enumerate(ranked)]
    found = ir_measures.calc_aggregate([R @ DEPTH, nDCG @ DEPTH], judged, run) if run else {}
    return {"recall_at_10": found.get(R @ DEPTH, 0.0), "ndcg_at_10": found.get(nDCG @ DEPTH, 0.0)}
