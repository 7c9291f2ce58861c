"""What surrounds results: captions and headings, and what they say of the data set, the split and the metric."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property

from catalog.records import Attribute
from catalog.vocabulary import vocabulary
from ingest.document import Block, links
from ingest.extract.card_text import CardText
from ingest.extract.languages import language_of
from ingest.extract.patterns import load, pattern
from ingest.extract.result_data import EvaluatedData, dataset_in
from ingest.extract.terms import terms

_RESULTS = pattern("results", "prose", "result_words")
_OTHER_SECTIONS = pattern("results", "prose", "other_sections")
_POINTS_BACK = pattern("results", "prose", "points_back")
_SPLIT = pattern("results", "prose", "split_phrase")
_SPLITS: dict[str, str] = {word: split for split, words in load("results")["splits"].items() for word in words}
_AVERAGE = "average"
_MAX_PLACES = 4
_VALUES = load("results")["values"]
_PRETRAINING = frozenset(_VALUES["pretraining"])
_PRETRAINING_PARTS = tuple(_VALUES["pretraining_parts"])
_KEPT_BACK: str = _VALUES["kept_back"]
_BENCHMARK = pattern("results", "prose", "benchmark")
_COLLECTION = pattern("results", "prose", "collection")
_DESCRIBED = pattern("results", "prose", "described_data")
_MAX_CAPTION = 1_500
_MAX_CAPTIONS = 2
_MAX_ITEMS = 40


class Surroundings:
    """The settings of one card's results."""

    def __init__(self, card: CardText) -> None:
        self.card = card
        self._blocks = card.document.blocks
        self._starts = [block.line_start for block in self._blocks]
        self.data = EvaluatedData(card)

    def of(self, line_start: int, line_end: int, headings: tuple[str, ...]) -> "Setting":
        """The setting of what stands on these lines."""
        return Setting(self, line_start, line_end, headings)

    def captions(self, line_start: int, line_end: int) -> list[str]:
        """What stands on and before these lines, nearest first, and the paragraph behind them where it points back.

        Before an item these are the items above it in the tree and the paragraph that leads in to the list.
        """
        first, behind = bisect_left(self._starts, line_start), bisect_right(self._starts, line_end)
        own = [block for block in self._blocks[first:behind] if block.kind == "paragraph"]
        after, following = (*self._blocks[behind : behind + 2], None, None)[:2]
        captions = [_with_targets(after)] if after and _points_back(after, following) else []
        return captions + [_with_targets(block) for block in (*own, *self._before(first))]

    def _before(self, index: int) -> list[Block]:
        level = self._blocks[index].level if index < len(self._blocks) and self._blocks[index].kind == "item" else None
        found: list[Block] = []
        for block in reversed(self._blocks[max(0, index - _MAX_ITEMS) : index]):
            if block.kind not in ("paragraph", "item", "code") or len(found) == _MAX_CAPTIONS:
                break
            is_sibling = level is not None and block.kind == "item" and block.level >= level
            if block.kind != "code" and not is_sibling:
                found.append(block)
                level = block.level if level is not None and block.kind == "item" else level
            if level is not None and block.kind == "paragraph":
                break
        return found

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

        What only a language model has, its perplexity, is measured on a part of what it was trained on, which has no
        name of its own where that are several corpora; parts of its objective and an average over several datasets
        are on none that has a name.
        """
        id_ = vocabulary("metrics").find(metric or "", weak=True) or ""
        if self._named or id_ == _AVERAGE or is_part_of_objective(id_):
            return self._named
        data = self.surroundings.data
        if id_ not in _PRETRAINING:
            return data.of(self.line_start, self.headings) or self._described
        near = data.trained_on_in_section(self.line_start, self.headings) or data.language_modelling_corpus
        return near or (_KEPT_BACK if data.is_pretrained_only else None)

    @cached_property
    def _described(self) -> str | None:
        """What the texts around say that the results are on, where it has no name: `5,000 held-out song lyrics`."""
        texts = (*self._around, *self.surroundings.introductions(self.headings, self.line_start))
        found = (_DESCRIBED.search(text) for text in texts)
        return next((match["name"] for match in found if match), None)

    @cached_property
    def split(self) -> str | None:
        """The split that the nearest text with any names, if it names one."""
        for text in (*self._around[:_MAX_PLACES], *self.surroundings.data.test_sections):
            found = {_split_of(match[1] or match[2]) for match in _SPLIT.finditer(text)}
            if found:
                return found.pop() if len(found) == 1 else None
        return "test" if self._described else None

    @cached_property
    def _named(self) -> str | None:
        return next(filter(None, map(dataset_in, self._around)), None)

    @cached_property
    def benchmark(self) -> str | None:
        """The one dataset named around that is a benchmark of several tasks."""
        for text in self._around:
            name = dataset_in(text)
            if name and vocabulary("datasets").find(name) and (_BENCHMARK.search(text) or _COLLECTION.search(name)):
                return name
        return None

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


def is_of_language_model(metric: str | None) -> bool:
    """Whether a metric is one that only a language model has: its perplexity."""
    return vocabulary("metrics").find(metric or "", weak=True) in _PRETRAINING


def is_part_of_objective(metric: str | None) -> bool:
    """Whether a metric measures a part of a pretraining objective: the loss of the masked words."""
    return (vocabulary("metrics").find(metric or "", weak=True) or metric or "").startswith(_PRETRAINING_PARTS)


def _points_back(block: Block, following: Block | None) -> bool:
    """Whether a paragraph speaks of the table before it, and not of the one that it leads in to."""
    match = _POINTS_BACK.match(block.plain) if block.kind == "paragraph" else None
    is_between = following is not None and following.kind in ("table", "code")
    leads_in = block.plain.endswith(":") or (is_between and not block.plain.lower().startswith(("this", "these")))
    return bool(match) and not leads_in


def _with_targets(block: Block) -> str:
    """The plain text of a caption; the text of a link is followed by the dataset that its target names."""
    text = block.plain[-_MAX_CAPTION:]
    for shown, target in links(block.text[:_MAX_CAPTION]):
        last = target.rstrip("/").rpartition("/")[2]
        if shown and not terms(shown, "datasets") and vocabulary("datasets").find(last):
            text = text.replace(shown, f"{shown} {last}", 1)
    return text


def _split_of(word: str) -> str:
    """The split that a word begins with: `development`, `held-out`."""
    return next(split for beginning, split in _SPLITS.items() if word.lower().startswith(beginning))
