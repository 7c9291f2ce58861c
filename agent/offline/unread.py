"""What a question says that was not understood: it is told, because an answer that leaves it out may be wrong."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agent.offline.mentions import Mention
from agent.offline.phrases import Phrases

_TOKEN = re.compile(r"[^\W_][\w.+/-]*[^\W_]|[^\W_]")
_PART = re.compile(r"[^\W_]+")
_GAP = re.compile(r"^[\s'\"_-]*$")
_CLOSE = re.compile(r"^\W*(?:\w+ ){0,2}\W*$")
_LONGEST_NAME = 6


@dataclass(frozen=True)
class Unread:
    """Finds what is left of one question in lower case when names, numbers and the words of questions are taken out."""

    text: str
    mentions: Sequence[Mention]
    numbers: Sequence[tuple[int, int]]
    phrases: Phrases

    def words(self) -> list[str]:
        """Words that mean nothing to the reader, in the order of the question."""
        return list(dict.fromkeys(self.text[start:end] for start, end in self._left()))

    def names(self) -> list[str]:
        """Unread words where a name must stand: `trained on the Nightingale Song Corpus`."""
        found = []
        for start, end in self._runs():
            before, after = self._without_qualifiers(start), self.text[end:]
            if self._in_slot(before, start, end) or self._must_be_maker(before, after):
                found.append(self.text[start:end])
        return found

    def _in_slot(self, before: str, start: int, end: int) -> bool:
        """`trained on ...`, `the ... corpus`."""
        if self.phrases.says("slot_before", before[-80:]) and not self._qualifies(end):
            return not self.phrases.says("slot_over", self.text[start:end])
        after = self.text[end : end + 20]
        return self.phrases.says("dataset_after", after) and self.phrases.says("dataset_before", before[-40:])

    def _must_be_maker(self, before: str, after: str) -> bool:
        """`did Example Labs release`, `Example Labs' models`."""
        acts = self.phrases.says("maker_before", before[-40:]) and self.phrases.says("maker_after", after[:40])
        return acts or self.phrases.says("makers_own", after[:40])

    def _left(self) -> list[tuple[int, int]]:
        spans = [(m.start, m.end) for m in self.mentions] + list(self.numbers)
        return [
            (match.start(), match.end())
            for match in _TOKEN.finditer(self.text)
            if all(match.end() <= start or match.start() >= end for start, end in spans) and not self._plain(match[0])
        ]

    def _plain(self, token: str) -> bool:
        """A word that people ask with, or several with hyphens between."""
        known = self.phrases.talk | self.phrases.grammar | self.phrases.spoken
        return all(part in known or len(part) == 1 or part.rstrip("s") in known for part in _PART.findall(token))

    def _runs(self) -> list[tuple[int, int]]:
        """Unread words that stand side by side."""
        runs: list[tuple[int, int]] = []
        for start, end in self._left():
            if runs and _GAP.match(self.text[runs[-1][1] : start]):
                runs[-1] = (runs[-1][0], end)
            else:
                runs.append((start, end))
        return runs

    def _without_qualifiers(self, end: int) -> str:
        """The text before, without names of languages, tasks and organisations right there: `on the Italian ...`."""
        before = self.text[:end].rstrip(" '\"-")
        for m in sorted(self.mentions, key=lambda m: -m.end):
            if m.end == len(before) and m.kind in ("language", "task", "organization"):
                before = before[: m.start].rstrip(" '\"-")
        return before + " "

    def _qualifies(self, end: int) -> bool:
        """A known name follows closely: `trained on cleaned Wikipedia`."""
        return any(m.start >= end and _CLOSE.match(self.text[end : m.start]) for m in self.mentions)
