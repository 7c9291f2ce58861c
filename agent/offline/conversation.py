"""Follow-ups: `only the Spanish ones`, `and its licence?`, `which of those is smallest?`, `what about MNLI?`.

Each question of a conversation is read in the light of the one before. What is carried on is a value: what was
understood, and what was answered.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile

from agent.answer import Answer
from agent.offline.asked import content_words, follow_phrases
from agent.offline.honest_no import named_names
from agent.offline.phrases import phrases
from agent.offline.reading import QuestionReader, Reading, Subject
from agent.offline.subject import Told
from catalog.names import name_words
from catalog.query import CatalogQuery, OneOf, TrainedOnAny
from catalog.records import AssetKind

_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1, "former": 0, "latter": -1}
_ORDINAL = re.compile(rf"\b(?:the |that )?({'|'.join(_ORDINALS)})(?: (?:one|model|dataset|of (?:those|these|them)))?\b")
_REMEMBERED, _KEPT = 6, 32
_REFINED = ("language", "task", "license", "organization")
_FEW_WORDS = 3
_ASSETS: tuple[AssetKind, ...] = ("model", "dataset")
#: `version 2.0`, and the number that it takes the place of in a name
_VERSION = re.compile(r"^\W*(?:the |for )?(?:version|release|v)\.? ?(\d[\d.]*\d|\d)(?: one)?\W*$")
_NUMBERED = re.compile(r"(?<=[A-Za-z])[ -]?v?(\d+(?:\.\d+)+|\d+(?=\W|$))")
_LOOKED_AT, _MOSTLY = 8, 0.5
_PREPOSITION = re.compile(
    r"^\W*(?:and|or|but|same|what|how|about|ok|okay|so|\W)*\b(for|of|on|in|with|by|from|at)\b", re.I
)
_PROPER = re.compile(r"(?<=\s)[A-Z][\w+#-]*\b")
_WORD = re.compile(r"[^\W_]+")
_ASKS = re.compile(
    r"\b(?:its?|their|theirs|his|her|how|what|who|whom|when|where|why|which|is|are|was|were|do|does|did)\b"
)


@dataclass(frozen=True)
class _Said:
    """A question as it was understood, and its answer."""

    reading: Reading
    answer: Answer | None
    corrected: bool = False

    @property
    def assets(self) -> list[str]:
        """The assets that were answered with, best first; else those whose cards were cited."""
        if self.answer is None:
            return []
        items = [item.id for item in self.answer.items if item.id and item.kind in ("model", "dataset")]
        return items or [citation.asset for citation in self.answer.citations if citation.asset]

    @property
    def path(self) -> str | None:
        """The document that was cited first."""
        return next((citation.path for citation in self.answer.citations), None) if self.answer else None


class Conversation:
    """Reads the last question of a conversation in the light of the ones before it."""

    def __init__(
        self,
        reader: QuestionReader,
        settle: Callable[[Reading], Reading],
        answer: Callable[[Reading], Answer | None],
    ) -> None:
        self._reader = reader
        self._settle = settle
        self._answer = answer
        self._said = lru_cache(maxsize=_KEPT)(self._understood)

    def read(self, turns: tuple[str, ...]) -> Reading:
        """The reading of the last of `turns`."""
        return self._in_context(turns[-1], self._said(turns[-_REMEMBERED:-1]))

    def _understood(self, turns: tuple[str, ...]) -> _Said | None:
        """The last of `turns` with its answer; None where there is none."""
        if not turns:
            return None
        reading = self._in_context(turns[-1], self._said(turns[:-1]))
        return _Said(reading, self._answer(reading))

    def _in_context(self, question: str, before: _Said | None) -> Reading:
        """A question after another: put right, the same of something else, of what was listed, or of its subject."""
        if before is None:
            return self._settle(self._reader.read(question))
        corrected = follow_phrases().correction.sub("", question)
        before = replace(before, corrected=corrected != question)
        reading = self._reader.read(corrected)
        text = corrected.lower().strip()
        moves: tuple[Callable[[str, Reading, _Said], Reading | None], ...] = (
            self._against,
            self._pointed_at,
            self._sized,
            self._among,
            self._refined,
            self._of_nothing,
            self._same_of,
            self._carried,
        )
        found = (move(text, reading, before) for move in moves)
        return next((one for one in found if one), None) or self._settle(reading)

    def _pointed_at(self, text: str, reading: Reading, before: _Said) -> Reading | None:
        """`the second one` of what was listed."""
        items = list(dict.fromkeys(item.id for item in before.answer.items if item.id)) if before.answer else []
        known = len(items) == 1 and any(self._reader.knows(kind, items[0]) for kind in _ASSETS)
        if known and follow_phrases().answered.search(text) and not _names_asset(reading):
            return self._reader.about(reading.question, self._reader.subject(items[0]))
        match, ids = _ORDINAL.search(text), before.assets
        if not match or not ids or not -len(ids) <= _ORDINALS[match[1]] < len(ids) or _names_asset(reading):
            return None
        return self._reader.about(reading.question, self._reader.subject(ids[_ORDINALS[match[1]]]))

    def _against(self, text: str, reading: Reading, before: _Said) -> Reading | None:
        """What was asked before, of this asset beside the one before: `how does X compare to it?`."""
        old, named = before.reading.subject, [m for m in reading.mentions if m.kind == "model" and m.carded]
        points = follow_phrases().pointing.search(text) and phrases().says("compare_with", text)
        if old is None or not points or len(named) != 1 or named[0].id == old.id or named[0].weak:
            return None
        asked = self._reader.about(before.reading.question, old)
        return replace(asked, others=(self._reader.subject(named[0].id),))

    def _among(self, text: str, reading: Reading, before: _Said) -> Reading | None:
        """A ranking, a list or a count of those that were listed: `which of those has the best F1 on SQuAD?`."""
        items = before.answer.items if before.answer else ()
        ids = tuple(item.id for item in items if item.id and item.kind == "model")
        named = any(m.kind == "model" and m.carded and not m.weak for m in reading.mentions)
        if len(ids) < 2 or reading.query is None or reading.query.kind != "model" or named:
            return None
        if not follow_phrases().among.search(text) or reading.query.ids or _adds(reading.query, before.reading.query):
            return None
        return replace(reading, query=reading.query.model_copy(update={"ids": ids}), carried=True)

    def _sized(self, text: str, reading: Reading, before: _Said) -> Reading | None:
        """The smallest or largest of the models that were listed."""
        small, large = follow_phrases().smallest.search(text), follow_phrases().largest.search(text)
        items = before.answer.items if before.answer else ()
        ids = tuple(item.id for item in items if item.id and item.kind == "model")
        if len(ids) < 2 or not (small or large) or _names_asset(reading):
            return None
        query = CatalogQuery(ids=ids, order="params", descending=not small, limit=1)
        return replace(reading, intent="list", query=query, subject=None, attribute=None)

    def _refined(self, text: str, reading: Reading, before: _Said) -> Reading | None:
        """The list of before with the conditions of this question added, or put in the place of the same kind."""
        query = before.reading.query
        if query is None or not phrases().says("of_those", text) or _names_asset(reading):
            return None
        found: dict[str, object] = {}
        for mention in reading.mentions:
            if mention.kind in _REFINED:
                found[mention.kind] = OneOf(any_of=mention.ids)
            elif mention.kind == "dataset":
                found["trained_on"] = TrainedOnAny(any_of=mention.ids, role=query.trained_on.role)
        if not found and reading.attribute:
            return None
        if not found:
            return None
        counted = phrases().says("count", text) or text.startswith(("how many", "and how many"))
        refined = query.model_copy(update={**found, "select": "count" if counted else "assets", "limit": None})
        return replace(
            reading, intent="count" if counted else "list", query=refined, subject=None, attribute=None, carried=True
        )

    def _of_nothing(self, text: str, reading: Reading, before: _Said) -> Reading | None:
        """What is asked of the items of a list that was empty: there still are none."""
        query = before.reading.query
        if query is None or before.assets or not phrases().says("of_those", text) or _names_asset(reading):
            return None
        return replace(reading, intent="list", query=query, subject=None, attribute=None, carried=True)

    def _same_of(self, text: str, reading: Reading, before: _Said) -> Reading | None:
        """The question of before, asked of another asset, or with another language, dataset or word in its place."""
        opening = follow_phrases().same_of.match(text)
        alone = None if opening or before.corrected else self._alone(text, reading, before)
        if alone:
            return self._asked_again(before.reading, alone)
        rest = text[opening.end() :] if opening else text if before.corrected else ""
        said = reading.question.strip()[-len(rest) :] if rest else ""
        named = " ".join(mention.words.lower() for mention in reading.mentions)
        more = [word for word in content_words(rest) if word not in content_words(named)]
        measured = [{m.kind for m in one.mentions} for one in (reading, before.reading)]
        if "metric" in measured[0] - measured[1]:
            return None  # another thing is asked of the same
        if not rest.strip(" ?.!") or len(more) > _FEW_WORDS or _ASKS.search(rest) or phrases().attribute(rest):
            return None
        old_subject = before.reading.subject
        called = self._reader.sibling(old_subject, rest) if old_subject else None
        subject = self._another(reading, before) or called or self._sibling(rest, before)
        if subject:
            return self._asked_again(before.reading, subject)
        old = before.reading.question
        for mention in reading.mentions:
            for other in before.reading.mentions:
                if other.kind == mention.kind:
                    return self._within(f"{old[: other.start]}{mention.words}{old[other.end :]}", before)
        version = _VERSION.match(rest)
        if version and (had := _NUMBERED.search(old)):
            return self._settle(self._reader.read(f"{old[: had.start(1)]}{version[1]}{old[had.end(1) :]}"))
        known = {mention.words for mention in (*reading.mentions, *before.reading.mentions)}
        names, others = ([n for n in named_names(q) if n not in known] for q in (reading.question, old))
        if names and others:
            return self._settle(self._reader.read(old.replace(nearest(names[0], others), names[0])))
        proper = _PROPER.findall(old)
        if _PROPER.search(f" {said}") and proper:
            return self._within(old.replace(proper[-1], _PROPER.findall(f" {said}")[-1]), before)
        return self._within(_in_place_of(old.rstrip("?. "), text, rest), before)

    def _another(self, reading: Reading, before: _Said) -> Subject | None:
        """The asset that this question names, where the one before was about an asset too."""
        named = next((m for m in reading.mentions if m.kind in ("model", "dataset") and not m.weak), None)
        if before.reading.subject is None or named is None or named.kind != before.reading.subject.kind:
            return None
        return self._reader.subject(named.id)

    def _alone(self, text: str, reading: Reading, before: _Said) -> Subject | None:
        """`Lite2?`: the sibling of the asset of before, where a question is hardly more than what tells it."""
        old, short = before.reading.subject, len(content_words(text)) <= _FEW_WORDS
        if old is None or not short or _ASKS.search(text) or phrases().attribute(text) or _names_asset(reading):
            return None
        return self._reader.sibling(old, text)

    def _sibling(self, rest: str, before: _Said) -> Subject | None:
        """A model called like that of before, with words of this question in its name: `the sparse version`."""
        old = before.reading.subject
        had = name_words(old.id.rpartition("/")[2]) if old and old.kind == "model" else []
        more = [word for word in name_words(rest) if word not in had and word not in phrases().talk | phrases().grammar]
        if old is None or not had or not more:
            return None
        for likely in self._reader.subjects.likely("model", Told(f"{' '.join(had)} {rest}"))[:_LOOKED_AT]:
            named = name_words(likely.id.rpartition("/")[2])
            alike = sum(word in named for word in had) >= _MOSTLY * len(had) and named[:1] == had[:1]
            of_maker = likely.id.rpartition("/")[0] == old.id.rpartition("/")[0]
            if likely.id != old.id and of_maker and alike and any(word in named for word in more):
                return self._reader.subject(likely.id)
        return None

    def _asked_again(self, before: Reading, subject: Subject) -> Reading:
        """What was asked before, of another asset."""
        old = before.subject.words if before.subject else frozenset()
        question = " ".join(
            w for w in before.question.split() if not ({p.lower() for p in _WORD.findall(w)} or {w}) <= old
        )
        return replace(self._reader.about(question, subject), intent=before.intent, attribute=before.attribute)

    def _carried(self, text: str, reading: Reading, before: _Said) -> Reading | None:
        """The subject of before, where this question names none and points back or says little."""
        points = follow_phrases().pointing.search(text) or phrases().says("follow_up", text) or _is_bare(reading.query)
        short = len(content_words(text)) <= _FEW_WORDS
        if _names_asset(reading) or (reading.query and not points) or not (points or short):
            return None
        version = follow_phrases().version.search(text)
        sibling = self._sibling(version[1], before) if version else None
        if sibling:
            return self._reader.about(reading.question, sibling)
        return replace(self._within(reading.question, before), background=before.reading.question)

    def _within(self, question: str, before: _Said) -> Reading:
        """A question about what was talked about: its subject, the first item of its answer, the document cited."""
        subject = before.reading.subject
        if subject is None and before.assets:
            subject = self._reader.subject(before.assets[0])
        if subject:
            return self._reader.about(question, subject)
        reading = self._reader.read(question)
        path = before.path or before.reading.within
        return (
            replace(reading, query=None, subject=None, intent="prose", within=path) if path else self._settle(reading)
        )


def _in_place_of(old: str, text: str, rest: str) -> str:
    """A question with what it says after a preposition put in another's place: `on curbs` → `on the marks`."""
    preposition = _PREPOSITION.match(text)
    if preposition is None:
        return f"{old} {rest}"
    said = list(re.finditer(rf"\b{preposition[1]}\s+", old, re.I))
    return f"{old[: said[-1].end()]}{rest}" if said else f"{old} {preposition[1]} {rest}"


def nearest(name: str, others: Sequence[str]) -> str:
    """The one of the names that begins most like `name`; the last of equals, which is usually what was asked about."""

    def alike(other: str) -> int:
        return sum(
            1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(name.lower(), other.lower(), strict=False))
        )

    return max(reversed(others), key=alike)


def _adds(query: CatalogQuery, before: CatalogQuery | None) -> bool:
    """Whether a query only adds conditions of other kinds to a whole list: then it reads better as one query."""
    if before is None or before.select != "assets" or before.limit:
        return False
    fields, had = (one.model_dump(exclude_defaults=True, exclude={"select"}) for one in (query, before))
    return set(fields) <= set(_REFINED) and not set(fields) & set(had)


def _is_bare(query: CatalogQuery | None) -> bool:
    """Whether a query says only how many and in which order: `which is the smallest?`."""
    ordering = {"order", "descending", "limit", "select"}
    return query is not None and not query.model_dump(exclude_defaults=True, exclude=ordering)


def _names_asset(reading: Reading) -> bool:
    """Whether a question names a model or dataset with a card."""
    return any(m.carded and not m.weak and m.kind in ("model", "dataset") for m in reading.mentions)
