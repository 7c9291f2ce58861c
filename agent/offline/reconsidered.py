"""A question read again as another kind than its phrasings say, where the examples of that kind are more like it.

Doubt is cheap and a wrong list is not: the phrasings that are nearly always right are believed, a word that no example
of the other kind has keeps the question as it was read, and so does a subject that was only told loosely.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from agent.offline.asked import content_words
from agent.offline.asking import Asked
from agent.offline.by_kind import as_kind, kind_of
from agent.offline.kinds import PLACEHOLDER, Guess, Kind, kind_guesser, with_placeholders
from agent.offline.subject import Subject
from catalog.records import AssetKind

if TYPE_CHECKING:
    from agent.offline.reading import Reading

#: the kinds that phrasings tell wrongly often enough to be reconsidered
_DOUBTFUL: frozenset[Kind] = frozenset(
    ("prose", "parents", "children", "data_of_model", "models_by_facet", "models_trained_on", "score")
)
#: the kinds of questions about several assets
_OF_SEVERAL: frozenset[Kind] = frozenset(
    ("children", "bases_of_set", "data_of_set", "models_trained_on", "models_evaluated_on", "models_by_facet", "count",
     "ranking", "datasets_by_facet")
)  # fmt: skip
#: the kinds of questions that name one asset and ask for others
_OTHERS_OF: dict[AssetKind, tuple[Kind, ...]] = {
    "model": ("children", "data_of_set", "bases_of_set"),
    "dataset": ("models_trained_on", "models_evaluated_on", "ranking"),
}
_SURE, _SURE_OF_OTHERS, _SURELY = 0.5, 0.8, 0.95
_LONGEST = 4_000


def reconsidered(reading: "Reading", asked: Asked, find_subject: Callable[[], Subject | None]) -> "Reading":
    """The reading, or what the question means as the kind that the examples are surer of."""
    subject, read = reading.subject, kind_of(reading.intent, reading.query, reading.attribute)
    if read not in _DOUBTFUL or reading.through or len(reading.question) > _LONGEST:
        return reading
    named = subject is not None and any(m.id == subject.id for m in reading.mentions)
    told = (subject.kind, subject.words) if subject and not named else None
    masked = with_placeholders(reading.question, reading.mentions, told)
    guess = kind_guesser().guess(masked, read)
    if guess.kind == read or guess.sure < _SURE:
        return reading
    strange = kind_guesser().strange(guess.kind, content_words(PLACEHOLDER.sub(" ", masked)))
    if read == "prose" and len(strange) > (guess.sure >= _SURELY):
        return reading
    if guess.kind in _OF_SEVERAL and subject and not (asked.plural() or _asks_for_others(reading, subject, guess)):
        return reading
    subject = subject or find_subject()
    meant = as_kind(guess.kind, asked, subject)
    if meant is None:
        return reading
    of_one = subject if meant.query is None else None
    return replace(reading, intent=meant.intent, query=meant.query, attribute=meant.attribute, subject=of_one)


def _asks_for_others(reading: "Reading", subject: Subject, guess: Guess) -> bool:
    """Whether the question names the asset in full, so that it surely asks for others that have to do with it."""
    named = any(m.id == subject.id and m.kind == subject.kind and not m.weak for m in reading.mentions)
    return named and guess.sure >= _SURE_OF_OTHERS and guess.kind in _OTHERS_OF[subject.kind]
