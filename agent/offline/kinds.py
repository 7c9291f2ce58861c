"""What kind of question it is, learned from examples: whatever the words, `what sits under X` asks for a base model.

The examples (`data/examples.txt`) have placeholders where names stand. A naive Bayes classifier over stems, pairs of
neighbours and what stands around the placeholders says how likely each kind is; what the phrasings of `asking.py` made
of the question counts as one more, strong feature.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp, log
from pathlib import Path
from typing import Literal, cast, get_args

from agent.offline.mentions import Mention
from agent.offline.unknown import LOOKS_NAMED
from agent.offline.words import stem
from catalog.names import name_words

Kind = Literal[
    "children", "parents", "bases_of_set", "data_of_model", "data_of_set", "models_trained_on", "models_evaluated_on",
    "models_by_facet", "count", "score", "ranking", "attribute", "datasets_by_facet", "compare", "prose",
]  # fmt: skip

_FILE = Path(__file__).parent / "data" / "examples.txt"
_TOKEN = re.compile(r"[^\W\d_][\w'’]*|\?")
_WORD = re.compile(r"[^\s,;:?!()\"]+")
_NUMBER = re.compile(r"(?<![\w.-])\d[\d.,]*%?(?![\w-])")
_PLACEHOLDERS = {
    "model": "MODEL", "dataset": "DATASET", "language": "LANGUAGE", "task": "TASK", "organization": "ORG",
    "license": "LICENSE", "metric": "METRIC",
}  # fmt: skip
_NAMES = frozenset((*_PLACEHOLDERS.values(), "NUMBER"))
PLACEHOLDER = re.compile(rf"\b(?:{'|'.join(sorted(_NAMES))})\b")
#: what stands beside a model's name and belongs to it: `deepset's German MODEL`
_BESIDE = r"(?:ORG|LANGUAGE|TASK|LICENSE|MODEL)(?:['’]s)?"
_WITH_MODEL = re.compile(rf"\b(?:{_BESIDE}[ -]+)*MODEL\b(?:[ -]+(?:ORG|LANGUAGE|TASK|MODEL)\b)*")
_AROUND, _SHORTEST = 4, 4
_SMOOTHING = 0.1
#: naive Bayes takes its features for independent, and is surer than it should be by about this factor
_OVERSURE = 3.0
#: what the phrasings say is worth, in log odds
_READ = 3.0


@dataclass(frozen=True)
class Guess:
    """The likeliest kind of a question, and how likely it is (0 to 1)."""

    kind: Kind
    sure: float


class KindGuesser:
    """Tells the kinds of questions apart by the examples of each."""

    def __init__(self, examples: Mapping[Kind, Sequence[str]]) -> None:
        self._counts = {kind: Counter(f for text in told for f in _features(text)) for kind, told in examples.items()}
        self._sizes = {kind: len(told) for kind, told in examples.items()}
        self._known = frozenset().union(*self._counts.values())

    def guess(self, text: str, read: Kind = "prose") -> Guess:
        """The kind of a question with placeholders; `read` is what its phrasings say, `prose` where nothing."""
        told = [feature for feature in _features(text) if feature in self._known]
        odds = {kind: self._likelihood(kind, told) / _OVERSURE for kind in self._sizes}
        if read != "prose":
            odds[read] += _READ
        most = max(odds.values())
        shares = {kind: exp(value - most) for kind, value in odds.items()}
        likeliest = max(shares, key=lambda kind: shares[kind])
        return Guess(likeliest, shares[likeliest] / sum(shares.values()))

    def strange(self, kind: Kind, words: Iterable[str]) -> list[str]:
        """The words that no example of a kind has: a question with them is hardly of this kind."""
        return [word for word in words if not self._counts[kind][stem(word.lower())]]

    def _likelihood(self, kind: Kind, told: Sequence[str]) -> float:
        counts, size = self._counts[kind], self._sizes[kind] + 2 * _SMOOTHING
        return sum(log((counts[feature] + _SMOOTHING) / size) for feature in told)


@lru_cache(maxsize=1)
def kind_guesser() -> KindGuesser:
    """Learned once per process."""
    return KindGuesser(read_examples(_FILE))


def read_examples(path: Path) -> dict[Kind, list[str]]:
    """Kind → questions with placeholders; a line in brackets names the kind of those below it."""
    found: dict[Kind, list[str]] = defaultdict(list)
    kind: Kind | None = None
    for line in filter(None, path.read_text(encoding="utf-8").splitlines()):
        if line[1:-1] in get_args(Kind):
            kind = cast(Kind, line[1:-1])
        elif kind:
            found[kind].append(line)
    return found


def with_placeholders(question: str, mentions: Sequence[Mention], subject: tuple[str, frozenset[str]] | None) -> str:
    """The question with placeholders for its names; `subject` is the kind and the words of an asset told loosely."""
    spans = [(m.start, m.end, _PLACEHOLDERS.get(m.kind, "")) for m in mentions if not (m.weak and m.kind == "dataset")]
    if subject:
        kind, words = subject
        told = (m for m in _WORD.finditer(question) if {*name_words(m[0])} and {*name_words(m[0])} <= words)
        spans += [(*m.span(), _PLACEHOLDERS[kind]) for m in told]
    named = (m for m in _WORD.finditer(question) if LOOKS_NAMED.search(m[0]) and len(m[0]) > _SHORTEST)
    free = (m for m in named if all(m.end() <= one.start or m.start() >= one.end for one in mentions))
    spans += [(*m.span(), "MODEL") for m in free]
    spans += [(*m.span(), "NUMBER") for m in _NUMBER.finditer(question)]
    text, at = "", 0
    for start, end, name in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= at and name:
            text += question[at:start] + name
            at = end
    return _WITH_MODEL.sub("MODEL", text + question[at:])


def _features(text: str) -> set[str]:
    words = [word if word in _NAMES else stem(word.lower()) for word in _TOKEN.findall(text)]
    named = sorted({word for word in words if word in _NAMES})
    pairs = {f"{one}_{other}" for one, other in zip(["^", *words], [*words, "$"], strict=True)}
    ends = {f"first:{word}" for word in words[:2]} | {f"last:{word}" for word in words[-2:]}
    return {*words, *pairs, *ends, f"names:{'_'.join(named)}", *_around(words)}


def _around(words: Sequence[str]) -> Iterator[str]:
    """The words near each placeholder, by the side that they stand on."""
    for at, name in enumerate(words):
        if name in _NAMES:
            yield from (f"{word}<{name}" for word in words[max(0, at - _AROUND) : at])
            yield from (f"{name}>{word}" for word in words[at + 1 : at + 1 + _AROUND])
