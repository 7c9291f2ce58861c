"""What surrounds a table or a sentence with results: captions, headings, the title, what the model was tuned on."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property

from catalog.records import Attribute, TrainedOn
from catalog.vocabulary import squash, vocabulary
from ingest.document import Block, links
from ingest.extract.card_text import CardText
from ingest.extract.languages import language_of
from ingest.extract.mentions import Mention, find_in
from ingest.extract.patterns import load, pattern
from ingest.extract.terms import terms

_RESULTS = pattern("results", "prose", "result_words")
_OTHER_SECTIONS = pattern("results", "prose", "other_sections")
_EVALUATED = pattern("results", "prose", "evaluated_on")
_POINTS_BACK = pattern("results", "prose", "points_back")
_DATA_NOUN = pattern("results", "prose", "data_noun")
_VALUES = load("results")["values"]
_PRETRAINING = frozenset(_VALUES["pretraining"])
_PRETRAINING_PARTS = tuple(_VALUES["pretraining_parts"])
_MAX_CAPTION = 1_500


class Surroundings:
    """The settings of one card's results; looks at the training sets only when a result names no dataset."""

    def __init__(self, card: CardText) -> None:
        self.card = card
        self._blocks = card.document.blocks
        self._starts = [block.line_start for block in self._blocks]

    def of(self, line_start: int, line_end: int, headings: tuple[str, ...]) -> "Setting":
        """The setting of what stands on these lines."""
        return Setting(self, line_start, line_end, headings)

    def captions(self, line_start: int, line_end: int) -> list[str]:
        """The paragraph before these lines, and the one behind them where it points back."""
        first, behind = bisect_left(self._starts, line_start), bisect_right(self._starts, line_end)
        after = self._blocks[behind] if behind < len(self._blocks) else None
        before = [block for block in self._blocks[max(0, first - 4) : first] if block.kind != "code"][-2:]
        captions = []
        if after is not None and after.kind == "paragraph" and _POINTS_BACK.match(after.plain):
            captions.append(_with_targets(after))
        for block in reversed(before):
            if block.kind not in ("paragraph", "item"):
                break
            captions.append(_with_targets(block))
        return captions

    def fallback(self, line: int, section: int) -> str | None:
        """What results are on that name no dataset: that of the title, else what the model was tuned on.

        Of several training sets, the last one that the text names in the same section before the results.
        """
        if self._only_tuned and vocabulary("datasets").find(self._only_tuned):
            return self._only_tuned
        return self._titled or self._only_tuned or self._tuned_on(line, section) or self._only_training_set

    @cached_property
    def _titled(self) -> str | None:
        return dataset_in(_spaced(self.card.document.title)) or dataset_in(_spaced(self.card.name))

    def _tuned_on(self, line: int, section: int) -> str | None:
        told = [fact for fact in self._training_sets if section <= fact.evidence.line_start < line]
        told = [fact for fact in told if fact.evidence.origin != "metadata"]
        nearest = max((fact.evidence.line_start for fact in told), default=0)
        return _only([fact.dataset for fact in told if fact.evidence.line_start == nearest])

    @cached_property
    def _training_sets(self) -> list[TrainedOn]:
        return [fact for fact in (*self.card.asset.facts, *self.card.provenance) if isinstance(fact, TrainedOn)]

    @cached_property
    def _only_tuned(self) -> str | None:
        return _only([fact.dataset for fact in self._stated if fact.role == "finetune"])

    @cached_property
    def _only_training_set(self) -> str | None:
        return _only([fact.dataset for fact in self._stated])

    @cached_property
    def _stated(self) -> list[TrainedOn]:
        return [fact for fact in self._training_sets if fact.evidence.origin != "inferred"]

    @cached_property
    def pretraining_corpus(self) -> str | None:
        """What a language model's perplexity is on, where nothing says so: its corpus, by name if it has one part."""
        return self._only_tuned or self._only_training_set or ("pretraining corpus" if self._stated else None)

    @cached_property
    def only_metric(self) -> str | None:
        """The metric of the metadata, if it lists one."""
        listed = {fact.value for fact in self.card.asset.facts if isinstance(fact, Attribute) and fact.name == "metric"}
        return listed.pop() if len(listed) == 1 else None

    def introductions(self, headings: tuple[str, ...], line: int) -> list[str]:
        """The paragraphs under the headings above a section, nearest first."""
        before = self._blocks[: bisect_left(self._starts, line)]
        above = [
            block for block in before if block.kind == "paragraph" and block.headings == headings[: len(block.headings)]
        ]
        return [block.plain[:_MAX_CAPTION] for block in reversed(above[-3:])]

    def section_start(self, line: int) -> int:
        """The line of the last heading before a line."""
        return next((start for start in reversed(self._headings) if start <= line), 0)

    @cached_property
    def _headings(self) -> list[int]:
        return [block.line_start for block in self._blocks if block.kind == "heading"]


@dataclass(frozen=True)
class Setting:
    """What a result may take over from around it; read when asked."""

    surroundings: Surroundings
    line_start: int
    line_end: int
    headings: tuple[str, ...]

    @cached_property
    def _around(self) -> list[str]:
        return [*self.surroundings.captions(self.line_start, self.line_end), *reversed(self.headings)]

    def dataset_for(self, metric: str | None) -> str | None:
        """The dataset named nearest to the result, else the one that the whole card is about.

        What only a language model has, its perplexity, is measured on a part of what it was pretrained on.
        """
        if self._named:
            return self._named
        id_ = vocabulary("metrics").find(metric or "", weak=True) or ""
        if id_ in _PRETRAINING:
            return self.surroundings.pretraining_corpus
        if id_.startswith(_PRETRAINING_PARTS):
            return None
        return self.surroundings.fallback(self.line_start, self.surroundings.section_start(self.line_start))

    @cached_property
    def _named(self) -> str | None:
        return next(filter(None, map(dataset_in, self._around)), None)

    @cached_property
    def metric(self) -> str | None:
        """The only metric that the nearest text with any metric names, else the only one of the metadata."""
        for text in (*self._around, *self.surroundings.introductions(self.headings, self.line_start)):
            found = {term.id: text[term.start : term.end] for term in terms(text, "metrics") if term.id != "average"}
            if found:
                return next(iter(found.values())) if len(found) == 1 else None
        return self.surroundings.only_metric

    @cached_property
    def speaks_of_results(self) -> bool:
        return any(_RESULTS.search(text) for text in self._around)

    @property
    def elsewhere(self) -> bool:
        """Whether the section is about something else than how good the model is: usage, citation, limitations."""
        section = self.headings[-1] if self.headings else ""
        about_results = _RESULTS.search(section) or terms(section, "metrics")
        return bool(_OTHER_SECTIONS.search(section)) and not about_results

    @cached_property
    def part(self) -> str | None:
        """The language that the section is about, where its heading is nothing but its name."""
        section = self.headings[-1] if self.headings else ""
        return section if language_of([section]) else None


def dataset_in(text: str) -> str | None:
    """The one dataset that a text names, as printed; of several, the one that something was evaluated on."""
    if not terms(text, "datasets", weak=True):
        return None
    found = [mention for mention in find_in(text) if _is_dataset(text, mention)]
    if len({vocabulary("datasets").find(mention.name) or mention.name for mention in found}) > 1:
        told = _EVALUATED.search(text)
        found = [mention for mention in found if told and mention.start >= told.end()][:1]
    return found[0].name if found else None


def _is_dataset(text: str, mention: Mention) -> bool:
    """Whether a name is that of a dataset, translated or not; a common word (`drop`) only beside 'dataset'."""
    if mention.kind == "candidate":
        return bool(terms(mention.name, "datasets"))
    return mention.kind == "dataset" and (not mention.weak or bool(_DATA_NOUN.match(text, mention.end)))


def _with_targets(block: Block) -> str:
    """The plain text of a caption; the text of a link is followed by the dataset that its target names."""
    text = block.plain[-_MAX_CAPTION:]
    for shown, target in links(block.text[:_MAX_CAPTION]):
        last = target.rstrip("/").rpartition("/")[2]
        if shown and not terms(shown, "datasets") and vocabulary("datasets").find(last):
            text = text.replace(shown, f"{shown} {last}", 1)
    return text


def _spaced(name: str) -> str:
    return name.replace("-", " ").replace("_", " ")


def _only(names: list[str]) -> str | None:
    """The name, if all of them mean one dataset, or all that are known."""
    known = vocabulary("datasets")
    distinct = {known.find(name) or squash(name): name for name in reversed(names)}
    if len(distinct) > 1:
        distinct = {id_: name for id_, name in distinct.items() if known.find(name)}
    return next(iter(distinct.values())) if len(distinct) == 1 else None
