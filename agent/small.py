"""Small models: the rules read the question, and where they leave open what is asked for, the model chooses.

A model of a hundred million parameters calls the wrong tool most times when it may call any. What it can do is to tell
which of a few things a question asks for. So it is asked no more than that, only where the rules found no fact that the
question asks for, and only among facts that the catalogue states of the model in question. Code composes the answer.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from agent.answer import Answer, Usage
from agent.asking import Asking
from agent.background import Emit, Left, Patience, in_background
from agent.choosing import Chooser
from agent.events import Answered, Event, Working, stopped
from agent.models import Chat
from agent.offline.answering import OfflineAnswerer
from agent.offline.reading import QuestionReader, Reading
from agent.offline.structured import StructuredAnswers
from agent.offline.wording import ATTRIBUTES
from catalog.settings import Settings
from catalog.snapshot import Snapshot
from catalog.values import values_of

if TYPE_CHECKING:
    from agent.llama import LlamaChat

ELSE, SCORE = "something else", "score"
#: facts of datasets only
_NOT_OF_MODELS = ("size",)
#: by how many nats an option must lead before it is taken. With the phrasings of the rules hidden, SmolLM2-135M leads
#: so far in a third of the questions for a fact, and is right in four of five of them; for text hardly ever
SURE = 1.5


class SmallAnswerer:
    """Answers with the rules and one small local model from one snapshot."""

    def __init__(self, snapshot: Snapshot, chat: "Chat", settings: Settings) -> None:
        model: LlamaChat = chat.model  # type: ignore[assignment]
        self._snapshot, self._chat, self._settings = snapshot, chat, settings
        self._rules = OfflineAnswerer(snapshot)
        self._reader = QuestionReader(snapshot.catalog)
        self._structured = StructuredAnswers(snapshot.catalog)
        self._chooser = Chooser(model.engine, "small_asked")

    def answer(self, asking: Asking) -> Iterator[Event]:
        """What happens until the answer is there; without a choice to make it is the one of the rules."""
        ruled = self._rules.answer(asking.turns).model_copy(update={"model": self._chat.spec})
        options = self._options(asking)
        if not options:
            yield Answered(answer=ruled)
            return
        yield Working(text=f"asking {self._chat.spec}")

        def instead(left: Left) -> Answer:
            return ruled.model_copy(update={"stopped": left == "stopped"})

        def work(_: Emit) -> Answer:
            return self._chosen(asking, ruled, options)

        yield from in_background(work, Patience(asking.stop, self._settings.answer_seconds), instead)

    def _options(self, asking: Asking) -> dict[str, Reading]:
        """What the question may ask for, each with the reading that answers it; nothing where the rules know."""
        if not asking.question.strip():
            return {}
        reading = self._rules.read(asking.turns)
        subject = reading.subject
        of_one_model = subject is not None and subject.kind == "model" and not (reading.others or reading.through)
        if (
            subject is None
            or not of_one_model
            or reading.intent != "prose"
            or self._reader.unknown_ids(asking.question)
        ):
            return {}
        found = {
            words: replace(reading, intent="attribute", attribute=name)
            for name, words in ATTRIBUTES.items()
            if name not in _NOT_OF_MODELS
            and any(value.stated for value in values_of(self._snapshot.catalog, "model", [subject.id], name))
        }
        return {**found, SCORE: replace(reading, intent="score")} if found else {}

    def _chosen(self, asking: Asking, ruled: Answer, options: dict[str, Reading]) -> Answer:
        """The fact that the model takes the question to ask for, with what the documents say beside it."""
        chosen = self._chooser.choose(asking.question, [ELSE, *options], stopped)
        if chosen is None:
            return ruled
        used = Usage(input_tokens=chosen.tokens)
        if chosen.lead < SURE:
            return ruled.model_copy(update={"usage": used})
        reading = options[chosen.option]
        stated = self._structured.answer(reading)
        if stated is None:
            return ruled.model_copy(update={"usage": used})
        answer = stated if ruled.abstained else _beside(stated, ruled)
        note = f"Read by {self._chat.spec} as asking for: {chosen.option}."
        update = {"usage": used, "tools": ruled.tools, "model": self._chat.spec, "notes": (*answer.notes, note)}
        return answer.model_copy(update=update)


def _beside(stated: Answer, ruled: Answer) -> Answer:
    """A fact first, and what the rules found in the documents after it."""
    shift = len(stated.citations)
    rows = [row.model_copy(update={"markers": tuple(m + shift for m in row.markers)}) for row in ruled.rows]
    citations = [cited.model_copy(update={"marker": cited.marker + shift}) for cited in ruled.citations]
    update = {"rows": (*stated.rows, *rows), "citations": (*stated.citations, *citations)}
    return stated.model_copy(update=update)
