"""Needs told in people's own words: the assets that may fit, each with a reason and the line that it rests on."""

from collections.abc import Sequence

from agent.answer import Answer, AnswerItem, Row
from agent.citations import Citations
from agent.offline.asking import SINGLE
from agent.offline.reading import Reading, is_sure
from agent.offline.summaries import first_sentence, summary_evidence
from catalog.languages import language_name
from catalog.needs import need_reader
from catalog.profiles import Fit, Need
from catalog.snapshot import Snapshot

_SHOWN = 10
_MOST_ALIKE = 3


class Discovery:
    """Answers needs from one snapshot's asset profiles."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def applies(self, reading: Reading) -> bool:
        """Whether the question tells a need and names no asset: a language or a task is no name."""
        follows = reading.carried or reading.within
        several = reading.query is not None or reading.intent not in SINGLE
        if several or follows or is_sure(reading) or not need_reader().told_in(reading.question):
            return False
        facets = [mention.words for mention in reading.mentions if mention.kind in ("language", "task")]
        return not self._snapshot.retriever.names_something(reading.question, facets)

    def answer(self, reading: Reading) -> Answer | None:
        """The assets that fit best; None where none can be cited."""
        languages = [code for mention in reading.mentions if mention.kind == "language" for code in mention.ids]
        need = need_reader().read(reading.question, languages)
        citations = Citations(self._snapshot.catalog)
        cited = [(fit, self._row(fit, citations)) for fit in self._snapshot.profiles.find(need, _SHOWN)]
        shown = [(fit, row) for fit, row in cited if row.markers]
        if not shown:
            return None
        return Answer(
            headline="These may fit, the likeliest first:",
            columns=("asset", "why"),
            rows=tuple(row for _, row in shown),
            notes=("The list is by likeness to what you need, not complete.",),
            understood=_understood(need),
            items=tuple(AnswerItem(kind=fit.asset.kind, id=fit.asset.id) for fit, _ in shown),
            total=len(shown),
            citations=citations.all(),
        )

    def _row(self, fit: Fit, citations: Citations) -> Row:
        evidence = summary_evidence(self._snapshot, fit.asset)
        markers = citations.cite(fit.asset.id, evidence, most=1)
        facets = ", ".join(_named(facet) for facet in fit.facets)
        return Row(
            label=fit.asset.id, details=(facets, first_sentence(fit.asset.summary), _alike(fit)), markers=markers
        )


def _alike(fit: Fit) -> str:
    if not fit.alike:
        return ""
    named = ", ".join(fit.alike[:_MOST_ALIKE]) + (", …" if len(fit.alike) > _MOST_ALIKE else "")
    return f"and {len(fit.alike)} of the same kind: {named}"


def _named(facet: str) -> str:
    return language_name(facet) if len(facet) in (2, 3) else facet


def _understood(need: Need) -> str:
    """What the need was taken for."""
    parts: Sequence[str] = (
        need.kind or "",
        *need.meanings,
        *(language_name(code) for code in sorted(need.languages)),
        "commercial use" if need.commercial else "",
        "small" if need.most_params else "",
    )
    return "a need: " + " · ".join(part for part in parts if part)
