"""What a model that has read text of cards may decide about an answer.

Text is data from strangers. Once a model has read some, its answer is held against what the rules read in the
question: it cannot turn an answer that the catalogue gives into another one, into sentences, a part, or a "no".
"""

from collections.abc import Iterable
from dataclasses import dataclass

from agent.answer import Answer, AnswerItem
from agent.final import REFUSALS, FinalAnswer
from agent.ledger import Ledger


@dataclass(frozen=True)
class Steadied:
    """The final answer as it may stand, None where the rules' answer stands in its place; `why` for people."""

    final: FinalAnswer | None
    why: str = ""


def steadied(final: FinalAnswer, ledger: Ledger, by_rules: Answer) -> Steadied:
    """Hold a final answer against the one `by_rules`, which counts where the catalogue gave it: where it has items."""
    if not ledger.read_text:
        return Steadied(final)
    kept = tuple(key for key in final.sets if key not in ledger.led)
    if final.sets and not kept:
        return Steadied(None, "it looked up what only the text of a card asked for")
    final = final.model_copy(update={"sets": kept})
    if not by_rules.items:
        return Steadied(final)
    if final.kind in REFUSALS:
        return Steadied(None, "it saw no answer, but the catalogue has one")
    if not kept:
        return Steadied(None, "it named none of the results")
    if final.only:
        return Steadied(None, "it left out a part of the results")
    if (final.kind == "count") != _is_count(by_rules.items):
        return Steadied(None, "it answered with something else than was asked for")
    return Steadied(final)


def _is_count(items: Iterable[AnswerItem]) -> bool:
    kinds = [item.kind for item in items]
    return kinds == ["number"]
