"""What is told beside every answer: how the question was understood, and what of it was not."""

from collections.abc import Sequence

from agent.answer import Answer
from agent.offline.reading import Reading
from agent.offline.spelling import LONGEST
from agent.offline.wording import ATTRIBUTES, understood

_MOST = 6


def remarked(answer: Answer, reading: Reading, asked: str) -> Answer:
    """The answer with what was understood, with words that were left out, and whether the question was cut."""
    notes = [*answer.notes]
    if len(asked) > LONGEST:
        notes.append(f"Only the first {LONGEST:,} of {len(asked):,} characters of the question were read.")
    if reading.query and reading.unread and not answer.abstained:
        notes.append(f"Not understood, and left out: {_listed(reading.unread)}.")
    if reading.unknown and not answer.abstained:
        notes.append(f"No model or dataset of the catalogue is called {_listed(reading.unknown)}.")
    return answer.model_copy(update={"notes": tuple(notes), "understood": answer.understood or understood_as(reading)})


def understood_as(reading: Reading) -> str:
    """One line that says what was looked for."""
    if reading.lookup:
        return understood(reading.lookup)
    if reading.subject:
        return f"{ATTRIBUTES.get(reading.attribute or '', 'passages')} of {reading.subject.id}"
    return "passages of all documents"


def _listed(words: Sequence[str]) -> str:
    told = ", ".join(f"“{word[:60]}”" for word in words[:_MOST])
    return f"{told} and {len(words) - _MOST} more" if len(words) > _MOST else told
