"""Which dataset results are on: named in a text, or else what the card says that it was tested or tuned on."""

import re
from bisect import bisect_left
from functools import cached_property

from catalog.records import TrainedOn
from catalog.vocabulary import squash, vocabulary
from ingest.extract.card_text import CardText
from ingest.extract.guarded import Guarded
from ingest.extract.languages import language_of
from ingest.extract.mentions import Mention, find_in
from ingest.extract.patterns import load, pattern
from ingest.extract.terms import terms

_EVALUATED = pattern("results", "prose", "evaluated_on")
_SAYS_EVALUATED = Guarded(load("results")["prose"]["says_evaluated"])
_DATA_NOUN = pattern("results", "prose", "data_noun")
_TEST_SECTION = pattern("results", "prose", "test_section")
_UNKNOWN = Guarded(load("results")["prose"]["unknown_dataset"])
_NOT_GENERIC = pattern("results", "prose", "telling_name")
_COUNT = re.compile(r"\d[\d.,]{0,12}\s?(?:[km]|thousand|million|billion)?\s+(?:(?!and\b|or\b)\w+\s+)?\Z", re.I)
_PART = re.compile(r"[^\W_]+")
_MAX_TEXT = 1_500
_NEAR = 40


class EvaluatedData:
    """What the results of a card are on that name no dataset; looks at the training sets only when asked."""

    def __init__(self, card: CardText) -> None:
        self.card = card
        self._blocks = card.document.blocks
        self._starts = [block.line_start for block in self._blocks]

    def of(self, line: int, headings: tuple[str, ...]) -> str | None:
        """What results are on that name no dataset: what a section on test data names, the title, the tuning data.

        Of several training sets, it is the one that the sections around the results name last before them.
        """
        tested = self.tested_on or self._evaluated_on(self._section_start(line, headings), line) or self._only_evaluated
        if tested or (self._only_tuned and vocabulary("datasets").find(self._only_tuned)):
            return tested or self._only_tuned
        near = self._titled or self._only_declared or self._named_in_id or self._only_tuned
        return near or self.trained_on_in_section(line, headings) or self._only_training_set

    @cached_property
    def tested_on(self) -> str | None:
        """The one dataset that the sections about test data name."""
        return _only([name for name in map(dataset_in, self.test_sections) if name])

    def _evaluated_on(self, start: int, line: int) -> str | None:
        """The dataset that the text between two lines says last that something was evaluated on."""
        return next((dataset for at, dataset in reversed(self._evaluations) if start <= at < line), None)

    @cached_property
    def _only_evaluated(self) -> str | None:
        return _only([dataset for _, dataset in self._evaluations])

    @cached_property
    def _evaluations(self) -> list[tuple[int, str]]:
        """(line, dataset) of what sentences say that something was evaluated on."""
        found = []
        for block in self._blocks:
            if block.kind in ("paragraph", "item") and _SAYS_EVALUATED.search(block.text[:_MAX_TEXT]):
                dataset = evaluated_dataset(block.plain[:_MAX_TEXT])
                found += [(block.line_start, dataset)] if dataset else []
        return found

    @cached_property
    def test_sections(self) -> list[str]:
        """The paragraphs under headings such as `Testing data`."""
        blocks = [block for block in self._blocks if block.kind in ("paragraph", "item") and block.headings]
        return [block.plain[:_MAX_TEXT] for block in blocks if _TEST_SECTION.search(block.headings[-1])]

    @cached_property
    def _titled(self) -> str | None:
        return dataset_in(_spaced(self.card.document.title)) or dataset_in(_spaced(self.card.name))

    @cached_property
    def _named_in_id(self) -> str | None:
        """The one of several declared datasets that the name of the model holds a word of: `bart-cnn-12-6`."""
        parts = set(_PART.findall(self.card.name.lower()))
        declared = {fact.dataset for fact in self._stated if fact.evidence.origin == "metadata"}
        return _only([name for name in declared if not parts.isdisjoint(_telling_words(name))])

    def trained_on_in_section(self, line: int, headings: tuple[str, ...]) -> str | None:
        """The training set that the section of a line names last before it, else that of the section around it."""
        told = [fact for fact in self._training_sets if fact.evidence.origin not in ("metadata", "inferred")]
        for depth in range(len(headings), 1, -1) if told else ():
            start = self._section_start(line, headings[:depth])
            before = [fact for fact in told if start <= fact.evidence.line_start < line]
            # `2,000 PubMed abstracts` are what a dataset is made of, where one is named beside them.
            before = [fact for fact in before if not _is_counted(fact)] or before
            nearest = max((fact.evidence.line_start for fact in before), default=0)
            named = [fact.dataset for fact in before if fact.evidence.line_start == nearest]
            found = _only(named or self._printed(told, start, line))
            if found:
                return found
        return None

    def _printed(self, told: list[TrainedOn], start: int, line: int) -> list[str]:
        """The training sets whose names stand between two lines."""
        first, behind = bisect_left(self._starts, start), bisect_left(self._starts, line)
        texts = [block.plain for block in self._blocks[first:behind] if block.kind in ("paragraph", "item")]
        return [fact.dataset for fact in told if any(fact.dataset in text for text in texts)]

    @cached_property
    def _training_sets(self) -> list[TrainedOn]:
        return [fact for fact in (*self.card.asset.facts, *self.card.provenance) if isinstance(fact, TrainedOn)]

    @cached_property
    def _only_tuned(self) -> str | None:
        return _only([fact.dataset for fact in self._stated if fact.role == "finetune"])

    @cached_property
    def _only_declared(self) -> str | None:
        """The only dataset of the metadata: surer than a description of it in the text."""
        return _only([fact.dataset for fact in self._stated if fact.evidence.origin == "metadata"])

    @cached_property
    def _only_training_set(self) -> str | None:
        return _only([fact.dataset for fact in self._stated])

    @cached_property
    def _stated(self) -> list[TrainedOn]:
        return [fact for fact in self._training_sets if fact.evidence.origin != "inferred"]

    @property
    def language_modelling_corpus(self) -> str | None:
        """What a language model's perplexity is on, where nothing near says so: its only corpus."""
        return self._only_tuned or self._only_training_set

    @cached_property
    def is_pretrained_only(self) -> bool:
        """Whether the card names corpora that the model was pretrained on and nothing that it was tuned on."""
        return bool(self._stated) and not any(fact.role == "finetune" for fact in self._training_sets)

    def _section_start(self, line: int, path: tuple[str, ...]) -> int:
        """The line of the last heading of a section before a line."""
        starts = (start for start, headings in reversed(self._headings) if start <= line and headings == path)
        return next(starts, 0)

    @cached_property
    def _headings(self) -> list[tuple[int, tuple[str, ...]]]:
        heads = [block for block in self._blocks if block.kind == "heading"]
        return [(block.line_start, (*block.headings, block.plain)) for block in heads]


def _is_counted(fact: TrainedOn) -> bool:
    """Whether a number stands before the name: `404 PubMed abstracts`."""
    return bool(_COUNT.search(fact.evidence.quote.partition(fact.dataset)[0]))


def dataset_in(text: str) -> str | None:
    """The one dataset that a text names, as printed; of several, the one that something was evaluated on."""
    found = datasets_in(text)
    if len({vocabulary("datasets").find(mention.name) or mention.name for mention in found}) > 1:
        told = _EVALUATED.search(text)
        found = [mention for mention in found if told and mention.start >= told.end()][:1]
    return found[0].name if found else None


def datasets_in(text: str) -> list[Mention]:
    """The datasets that a text names, in reading order; one that no vocabulary knows where it says that it is one."""
    known = terms(text, "datasets", weak=True)
    found = [mention for mention in find_in(text) if _is_dataset(text, mention)] if known else []
    for match in _UNKNOWN.finditer(text):
        start, end = match.span("name")
        is_new = all(end <= mention.start or start >= mention.end for mention in found)
        if is_new and is_name(match["name"]):
            found.append(Mention("candidate", match["name"], start, end))
    return sorted(found, key=lambda mention: mention.start)


def is_name(words: str) -> bool:
    """Whether capitalised words may name a dataset: not a language, a task, a metric or a model."""
    if language_of(words.split()) or terms(words, "tasks", weak=True) or terms(words, "metrics", weak=True):
        return False
    return bool(_NOT_GENERIC.search(words)) and not any(mention.kind == "model" for mention in find_in(words))


def evaluated_dataset(text: str) -> str | None:
    """The first dataset behind the words that say that something was evaluated on it."""
    told = _SAYS_EVALUATED.search(text)
    behind = [mention for mention in datasets_in(text) if told and told.end() <= mention.start <= told.end() + _NEAR]
    return behind[0].name if behind else None


def _is_dataset(text: str, mention: Mention) -> bool:
    """Whether a name is that of a dataset, translated or not; a common word (`drop`) only beside 'dataset'."""
    if mention.kind == "candidate":
        return bool(terms(mention.name, "datasets"))
    return mention.kind == "dataset" and (not mention.weak or bool(_DATA_NOUN.match(text, mention.end)))


def _telling_words(name: str) -> set[str]:
    """The words of the last part of a dataset's id that are no numbers, versions or letters."""
    words = set(_PART.findall(name.rpartition("/")[2].lower().replace("_", " ")))
    return {word for word in words if len(word) > 2 and not word.isdigit()}


def _spaced(name: str) -> str:
    return name.replace("-", " ").replace("_", " ")


def _only(names: list[str]) -> str | None:
    """The name, if all of them mean one dataset, or all that are known."""
    known = vocabulary("datasets")
    distinct = {known.find(name) or squash(name): name for name in reversed(names)}
    if len(distinct) > 1:
        distinct = {id_: name for id_, name in distinct.items() if known.find(name)}
    return next(iter(distinct.values())) if len(distinct) == 1 else None
