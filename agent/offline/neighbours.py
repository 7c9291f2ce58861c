"""Two-document questions: asked is what the card of a model's training data, or of its base model, says.

`How many tokens does the corpus that M was pretrained on have?` names M, but the answer stands in the corpus' card.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.offline.asked import content_words, prose_phrases
from agent.offline.documents import Document, DocumentFinder
from agent.offline.phrases import phrases
from agent.offline.reading import Reading, Subject
from catalog import tables
from catalog.names import name_words
from catalog.records import AssetKind
from catalog.snapshot import Snapshot
from catalog.values import values_of

_MOST = 6
_STEP = {"training_data": "was trained on", "base_models": "was built from"}
_REACHED: dict[str, AssetKind] = {"training_data": "dataset", "base_models": "model"}


@dataclass(frozen=True)
class Neighbour:
    """A document one step away from the one that a question names; `fact` is the key of the step that leads to it.

    `by`: how it is reached, as words between the two names; no fact and no words where the question itself names it.
    """

    relation: str
    subject: Subject
    document: Document
    fact: str = ""
    by: str = ""


class Neighbours:
    """Follows relations of one catalogue to assets that have a card."""

    def __init__(self, snapshot: Snapshot, finder: DocumentFinder) -> None:
        self._catalog = snapshot.catalog
        self._finder = finder

    def of(self, document: Document, relation: str, reading: Reading) -> list[Neighbour]:
        """The training data or the base models of all models that a document describes, those with a card.

        Only those that the question names beside the document, where it does; else those of the phase of training
        that it speaks of. What models were evaluated on counts where the question speaks of that.
        """
        models = [asset.id for asset in document.assets if asset.kind == "model"]
        steps = [step for step in values_of(self._catalog, "model", models, relation) if step.stated]
        found = self._carded(document, relation, {step.value: step.fact for step in reversed(steps)}, _STEP[relation])
        if relation == "training_data" and phrases().says("evaluated", reading.question.lower()):
            results = [row for row in self._catalog.facts(tables.evaluations, "model_id", models) if row.dataset_id]
            found += self._carded(document, relation, {row.dataset_id: row.fact for row in results}, "was evaluated on")
        found = list({one.subject.id: one for one in reversed(found)}.values())[::-1]
        named = self._named(document, relation, reading, found)
        if named:
            return named
        of_phase = {step.value for step in steps if reading.role and step.detail == reading.role}
        return [one for one in found if one.subject.id in of_phase] or found

    def _carded(self, document: Document, relation: str, reached: Mapping[str, str], by: str) -> list[Neighbour]:
        """The neighbours with a card, of id → fact; the document itself is none."""
        kind = _REACHED[relation]
        assets = [a for a in self._catalog.assets(kind, list(reached)) if a.has_card and a not in document.assets]
        found = []
        for asset in assets[:_MOST]:
            subject = Subject(kind, asset.id, frozenset(name_words(asset.id)))
            card = self._finder.of(subject)
            if card:
                found.append(Neighbour(relation, subject, card, reached[asset.id], by))
        return found

    def _named(
        self, document: Document, relation: str, reading: Reading, found: Sequence[Neighbour]
    ) -> list[Neighbour]:
        """Neighbours that the question names by words that are not the document's own; also a dataset named in full."""
        own = document.named_by(reading.question)
        told = {*content_words(reading.question)} - own - phrases().talk
        called = [one for one in found if one.document.named_by(reading.question) & told]
        if called or relation != "training_data":
            return called
        named = [m for m in reading.mentions if m.kind == "dataset" and m.carded and {*content_words(m.words)} & told]
        subjects = [Subject("dataset", m.id, frozenset(name_words(m.id))) for m in named]
        cards = [(subject, card) for subject in subjects if (card := self._finder.of(subject))]
        return [Neighbour(relation, subject, card) for subject, card in cards]


def relations_of(question: str) -> list[str]:
    """The relations that a question goes through, surest first."""
    text = question.lower()
    return [relation for relation, pattern in prose_phrases().through.items() if pattern.search(text)]


def perhaps_through(question: str) -> list[str]:
    """The relations that a question may go through: it speaks of data and training, or of where a model comes from."""
    text, sure = question.lower(), relations_of(question)
    perhaps = prose_phrases().through_perhaps.items()
    return [relation for relation, pattern in perhaps if relation not in sure and pattern.search(text)]


def without_step(question: str, relation: str) -> str:
    """A question with blanks for the words that tell the step (`the dataset that M was trained on`)."""
    pattern = prose_phrases().through[relation]
    blanked = list(question)
    for match in pattern.finditer(question.lower()):
        blanked[match.start() : match.end()] = " " * (match.end() - match.start())
    return "".join(blanked)
