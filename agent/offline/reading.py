"""What a question asks for: a `CatalogQuery`, an attribute or score of one asset, or a search in passages."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from agent.offline.constraints import Constraints
from agent.offline.mentions import Mention, QuestionLinker
from agent.offline.phrases import Phrases, phrases
from agent.offline.subject import SubjectFinder, Told
from catalog.languages import language_name
from catalog.names import name_words
from catalog.query import CatalogQuery
from catalog.records import AssetKind
from catalog.store import Catalog
from catalog.vocabulary import squash

Intent = Literal["list", "count", "ranking", "training_data", "attribute", "score", "prose"]

_PARTS = re.compile(r"\b(?:or|vs\.?|versus|and|between)\b|[,:?]", re.I)
_NAME = re.compile(r"[A-Za-z][\w.]*(?:-[\w.]+)*")
_LOOKS_NAMED = re.compile(r"[a-z][A-Z]|\d|[A-Z]{2}.*[a-z]")
_SHORTEST_NAME = 4
_HUB_ID = re.compile(r"(?<![\w/:.])[A-Za-z][\w-]*/[\w.]*(?:[-_]|[A-Za-z]\d)[\w.-]*\w(?![\w/])")
_ASSETS: tuple[AssetKind, ...] = ("model", "dataset")
_DATA_BONUS = 0.15
_RELATIONAL = ("training_data", "base_models")


@dataclass(frozen=True)
class Subject:
    """The asset that a question is about, and the words of the question that name it."""

    kind: AssetKind
    id: str
    words: frozenset[str]


@dataclass(frozen=True)
class Reading:
    """A question read: `query` for the catalogue, or the `subject` that is asked about, else only a search."""

    intent: Intent
    question: str
    mentions: tuple[Mention, ...]
    query: CatalogQuery | None = None
    subject: Subject | None = None
    attribute: str | None = None
    split: str | None = None
    others: tuple[Subject, ...] = ()
    through: str | None = None

    def mentioned(self, kind: str) -> list[str]:
        return [mention.id for mention in self.mentions if mention.kind == kind]


class QuestionReader:
    """Reads questions against one catalogue."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._linker = QuestionLinker(catalog)
        self.subjects = SubjectFinder(catalog)

    def read(self, question: str) -> Reading:
        """Read one question."""
        mentions = self._qualified(question, self._linker.mentions(question))
        asked = _Asked(question.lower(), Constraints(question.lower(), mentions, phrases()), phrases())
        reading = Reading("prose", question, mentions, split=asked.constraints.split())
        subjects = self._compared(question, mentions)
        if len(subjects) > 1:
            intent, attribute = asked.about(subjects[0])
            return replace(reading, intent=intent, attribute=attribute, subject=subjects[0], others=subjects[1:])
        made = asked.about_several()
        if made:
            return replace(reading, intent=made[0], query=made[1])
        subject = self._subject(question, mentions)
        if subject is None:
            return reading
        intent, attribute = asked.about(subject)
        through = asked.through(subject, attribute)
        return replace(reading, intent=intent, subject=subject, attribute=attribute, through=through)

    def _subject(self, question: str, mentions: Sequence[Mention]) -> Subject | None:
        """A model or dataset named in full, else the one whose name the question tells best."""
        organizations = {m.id for m in mentions if m.kind == "organization"}
        named = [m for m in mentions if m.kind in ("model", "dataset") and not m.weak]
        models = [m for m in named if m.kind == "model" and m.carded]
        for mention in models:
            owner = mention.id.rpartition("/")[0]
            if not organizations or owner in organizations or "/" in mention.words:
                return Subject("model", mention.id, frozenset(name_words(mention.words)))
        languages = tuple(id_ for m in mentions if m.kind == "language" for id_ in m.ids)
        words = _blanked(question, [m for m in mentions if m.kind == "metric"])
        told = Told(words, languages, frozenset(organizations))
        model = self.subjects.one("model", told)
        dataset = next((m for m in named if m.kind == "dataset" and m.carded), None)
        scored = any(m.kind == "metric" for m in mentions) or phrases().says("score", question.lower())
        about_data = phrases().says("about_data", question.lower())
        if dataset and ((about_data and not scored) or not model or model.words <= set(name_words(dataset.words))):
            return Subject("dataset", dataset.id, frozenset(name_words(dataset.words)))
        likely = None if model and scored else self.subjects.one("dataset", told)
        if likely and (not model or likely.score + _DATA_BONUS * about_data > model.score):
            return Subject("dataset", likely.id, likely.words)
        return Subject("model", model.id, model.words) if model else None

    def subject(self, id_: str) -> Subject:
        """The model or dataset with this id as a subject."""
        kind: AssetKind = "model" if self._catalog.asset("model", id_) else "dataset"
        return Subject(kind, id_, frozenset(name_words(id_)))

    def unknown_names(self, reading: Reading) -> list[str]:
        """Names in the question, by their looks (`WavLM`, `yolov7-tiny`), that no asset of the catalogue has."""
        told = reading.subject.words if reading.subject else frozenset[str]()
        free = [
            match[0]
            for match in _NAME.finditer(reading.question)
            if all(match.end() <= m.start or match.start() >= m.end for m in reading.mentions)
        ]
        looks = [name for name in free if len(name) > _SHORTEST_NAME and _LOOKS_NAMED.search(name)]
        return [name for name in looks if not self._any_known(name) and not set(name_words(name)) & told]

    def unknown_ids(self, question: str) -> list[str]:
        """Hub ids in the question (`org/some-model-2`) that no asset of the catalogue has."""
        found = [match[0] for match in _HUB_ID.finditer(question)]
        return [id_ for id_ in found if not any(self._catalog.aliases_of(kind, [squash(id_)]) for kind in _ASSETS)]

    def _any_known(self, name: str) -> bool:
        words = [word for word in name_words(name) if len(word) > 3 and not word.isdigit()]
        return not words or bool(self._catalog.named_like("model", words) or self._catalog.named_like("dataset", words))

    def _compared(self, question: str, mentions: Sequence[Mention]) -> tuple[Subject, ...]:
        """The assets that a question compares: those named in full, with `vs` those told loosely as well."""
        text = question.lower()
        if not phrases().says("compare", text) or phrases().says("derived", text):
            return ()
        loosely, found = phrases().says("compare_surely", text), list[Subject]()
        for part in _PARTS.split(question):
            named = [m for m in mentions if m.kind == "model" and m.carded and not m.weak and m.words in part]
            told = self.subjects.one("model", Told(part)) if loosely and not named else None
            found += [Subject("model", m.id, frozenset(name_words(m.words))) for m in named]
            found += [Subject("model", told.id, told.words)] if told else []
        return tuple({subject.id: subject for subject in found}.values())

    def about(self, question: str, subject: Subject) -> Reading:
        """Read a question whose subject is known from what was said before."""
        mentions = self._qualified(question, self._linker.mentions(question))
        asked = _Asked(question.lower(), Constraints(question.lower(), mentions, phrases()), phrases())
        intent, attribute = asked.about(subject)
        split = asked.constraints.split()
        return Reading(intent, question, mentions, subject=subject, attribute=attribute, split=split)

    def _qualified(self, question: str, mentions: Sequence[Mention]) -> tuple[Mention, ...]:
        """A language right before a dataset qualifies it: `the English SQuAD`, `the French translation of SQuAD`.

        English is the original's and is dropped; another language names a variant, where the catalogue has one.
        """
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


@dataclass(frozen=True)
class _Asked:
    """What the words of a question ask for."""

    text: str
    constraints: Constraints
    phrases: Phrases

    def about_several(self) -> tuple[Intent, CatalogQuery] | None:
        """The query of a question about several models, or about whichever model is best."""
        says, found = self.phrases.says, self.constraints
        attribute = self.phrases.attribute(self.text)
        metric = next(iter(found.of("metric")), None)
        threshold = found.threshold(metric)
        plural = says("plural", self.text) or says("count", self.text)
        ranked = says("highest", self.text) or says("lowest", self.text)
        if metric and ranked and not threshold and (plural or says("open_model", self.text)):
            ranking = found.ranking(metric)
            return "ranking", CatalogQuery(select="ranking", ranking=ranking, limit=found.top(), **found.facets())
        if not (plural or (says("open_model", self.text) and found.derivation() is None)) or not self._constrained():
            return None
        if attribute == "base_models" and found.derivation() is None:
            return None
        fields = found.conditions(threshold)
        if says("count", self.text):
            return "count", CatalogQuery(select="count", **fields)
        if plural and attribute == "training_data" and self._asks_for_datasets():
            fields |= {"trained_on": fields["trained_on"].model_copy(update={"role": None})}
            return "training_data", CatalogQuery(select="training_data", role=found.role(), **fields)
        if attribute in (None, *_RELATIONAL, "license", "language", "task", "size"):
            return ("list", CatalogQuery(**fields)) if plural or self._lists(attribute) else None
        return None

    def about(self, subject: Subject) -> tuple[Intent, str | None]:
        """What is asked of one asset."""
        attribute = self.phrases.attribute(self.text)
        metric = self.constraints.of("metric")
        if subject.kind == "model" and attribute in (None, *_RELATIONAL, "task"):
            scored = metric or (self.constraints.datasets() and self.phrases.says("score", self.text))
            if scored and attribute != "base_models":
                return "score", None
        if subject.kind == "dataset" and attribute in _RELATIONAL:
            return "prose", None
        return ("attribute", attribute) if attribute else ("prose", None)

    def through(self, subject: Subject, attribute: str | None) -> str | None:
        """The relation to follow first: `the licence of the dataset that M was trained on`."""
        if subject.kind != "model":
            return None
        said = [name for name, pattern in self.phrases.through.items() if pattern.search(self.text)]
        return said[0] if said and attribute not in _RELATIONAL else None

    def _lists(self, attribute: str | None) -> bool:
        """`Which model ...` without a plural lists the models that fit, when it asks for nothing else."""
        return attribute is None and not self.constraints.of("metric")

    def _asks_for_datasets(self) -> bool:
        return not self.constraints.datasets() or self.phrases.says("datasets_asked", self.text)

    def _constrained(self) -> bool:
        """Whether anything in the question narrows the catalogue down."""
        narrowing = [m for m in self.constraints.mentions if m.kind != "metric"]
        commercial = self.phrases.says("commercial", self.text) or self.phrases.says("without_license", self.text)
        return bool(narrowing) or commercial


def _blanked(question: str, mentions: Sequence[Mention]) -> str:
    """The question with the words of some mentions blanked out."""
    for mention in mentions:
        question = question[: mention.start] + " " * (mention.end - mention.start) + question[mention.end :]
    return question
