"""Facts by a language model: asked about one card at a time, each fact with a quote that is checked against the card.

Answers are kept in the store (`llm_cache.py`), so that a killed extraction goes on where it was and a changed card is
the only one to be paid for. Card text is data: it goes between markers that it cannot contain, and the form of an
answer has room for facts about its own asset only.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from string import Template

from catalog.errors import UnavailableError
from catalog.prices import Price, list_price
from catalog.records import AssetCard, Evaluation, Fact, Source, content_key
from catalog.settings import Settings
from ingest.extract.llm_cache import Reply, ReplyCache, reply_key
from ingest.extract.llm_chat import NoReplyError, StructuredChat, has_own_server, openai_chat
from ingest.extract.llm_claims import Drop, Page, checked
from ingest.extract.llm_estimate import Estimate, estimate
from ingest.extract.llm_schema import answer_schema
from ingest.extract.patterns import load

__all__ = ["Estimate", "LlmExtraction", "NoReplyError", "llm_extraction"]

_LIMITS = load("llm")["limits"]
_PROMPT = load("llm")["prompt"]


@dataclass
class Tally:
    """What came of an extraction."""

    asked: int = 0
    cached: int = 0
    failed: int = 0
    facts: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    dropped: Counter[Drop] = field(default_factory=Counter)

    def __str__(self) -> str:
        reasons = ", ".join(f"{number} {reason}" for reason, number in sorted(self.dropped.items()))
        lost = f"{self.dropped.total()} dropped{f' ({reasons})' if reasons else ''}"
        return (
            f"{self.asked} cards asked about, {self.cached} from the cache, {self.failed} failed · "
            f"{self.facts} facts, {lost} · {self.input_tokens:,} tokens in, {self.output_tokens:,} out"
        )


@dataclass(frozen=True)
class _Question:
    """What is sent about one page, and the name under which the answer is kept."""

    page: Page
    text: str
    key: str
    schema_length: int

    @property
    def characters(self) -> int:
        return len(_PROMPT["system"]) + len(self.text) + self.schema_length


@dataclass
class LlmExtraction:
    """Adds what a chat model finds to what was read by rules.

    `consent` is told the estimate before anything is sent, and raises where it is not agreed to.
    """

    chat: StructuredChat
    cache: ReplyCache
    consent: Callable[[Estimate], None]
    price: Price | None = None
    tally: Tally = field(default_factory=Tally)
    _failures_in_a_row: int = 0

    @cached_property
    def name(self) -> str:
        """What tells the documents that were read with this model and prompt from others."""
        schemas = [answer_schema("model"), answer_schema("dataset")]
        return content_key(self.chat.name, _PROMPT, schemas)

    def begin(self, sources: Sequence[Source]) -> None:
        """Ask for consent, where there is something to pay for."""
        questions = {question.key: question for source in sources for question in self._questions(source)}
        cached = {key for key in questions if self.cache.get(key)}
        open_ = [question.characters for key, question in questions.items() if key not in cached]
        if open_:
            self.consent(estimate(self.chat.name, open_, len(cached), self.price))

    def read(self, source: Source) -> Source:
        """The document with the model's facts added.

        Raises NoReplyError where there is no answer about it, UnavailableError where there will be none at all.
        """
        for question in self._questions(source):
            reply = self._reply(question)
            source = _with_facts(source, self._facts(question.page, reply), _warnings(question.page, reply))
        return source

    def _questions(self, source: Source) -> Iterator[_Question]:
        for page in _pages(source):
            schema = json.dumps(answer_schema(page.asset.kind))
            text = _rendered(page)
            key = reply_key(self.chat.name, _PROMPT["system"], schema, text)
            yield _Question(page, text, key, len(schema))

    def _reply(self, question: _Question) -> Reply:
        kept = self.cache.get(question.key)
        if kept:
            self.tally.cached += 1
            return kept
        self.tally.asked += 1
        try:
            reply = self.chat.ask(_PROMPT["system"], question.text, answer_schema(question.page.asset.kind))
        except NoReplyError as error:
            self._count_failure(error)
            raise
        self._failures_in_a_row = 0
        self.cache.put(question.key, reply)
        self.tally.input_tokens += reply.input_tokens
        self.tally.output_tokens += reply.output_tokens
        return reply

    def _count_failure(self, error: NoReplyError) -> None:
        self.tally.failed += 1
        self._failures_in_a_row = self._failures_in_a_row + 1 if error.passing else 0
        if self._failures_in_a_row >= _LIMITS["failures_in_a_row"]:
            raise UnavailableError(
                f"{self.chat.where} failed for {self._failures_in_a_row} cards in a row ({error}). "
                "The answers so far are kept: run it again later, and it goes on from here."
            ) from error

    def _facts(self, page: Page, reply: Reply) -> list[Fact]:
        found = checked(reply.claims, page)
        self.tally.dropped.update(found.dropped)
        fresh = [fact for fact in found.facts if not _is_known(fact, page.asset)]
        self.tally.facts += len(fresh)
        return fresh


def _pages(source: Source) -> Iterator[Page]:
    """The texts of a document that are about one asset alone: the passages of such a text are marked as its own."""
    if len(source.assets) != 1:
        return
    asset = source.assets[0]
    files = {source.path: source.text} | source.companions
    for path in dict.fromkeys(passage.path for passage in source.passages if passage.asset == asset.id):
        if path in files and not path.lower().endswith(tuple(_LIMITS["data_suffixes"])):
            yield Page(asset, path, files[path])


def _rendered(page: Page) -> str:
    shown = page.text[: _LIMITS["document_characters"]]
    # A document cannot contain a hash of itself, so it cannot pretend to end.
    fence = f"=====[document {content_key(shown)}]====="
    card = Template(_PROMPT["card"])
    return card.substitute(kind=page.asset.kind, asset=page.asset.id, fence=fence, text=shown)


def _is_known(fact: Fact, asset: AssetCard) -> bool:
    """Whether the rules read this result from the same lines, if perhaps with less or more of its setting."""
    if not isinstance(fact, Evaluation):
        return fact in asset.facts
    here = fact.evidence
    known = (other for other in asset.facts if isinstance(other, Evaluation) and other.value == fact.value)
    return any(
        there.path == here.path and there.line_start <= here.line_end and here.line_start <= there.line_end
        for there in (other.evidence for other in known)
    )


def _with_facts(source: Source, facts: Sequence[Fact], warnings: Iterable[str]) -> Source:
    asset = source.assets[0]
    enriched = asset.model_copy(update={"facts": tuple(dict.fromkeys((*asset.facts, *facts)))})
    return source.model_copy(update={"assets": (enriched,), "warnings": (*source.warnings, *warnings)})


def _warnings(page: Page, reply: Reply) -> Iterator[str]:
    most = _LIMITS["document_characters"]
    if len(page.text) > most:
        yield f"{page.path}: the model was shown the first {most:,} of {len(page.text):,} characters"
    if reply.cut:
        yield f"{page.path}: the model's answer was cut off; facts near its end may be missing"


def llm_extraction(settings: Settings, consent: Callable[[Estimate], None]) -> LlmExtraction:
    """The extraction that the settings name. Raises SettingError where they name none that can work."""
    chat = openai_chat(settings)
    price = None if has_own_server(settings) else list_price(chat.name.partition(":")[2])
    return LlmExtraction(chat, ReplyCache(settings.store / "cache" / "llm"), consent, price)
