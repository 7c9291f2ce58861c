"""Two-document questions: asked is what the card of a model's training data, or of its base model, says.

`How many tokens does the corpus that M was pretrained on have?` names M, but the answer stands in the corpus' card.
"""

from dataclasses import dataclass

from agent.offline.asked import prose_phrases
from agent.offline.documents import Document, DocumentFinder
from agent.offline.reading import Subject
from catalog.names import name_words
from catalog.records import AssetKind
from catalog.snapshot import Snapshot
from catalog.values import values_of

_MOST = 6
_REACHED: dict[str, AssetKind] = {"training_data": "dataset", "base_models": "model"}


@dataclass(frozen=True)
class Neighbour:
    """A document one step away from the one that a question names; `fact` is the key of the step that leads to it."""

    relation: str
    subject: Subject
    document: Document
    fact: str


class Neighbours:
    """Follows relations of one catalogue to assets that have a card."""

    def __init__(self, snapshot: Snapshot, finder: DocumentFinder) -> None:
        self._catalog = snapshot.catalog
        self._finder = finder

    def of(self, document: Document, relation: str) -> list[Neighbour]:
        """The training data or the base models of all models that a document describes, those with a card."""
        models = [asset.id for asset in document.assets if asset.kind == "model"]
        steps = values_of(self._catalog, "model", models, relation)
        facts = {step.value: step.fact for step in reversed(steps) if step.stated}
        reached = list(dict.fromkeys(step.value for step in steps if step.stated))
        kind = _REACHED[relation]
        assets = [asset for asset in self._catalog.assets(kind, reached) if asset.has_card]
        found: list[Neighbour] = []
        for asset in assets[:_MOST]:
            subject = Subject(kind, asset.id, frozenset(name_words(asset.id)))
            card = self._finder.of(subject)
            if card:
                found.append(Neighbour(relation, subject, card, facts[asset.id]))
        return found


def relations_of(question: str) -> list[str]:
    """The relations that a question goes through, surest first."""
    text = question.lower()
    return [relation for relation, pattern in prose_phrases().through.items() if pattern.search(text)]


def without_step(question: str, relation: str) -> str:
    """A question with blanks for the words that tell the step (`the dataset that M was trained on`)."""
    pattern = prose_phrases().through[relation]
    blanked = list(question)
    for match in pattern.finditer(question.lower()):
        blanked[match.start() : match.end()] = " " * (match.end() - match.start())
    return "".join(blanked)
