"""The words of a no: no such asset, an asset whose card does not say it, or a question that Almanac is not for."""

from collections.abc import Sequence

from agent.answer import Answer
from agent.offline.asked import prose_phrases
from agent.offline.honest_no import named_names
from agent.offline.reading import QuestionReader, Reading
from agent.offline.subject import Told
from agent.offline.wording import ATTRIBUTES, understood
from catalog.store import Catalog

_NEAR = 0.5
_PURPOSE = "Almanac answers questions about the models and datasets in its catalogue."


def out_of_scope(reading: Reading) -> bool:
    """Whether a question names nothing of the catalogue and is about the world, arithmetic, or the program itself."""
    text = reading.question.lower()
    named = any(m.kind in ("model", "dataset", "organization") and not m.weak for m in reading.mentions)
    return not named and bool(prose_phrases().outside.search(text))


class Refusals:
    """Says why there is no answer in one catalogue, with what was perhaps meant."""

    def __init__(self, catalog: Catalog, reader: QuestionReader) -> None:
        self._catalog = catalog
        self._reader = reader

    def of(self, reading: Reading, missing: Sequence[str] = ()) -> Answer:
        """The no to a reading; `missing` are names in the question that the document looked at does not know."""
        if out_of_scope(reading):
            return _abstention(_PURPOSE)
        unknown = self._reader.unknown_ids(reading.question) or reading.unknown
        if unknown:
            return _abstention(f"“{unknown[0]}” is not in the catalogue.", self._near(reading.question))
        subject = reading.subject
        if subject:
            return _abstention(self._of_subject(reading, subject.id, missing))
        if reading.query:
            return _abstention(f"Nothing in the catalogue matches: {understood(reading.query)}.")
        names = missing or named_names(reading.question)
        if names:
            return _abstention(f"No card in the catalogue is about {names[0]}.", self._near(reading.question))
        return _abstention(f"Nothing in the catalogue answers this. {_PURPOSE}", self._near(reading.question))

    def _of_subject(self, reading: Reading, id_: str, missing: Sequence[str]) -> str:
        asset = reading.subject and self._catalog.asset(reading.subject.kind, id_)
        if not asset or not asset.has_card:
            return f"{id_} has no card in the catalogue; other cards only name it."
        if missing:
            return f"The card of {id_} does not mention {', '.join(missing)}."
        what = ATTRIBUTES.get(reading.attribute or "")
        return f"The card of {id_} does not state {f'its {what}' if what else 'this'}."

    def _near(self, question: str) -> tuple[str, ...]:
        subjects, told = self._reader.subjects, Told(question)
        likely = [*subjects.likely("model", told)[:3], *subjects.likely("dataset", told)[:2]]
        near = [one.id for one in likely if one.score >= _NEAR]
        return (f"Did you mean: {', '.join(near)}?",) if near else ()


def _abstention(headline: str, notes: tuple[str, ...] = ()) -> Answer:
    return Answer(headline=headline, notes=notes, abstained=True)
