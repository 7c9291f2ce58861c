"""Citations: is there one, does its quote stand in the lines it names, is one of a file that answers the question."""

from collections.abc import Mapping

from agent.answer import Answer, Citation
from evals.cases import Case
from evals.library import Library
from evals.scorers.mark import Mark, share, some


def citing(case: Case, answer: Answer, library: Library) -> Mapping[str, Mark]:
    """An answer has citations and an abstention none; validity is a share, relevance is 0 or 1."""
    found = answer.citations
    cited = bool(found) != answer.abstained
    why = "" if cited else ("sources under an abstention" if answer.abstained else "no citation")
    marks = {"cited": Mark(value=float(cited), why=why)}
    if found:
        forged = [citation.place for citation in found if not stands(citation, library)]
        valid = share(len(found) - len(forged), len(found))
        marks["citation_validity"] = Mark(value=valid, why=f"not in the file: {some(forged)}" if forged else "")
    if case.evidence and not answer.abstained:
        relevant = any(is_of(citation, wanted) for citation in found for wanted in case.evidence)
        marks["citation_relevance"] = Mark(
            value=float(relevant), why="" if relevant else f"cites none of {some([*case.evidence], most=3)}"
        )
    return marks


def stands(citation: Citation, library: Library) -> bool:
    """Whether the quote is in the cited lines, white space aside; in the whole text where there are no lines."""
    text, quote = library.text(citation.path), _squeezed(citation.quote)
    if text is None or not quote:
        return False
    lines = text.split("\n")
    named = lines[max(citation.line_start - 1, 0) : citation.line_end]
    return quote in _squeezed(text if citation.page is not None else "\n".join(named))


def is_of(citation: Citation, wanted: str) -> bool:
    """Whether a citation is of a file, of a file below a folder, or of an asset by its id."""
    return below(citation.path, wanted) or citation.asset == wanted


def below(path: str, wanted: str) -> bool:
    """Whether `path` is that file or below that folder."""
    return path == wanted or path.startswith(wanted.rstrip("/") + "/")


def _squeezed(text: str) -> str:
    return " ".join(text.split())
