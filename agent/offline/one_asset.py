"""Questions about one asset, part by part: from the catalogue where it is a fact, else from the text of its card.

What is asked of a model's training data or base model is answered from the cards of those.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from agent.answer import Answer, Row
from agent.citations import Citations
from agent.offline.asked import content_words, parts
from agent.offline.asset_facts import asked_on
from agent.offline.documents import Document, DocumentFinder
from agent.offline.honest_no import answers
from agent.offline.joining import joined
from agent.offline.neighbours import Neighbour, Neighbours, perhaps_through, relations_of, without_step
from agent.offline.overview import asks_what_it_is, overview
from agent.offline.phrases import phrases
from agent.offline.prose import Looked, ProseAnswers
from agent.offline.prose import Told as ToldPart
from agent.offline.reading import QuestionReader, Reading
from agent.offline.structured import StructuredAnswers
from agent.offline.wording import ATTRIBUTES
from agent.offline.words import meaning_same, stem, stems
from catalog.query import CatalogQuery, DerivedFromAny
from catalog.snapshot import Snapshot
from catalog.values import values_of
from catalog.vocabulary import squash

FACTS = ("attribute", "score")
_WORD = re.compile(r"[^\W_]+")
_TOKEN = re.compile(r"\S+")
_RELATIONAL = ("training_data", "base_models")
_TOLD_IN_PROSE = (*_RELATIONAL, "language", "task", "paper", "organization", "hardware")
_MORE_ASKED = 2
_NUMBERED = ("hyper.", "hardware", "params", "flops", "training_time")
_STATED, _SURER = 3.0, 0.5


class OneAsset:
    """Answers questions about one asset from one snapshot."""

    def __init__(self, snapshot: Snapshot, reader: QuestionReader, finder: DocumentFinder) -> None:
        self._snapshot, self._catalog = snapshot, snapshot.catalog
        self._reader = reader
        self._finder = finder
        self._structured = StructuredAnswers(snapshot.catalog)
        self._prose = ProseAnswers(snapshot, finder)
        self._neighbours = Neighbours(snapshot, finder)

    def answer(self, reading: Reading) -> Answer | None:
        """What the catalogue and the card say to a reading without a query; None where they do not say it."""
        document = self._finder.of(reading.subject) if reading.subject else None
        if document and reading.subject and asks_what_it_is(reading):
            return overview(self._snapshot, reading.subject)
        of_children = self._of_children(reading) if document is None or reading.role == "finetune" else None
        if of_children:
            return of_children
        if document is None:
            return self._structured.answer(reading) or self._prose.answer(reading, for_fact=reading.intent in FACTS)
        if reading.attribute not in (None, *_RELATIONAL) and relations_of(reading.question):
            reading = replace(reading, intent="prose")  # asked of another asset; what this card states is not that
        return self._from(document, reading)

    def _of_children(self, reading: Reading) -> Answer | None:
        """What the models built on a model were trained on, where its own training data are asked for and not stated.

        Of a base model, `what was it fine-tuned on` is a question for its fine-tunes.
        """
        subject = reading.subject
        if subject is None or subject.kind != "model" or reading.attribute != "training_data":
            return None
        own = [v for v in values_of(self._catalog, "model", [subject.id], "training_data") if v.stated]
        if any(reading.role in (None, value.detail) for value in own):
            return None
        query = CatalogQuery(
            select="training_data", derived_from=DerivedFromAny(any_of=(subject.id,)), role=reading.role
        )
        answer = self._structured.answer(replace(reading, intent="training_data", query=query))
        note = f"{subject.id} itself: not stated; this is what the models built on it were trained on."
        return answer.model_copy(update={"notes": (note, *answer.notes)}) if answer else None

    def across(self, reading: Reading) -> Answer | None:
        """What the cards of training data or base models say, where the question goes through them.

        Where it only may, they must say it more surely than the card that the question names.
        """
        if not _may_cross(reading):
            return None
        sure, perhaps = relations_of(reading.question), perhaps_through(reading.question)
        document = self._start(reading) if sure or perhaps else None
        if document is None:
            return None
        for relation in sure:
            said = self._of_neighbours(reading, document, relation)
            if said:
                return joined(said)
        if not perhaps or not document.named_by(reading.question) & {*content_words(reading.question)}:
            return None
        least = self._own(reading, document) + _SURER
        for relation in perhaps if least < _STATED else ():
            said = self._of_neighbours(reading, document, relation, least)
            if said:
                return joined(said)
        return None

    def _of_neighbours(
        self, reading: Reading, document: Document, relation: str, least: float = float("-inf")
    ) -> list[Answer]:
        """The answers of the neighbours that are at least so sure, each with the step that leads to it."""
        found = []
        for neighbour in self._neighbours.of(document, relation, reading):
            about = self._as_asked(reading, document, neighbour)
            if least == float("-inf") or self._own(about, neighbour.document) >= least:
                answer = self._from(neighbour.document, about, expected=True)
                found += [self._by_way_of(document, neighbour, answer)] if answer else []
        return found

    def _own(self, reading: Reading, document: Document) -> float:
        """How surely a card answers by itself: log odds, the most where it is a stated fact."""
        stated = reading.intent in FACTS and reading.attribute not in _RELATIONAL and self._structured.answer(reading)
        return _STATED if stated else self._prose.look(reading, document).sure

    def _start(self, reading: Reading) -> Document | None:
        """The card that a two-document question starts from: its words name that card."""
        if reading.subject:
            return self._finder.of(reading.subject)
        found = self._finder.search(reading.question, kinds=("model", "document"), limit=1)
        return found[0].document if found and found[0].document.named_by(reading.question) else None

    def _from(self, document: Document, reading: Reading, *, expected: bool = False) -> Answer | None:
        looked = self._prose.look(reading, document)
        if reading.intent in FACTS and looked.unexplained.names:
            return None
        facts: list[Answer] = []
        left: list[ToldPart] = []
        for part, told in self._parts(reading, looked):
            fact = self._structured.answer(part) if part.intent in FACTS else None
            if fact:
                facts.append(fact)
            if told and (not fact or _more_is_asked(told, fact, looked)):
                left.append(told)
        for_fact = len(looked.told) < 2 and not facts and _strictly(reading)
        left = [told for told in left if told.stated or not _is_named(reading.attribute, told)]
        if reading.intent == "score":
            left = [told for told in left if _is_on(asked_on(reading, self._catalog), told)]
        in_part = expected or bool(facts) or (len(left) > 1 and any(answers(told.sure) for told in left))
        sure = tuple(told for told in left if answers(told.sure, for_fact=for_fact, expected=in_part))
        known = joined(facts) if facts else None
        if not sure:
            return known
        return self._prose.composed([replace(looked, told=sure)], given=known, expected=in_part)

    def _parts(self, reading: Reading, looked: Looked) -> Iterator[tuple[Reading, ToldPart | None]]:
        """Each part of a question, read by itself without the words of the asset's name, and what the card says."""
        if len(looked.told) < 2 or reading.subject is None:
            yield reading, next(iter(looked.told), None)
            return
        names = looked.document.named_by(reading.question)
        for told in looked.told:
            start = max(0, reading.question.find(told.part.text))
            text = blanked(told.part.text, names)
            inside = [m for m in reading.mentions if start <= m.start and m.end <= start + len(text)]
            shifted = [replace(m, start=m.start - start, end=m.end - start) for m in inside]
            kept = [m for m in shifted if text[m.start : m.end].strip()]
            yield self._reader.about(text, reading.subject, kept), told

    def _as_asked(self, reading: Reading, start: Document, neighbour: Neighbour) -> Reading:
        """The same asked of a neighbour, the words that name where the question starts left out."""
        bare = blanked(without_step(reading.question, neighbour.relation), start.named_by(reading.question))
        about = self._reader.about(
            bare, neighbour.subject, [m for m in reading.mentions if bare[m.start : m.end].strip()]
        )
        return replace(about, intent="prose", attribute=None) if about.attribute in _RELATIONAL else about

    def _by_way_of(self, start: Document, neighbour: Neighbour, answer: Answer) -> Answer:
        """The answer with the step that leads to it, cited."""
        if not neighbour.fact:
            return answer
        citations = Citations(self._catalog, answer.citations)
        evidence = self._catalog.evidence([neighbour.fact])[neighbour.fact]
        step = Row(
            label=f"{start.label} {neighbour.by} {neighbour.subject.id}",
            markers=citations.cite(start.label, evidence, most=1),
        )
        return answer.model_copy(update={"rows": (*answer.rows, step), "citations": citations.all()})


def _more_is_asked(told: ToldPart, fact: Answer, looked: Looked) -> bool:
    """Whether a part has more content than the fact that answers it tells."""
    said = stems(fact.text)
    if fact.understood.startswith(ATTRIBUTES["size"]):
        return True  # a class of sizes tells little
    names = looked.document.named_by(told.part.text)
    more = [w for w in told.part.words if w not in names and stem(w) not in said and not meaning_same(w) & said]
    return len(more) >= _MORE_ASKED


def _may_cross(reading: Reading) -> bool:
    """Whether a question can be about another asset than it names: it lists none, and asks for more than the step."""
    if reading.query and reading.query.model_dump(exclude_defaults=True, exclude={"license", "select", "role"}):
        return False
    if reading.attribute not in _RELATIONAL:
        return True
    rest = reading.question
    for relation in relations_of(reading.question):
        rest = without_step(rest, relation)
    only_the_step = (None, *_RELATIONAL)
    names = reading.subject.words if reading.subject else frozenset[str]()
    return any(
        part.shapes
        or phrases().attribute(part.text.lower()) not in only_the_step
        or (reading.attribute == "training_data" and len({*part.words} - names - phrases().talk) >= _MORE_ASKED)
        for part in parts(rest)
    )


def _strictly(reading: Reading) -> bool:
    """Whether a fact is asked for that the catalogue would have, if the card stated it."""
    return reading.intent == "score" or (reading.intent == "attribute" and reading.attribute not in _TOLD_IN_PROSE)


def _is_on(names: list[str], told: ToldPart) -> bool:
    """Whether one of the best pieces has all names of what results are asked for on."""
    best = [squash(f"{one.piece.context} {one.piece.text}") for one in told.ranked[:1]]
    return any(all(name in text for name in names) for text in best)


def _is_named(attribute: str | None, told: ToldPart) -> bool:
    """Whether the thing that a part asks for is the attribute itself: `which learning rate`."""
    told_apart = attribute is not None and attribute.startswith(_NUMBERED)
    return told_apart and phrases().attribute(" ".join(told.part.head)) == attribute


def blanked(text: str, names: frozenset[str]) -> str:
    """A text of the same length with blanks for the words that have one of these names in them."""
    return _TOKEN.sub(lambda m: " " * len(m[0]) if {w.lower() for w in _WORD.findall(m[0])} & names else m[0], text)
