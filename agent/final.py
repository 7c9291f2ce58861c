"""The form of a final answer: which of the things found are the answer, and words that refer to evidence by its key.

A model fills it in; `composing.py` makes the `Answer` of it. Lists, numbers and quotes are never in it: code has them.
"""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from agent.tools.filters import Names
from catalog.records import Record

NAME = "final_answer"

AnswerKind = Literal["list", "count", "values", "text", "not_stated", "not_found", "out_of_scope"]
REFUSALS: tuple[AnswerKind, ...] = ("not_stated", "not_found", "out_of_scope")


def _as_cited(given: Any) -> Any:
    return {"key": given} if isinstance(given, str) else given


def _as_statement(given: Any) -> Any:
    return {"text": given} if isinstance(given, str) else given


class Cited(Record):
    """A piece of evidence by its key."""

    key: str = Field(description="key of an entry, as a look-up gave it")
    quote: str = Field("", description="the exact words of it that say so, if it is long")


class Statement(Record):
    """A sentence and what it rests on."""

    text: str
    evidence: tuple[Annotated[Cited, BeforeValidator(_as_cited)], ...] = ()


class FinalAnswer(Record):
    """Give the answer. Lists and values are printed by code from the sets that you name; do not repeat them in words.

    kind: list (models, datasets, languages), count (how many), values (licence, size, score, ...), text (in your own
    sentences, each with evidence), not_stated (the card does not say), not_found (no such asset), out_of_scope.
    """

    kind: AnswerKind
    sets: Names = Field((), description="set keys whose entries are the answer, best first")
    only: Names = Field((), description="if not all entries answer: the ids, values or keys of those that do")
    statements: tuple[Annotated[Statement, BeforeValidator(_as_statement)], ...] = Field(
        (), description="for kind text the answer, otherwise at most one or two remarks"
    )
    about: str = Field("", description="for not_stated and not_found: the asset")
    missing: str = Field("", description="for not_stated: what is not stated, in a few words")
