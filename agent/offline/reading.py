"""What a question asks for: a `CatalogQuery`, an attribute or score of one asset, or a search in passages."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Literal

from agent.offline.constraints import Constraints
from agent.offline.mentions import Mention, QuestionLinker
from agent.offline.phrases import Phrases, phrases
from agent.offline.subject import SubjectFinder
from catalog.names import name_words
from catalog.query import CatalogQuery
from catalog.records import AssetKind
from catalog.store import Catalog

Intent = Literal["list", "count", "ranking", "training_data", "attribute", "score", "prose"]

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
        mentions = _without_qualifiers(question, self._linker.mentions(question), phrases())
        asked = _Asked(question.lower(), Constraints(question.lower(), mentions, phrases()), phrases())
        reading = Reading("prose", question, mentions, split=asked.constraints.split())
        made = asked.about_several()
        if made:
            return replace(reading, intent=made[0], query=made[1])
        subject = self._subject(question, mentions)
        if subject is None:
            return reading
        intent, attribute = asked.about(subject)
        return replace(reading, intent=intent, subject=subject, attribute=attribute)

    def _subject(self, question: str, mentions: Sequence[Mention]) -> Subject | None:
        """A model or dataset named in full, else the one whose name the question tells best."""
        organizations = {m.id for m in mentions if m.kind == "organization"}
        named = [m for m in mentions if m.kind in ("model", "dataset") and not m.weak]
        models = [m for m in named if m.kind == "model" and self._carded("model", m.id)]
        for mention in models:
            owner = mention.id.rpartition("/")[0]
            if not organizations or owner in organizations or "/" in mention.words:
                return Subject("model", mention.id, frozenset(name_words(mention.words)))
        languages = [id_ for m in mentions if m.kind == "language" for id_ in m.ids]
        model = self.subjects.one("model", question, languages)
        dataset = next((m for m in named if m.kind == "dataset" and self._carded("dataset", m.id)), None)
        if model and not (dataset and model.words <= set(name_words(dataset.words))):
            return Subject("model", model.id, model.words)
        if dataset:
            return Subject("dataset", dataset.id, frozenset(name_words(dataset.words)))
        likely = self.subjects.one("dataset", question, languages)
        return Subject("dataset", likely.id, likely.words) if likely else None

    def _carded(self, kind: AssetKind, id_: str) -> bool:
        asset = self._catalog.asset(kind, id_)
        return asset is not None and asset.has_card


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
        if metric and not threshold and (says("highest", self.text) or says("lowest", self.text)):
            if plural or says("open_model", self.text):
                fields = found.facets() | {"named": ()}
                return "ranking", CatalogQuery(
                    select="ranking", ranking=found.ranking(metric), limit=found.top(), **fields
                )
        if not (plural or (says("open_model", self.text) and found.derivation() is None)) or not self._constrained():
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


def _without_qualifiers(question: str, mentions: Sequence[Mention], said: Phrases) -> tuple[Mention, ...]:
    """Without languages that qualify the dataset after them: `the English SQuAD`, `French translation of SQuAD`."""
    text, kept = question.lower(), []
    for mention, following in zip_longest(mentions, mentions[1:]):
        between = text[mention.end : following.start] if following else ""
        qualifies = following is not None and following.kind == "dataset" and said.says("variant_between", between)
        if not (mention.kind == "language" and mention.id == "en" and qualifies):
            kept.append(mention)
    return tuple(kept)
