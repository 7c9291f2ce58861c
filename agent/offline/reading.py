"""What a question asks for: a `CatalogQuery`, an attribute or score of one asset, or a search in passages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from agent.offline.apposition import named_again
from agent.offline.asking import Asked, Intent, Several
from agent.offline.constraints import Constraints
from agent.offline.loosely import LooseNames
from agent.offline.measures import measured
from agent.offline.mentions import Mention, QuestionLinker, without
from agent.offline.narrower import machines
from agent.offline.phrases import phrases
from agent.offline.reconsidered import reconsidered
from agent.offline.siblings import sibling
from agent.offline.sides import Sides
from agent.offline.spelling import plain
from agent.offline.subject import Subject as Subject
from agent.offline.subject import SubjectFinder, Told
from agent.offline.unknown import LOOKS_NAMED, UnknownNames, names_by_looks
from agent.offline.unread import Unread
from catalog.execution import execute
from catalog.languages import language_name
from catalog.names import name_words
from catalog.query import CatalogQuery
from catalog.records import AssetKind, Role
from catalog.store import Catalog
from catalog.vocabulary import squash

_WORD = re.compile(r"[^\W_]+")
_ASSETS: tuple[AssetKind, ...] = ("model", "dataset")
_DATA_BONUS = 0.15
_MUCH_UNREAD = 3
_REMEMBERED = 64


@dataclass(frozen=True)
class Reading:
    """A question read: `query` over several assets, or the `subject` that is asked about, else only a search.

    `question` is as it was read, slips mended; `unread` are its words that were not understood, `unknown` those of
    them that stand for a name; `depth` is how many steps back base models are asked for, None is all the way.
    """

    intent: Intent
    question: str
    mentions: tuple[Mention, ...]
    query: CatalogQuery | None = None
    subject: Subject | None = None
    attribute: str | None = None
    split: str | None = None
    others: tuple[Subject, ...] = ()
    through: str | None = None
    carried: bool = False  # the subject is known from what was said before
    role: Role | None = None
    depth: int | None = 1
    unread: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    within: str | None = None  # the path of the document that it is about, where that is no one asset's
    background: str = ""  # the question before, which this one goes on from

    def mentioned(self, kind: str) -> list[str]:
        return [mention.id for mention in self.mentions if mention.kind == kind]

    @property
    def lookup(self) -> CatalogQuery | None:
        """The query that answers the question, also one about a single asset; None where passages must."""
        if self.query or self.subject is None or self.intent not in ("attribute", "score"):
            return self.query
        one = CatalogQuery(kind=self.subject.kind, ids=(self.subject.id,), has_card=None)
        if self.intent == "score":
            dataset, metric = (next(iter(self.mentioned(kind)), None) for kind in ("dataset", "metric"))
            fields = {"results_on": dataset, "results_by": metric, "results_split": self.split}
            return one.model_copy(update={"select": "results"} | fields)
        if self.attribute == "training_data":
            return one.model_copy(update={"select": "training_data", "role": self.role})
        if self.attribute == "base_models":
            return one.model_copy(update={"select": "base_models", "depth": self.depth})
        return one.model_copy(update={"select": "attribute", "attribute": self.attribute})


class QuestionReader:
    """Reads questions against one catalogue."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._mentions = lru_cache(maxsize=_REMEMBERED)(QuestionLinker(catalog).mentions)
        self._loose = LooseNames(catalog)
        self._unknown = UnknownNames(catalog)
        self.subjects = SubjectFinder(catalog)
        self._sides = Sides(catalog, self.subjects)

    def read(self, question: str) -> Reading:
        """Read one question."""
        text = plain(question)
        mentions = self._qualified(text, self._mentions(text))
        asked, reading = self._asked(text, mentions)
        loosely = self._loose.resolved(text, reading.unknown, mentions) if reading.unknown else None
        if loosely:
            mentions = loosely
            asked, reading = self._asked(text, mentions)
        subjects = self._sides.of(text, mentions)
        if len(subjects) > 1:
            intent, attribute = asked.of_each(subjects[0].kind)
            return replace(reading, intent=intent, attribute=attribute, subject=subjects[0], others=subjects[1:])
        made = asked.about_several()
        if made is None or _barely_read(reading, made[1]):
            subject = self._subject(text, mentions)
            told = self._about(reading, asked, subject) if subject else reading
            unheard = [] if told.unknown or is_sure(told) else self.unknown_names(told)
            return replace(reading, unknown=tuple(unheard)) if unheard else reconsidered(told, asked, lambda: subject)
        if reading.unknown:
            return replace(reading, intent=made[0])
        return reconsidered(self._narrowed(reading, asked, made), asked, lambda: self._subject(text, mentions))

    def _narrowed(self, reading: Reading, asked: Asked, made: Several) -> Reading:
        """A query with the words of the question that only names have: `the longformer2roberta summarizers`."""
        intent, query = made
        named = [word for word in reading.unread if LOOKS_NAMED.search(word) or phrases().says("family", word)]
        words = tuple(word for name in named for word in name_words(_singular(name)))
        together = tuple(dict.fromkeys((*query.named, *words)))
        narrow = query.model_copy(update={"named": together, "select": "assets"})
        found = execute(self._catalog, narrow).items if words else ()
        if not found:
            return replace(reading, intent=intent, query=query)
        read = replace(reading, unread=tuple(word for word in reading.unread if word not in named))
        if len(found) == 1 and asked.attribute():
            return self._about(read, asked, self.subject(found[0].id))
        return replace(read, intent=intent, query=query.model_copy(update={"named": narrow.named}))

    def _asked(self, text: str, mentions: tuple[Mention, ...]) -> tuple[Asked, Reading]:
        """What a question says, and the reading that it begins with: a search in passages."""
        constraints = Constraints(text.lower(), mentions, phrases())
        measure, ordered = measured(text), phrases().says("ordered_by_number", text.lower())
        spans = [*constraints.numbers.spans(), *(measure.spans(text) if measure and ordered else ())]
        spans += [match.span() for match in phrases().named["whole_ranking"].finditer(text.lower())]
        spans += machines(text.lower())[1] if constraints.hardware() else ()
        left = Unread(text.lower(), mentions, spans, phrases())
        asked = Asked(constraints, phrases(), self._found, tuple(left.words()))
        begun = Reading("prose", text, mentions, split=constraints.split(), unread=asked.unread)
        return asked, replace(begun, unknown=tuple(left.names()), role=constraints.role(), depth=asked.depth())

    def _about(self, reading: Reading, asked: Asked, subject: Subject) -> Reading:
        intent, attribute = asked.about(subject.kind)
        through = asked.through(subject.kind, attribute)
        unknown = tuple(name for name in reading.unknown if not set(name_words(name)) & subject.words)
        told = replace(reading, subject=subject, unknown=unknown)
        return replace(told, intent=intent, attribute=attribute, through=through)

    def _found(self, query: CatalogQuery) -> int:
        return execute(self._catalog, query.model_copy(update={"select": "count"})).total

    def _subject(self, question: str, mentions: Sequence[Mention]) -> Subject | None:
        """A model or dataset named in full, else the one whose name the question tells best."""
        organizations = {m.id for m in mentions if m.kind == "organization"}
        named = [m for m in mentions if m.kind in ("model", "dataset") and not m.weak]
        models = [m for m in named if m.kind == "model" and m.carded]
        for mention in models:
            owner = mention.id.rpartition("/")[0]
            if not organizations or owner in organizations or "/" in mention.words:
                return self._in_full(question, mention)
        languages = tuple(id_ for m in mentions if m.kind == "language" for id_ in m.ids)
        words = without(question, [m for m in mentions if m.kind == "metric"])
        told = Told(words, languages, frozenset(organizations))
        model = self.subjects.one("model", told)
        without_card = next((m for m in named if m.kind == "model" and not m.carded), None)
        if without_card and model and model.words <= set(name_words(without_card.words)):
            return Subject("model", without_card.id, frozenset(name_words(without_card.words)))
        dataset = next((m for m in named if m.kind == "dataset" and m.carded), None)
        scored = any(m.kind == "metric" for m in mentions) or phrases().says("score", question.lower())
        about_data = phrases().says("about_data", question.lower())
        of_a_model = scored or phrases().says("of_a_model", question.lower())
        if model and of_a_model and not model.words <= set(name_words(dataset.words if dataset else "")):
            return Subject("model", model.id, model.words)
        if dataset and ((about_data and not scored) or not model or model.words <= set(name_words(dataset.words))):
            return Subject("dataset", dataset.id, frozenset(name_words(dataset.words)))
        only_named = next((m for m in named if m.kind == "dataset"), None)
        if only_named and not dataset and not model and not scored:
            return Subject("dataset", only_named.id, frozenset(name_words(only_named.words)))
        loosely = about_data or not (organizations or scored)
        likely = self.subjects.one("dataset", told) if loosely or not (model or organizations) else None
        if likely and model and model.id.rpartition("/")[0] in organizations - {likely.id.rpartition("/")[0]}:
            likely = None
        if likely and (not model or likely.score + _DATA_BONUS * about_data > model.score):
            return Subject("dataset", likely.id, likely.words)
        return Subject("model", model.id, model.words) if model else None

    def _in_full(self, question: str, mention: Mention) -> Subject:
        """The model that is named, or another whose name the words right beside it belong to: `the tiny calbert`."""
        words = frozenset(name_words(mention.words))
        if (
            squash(mention.words) == squash(mention.id)
            or mention.words.lower() == mention.id.rpartition("/")[2].lower()
        ):
            return Subject("model", mention.id, words)
        beside = _beside(question, mention)
        fuller = self.subjects.one("model", Told(beside)) if beside != mention.words else None
        if fuller and fuller.id != mention.id and fuller.words | phrases().sizes > words:
            return Subject("model", fuller.id, fuller.words)
        return Subject("model", mention.id, words)

    def subject(self, id_: str) -> Subject:
        """The model or dataset with this id as a subject."""
        kind: AssetKind = "model" if self._catalog.asset("model", id_) else "dataset"
        return Subject(kind, id_, frozenset(name_words(id_)))

    def sibling(self, known: Subject, text: str) -> Subject | None:
        """The asset that differs from `known` in one part of its name, which the text tells."""
        return sibling(self._catalog, known, text)

    def knows(self, kind: AssetKind, id_: str) -> bool:
        """Whether the catalogue has an asset of this id."""
        return self._catalog.asset(kind, id_) is not None

    def unknown_names(self, reading: Reading) -> list[str]:
        """Names in the question, by place or looks (`WavLM`, `yolov7-tiny`), that no asset of the catalogue has."""
        if reading.unknown:
            return list(reading.unknown)
        told = reading.subject.words if reading.subject else frozenset[str]()
        unheard = self._unknown.names(reading.question, reading.mentions)
        return [name for name in unheard if not set(name_words(name)) & told]

    def unknown_ids(self, question: str) -> list[str]:
        """Ids in the question that no asset of the catalogue has: `org/some-model-2`, or without a maker."""
        text = plain(question)
        return self._unknown.ids(text, self._mentions(text))

    def about(self, question: str, subject: Subject, mentions: Sequence[Mention] | None = None) -> Reading:
        """Read a question whose subject is known; `mentions` are given where the question is a part of one read."""
        text = plain(question)
        told = self._qualified(text, self._mentions(text)) if mentions is None else tuple(mentions)
        asked, reading = self._asked(text, told)
        return replace(self._about(reading, asked, subject), through=None, carried=True)

    def _qualified(self, question: str, mentions: Sequence[Mention]) -> tuple[Mention, ...]:
        """A language right before a dataset qualifies it: `the English SQuAD`, `the French translation of SQuAD`.

        English is the original's and is dropped; another language names a variant, where the catalogue has one.
        """
        mentions = named_again(question, mentions)
        text, kept = question.lower(), list(mentions)
        for mention in mentions:
            following = next((m for m in mentions if m.start >= mention.end and m.kind == "dataset"), None)
            if mention.kind != "language" or following is None:
                continue
            if not phrases().says("variant_between", text[mention.end : following.start]):
                continue
            variants = () if mention.id == "en" else self._variants(following.id, mention.id)
            if mention.id == "en" or variants:
                between = [m for m in kept if mention.start <= m.start < following.start]
                kept = [m for m in kept if m not in between]
            if variants:
                kept[kept.index(following)] = replace(following, ids=variants)
        return tuple(kept)

    def _variants(self, dataset: str, language: str) -> tuple[str, ...]:
        """Datasets whose names have all words of `dataset` and the name or code of `language`."""
        words = set(name_words(dataset))
        spoken = {language, language_name(language).lower()}
        found = {alias.id: set(name_words(alias.id)) for alias in self._catalog.all_aliases("dataset")}
        return tuple(sorted(id_ for id_, named in found.items() if words <= named and named & spoken))


def is_sure(reading: Reading) -> bool:
    """Whether the subject is named in full, with its maker, or by a word that looks like a name."""
    subject = reading.subject
    if subject is None:
        return False
    owner = subject.id.rpartition("/")[0]
    if owner and owner in reading.mentioned("organization"):
        return True
    told = any(set(name_words(name)) & subject.words for name in names_by_looks(reading.question, reading.mentions))
    return told or any(m.id == subject.id for m in reading.mentions)


def _singular(name: str) -> str:
    return name[:-1] if phrases().says("family", name) and name.endswith("s") else name


def _barely_read(reading: Reading, query: CatalogQuery) -> bool:
    """Whether a query holds a part of a name alone, and leaves more of the question unread than it is a list for."""
    only_named = set(query.model_dump(exclude_defaults=True)) <= {"named", "kind"}
    return bool(query.named) and only_named and len(reading.unread) >= _MUCH_UNREAD


def _beside(question: str, mention: Mention) -> str:
    """The mention with the words around it that nobody asks questions with."""
    asked = (phrases().talk | phrases().grammar) - phrases().sizes
    tokens = [(match.start(), match.end(), match[0].lower() not in asked) for match in _WORD.finditer(question)]
    start, end = mention.start, mention.end
    for first, last, named in reversed(tokens):
        if last <= start and named and question[last:start].strip(" -_'\"") == "":
            start = first
    for first, last, named in tokens:
        if first >= end and named and question[end:first].strip(" -_'\"") == "":
            end = last
    return question[start:end]
