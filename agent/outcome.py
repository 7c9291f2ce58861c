"""What becomes of a run: the model's answer where it holds, else what the rules say, else what was found."""

from collections.abc import Callable
from dataclasses import dataclass

from agent.answer import Answer
from agent.background import Left
from agent.composing import Composer
from agent.events import Restarted
from agent.final import FinalAnswer
from agent.models import OFFLINE, Chat
from agent.run import Run
from agent.steadiness import steadied
from catalog.store import Catalog

_VALUES = ("get_assets", "compare")


@dataclass(frozen=True)
class Outcome:
    """Makes the answer of one run; `rules` answers the same question without a model."""

    catalog: Catalog
    chat: Chat
    run: Run
    rules: Callable[[], Answer]

    def made(self) -> Answer:
        """The answer of a run that has ended."""
        final = self.run.final
        if final is None:
            return self._without(self.run.gave_up or "it came to no end")
        answer = self._steadied(final) if self.run.ledger.read_text else self._composed(final)
        self.run.trace.write("answer", final=final.model_dump(mode="json"), text=answer.text if answer else None)
        return answer or self._without("nothing that it said holds", self._dropped(final))

    def left(self, left: Left, seconds: float) -> Answer:
        """What there is when nobody waits any longer: the answer, what was found, or that there is nothing yet."""
        made = self._composed(self.run.final) if self.run.final else self._found()
        if left == "late":
            note = f"{self.chat.spec} took longer than {seconds:g} s; this was found by then."
            return _noted(made or self._by_rules(), note)
        if made is None:
            return nothing()
        return _noted(made, "Stopped: this is what was found so far.").model_copy(update={"stopped": True})

    def _composed(self, final: FinalAnswer) -> Answer | None:
        made = Composer(self.catalog, self.run.ledger, self.run.question).compose(final)
        if made is None:
            return None
        usage, calls = self.run.budget.usage(self.chat.price), tuple(self.run.ledger.calls)
        made = made.model_copy(update={"tools": calls, "model": self.chat.spec, "usage": usage})
        return _noted(made, _left_out(made.dropped)) if made.dropped else made

    def _steadied(self, final: FinalAnswer) -> Answer | None:
        """The answer of a model that has read text of cards, which strangers wrote."""
        rules = self._by_rules()
        steady = steadied(final, self.run.ledger, rules)
        if steady.final:
            return self._composed(steady.final)
        self.run.emit(Restarted(reason=f"{steady.why}: the rules answer"))
        usage, dropped = self.run.budget.usage(self.chat.price), self._dropped(final)
        rules = rules.model_copy(update={"usage": usage, "dropped": dropped, "model": OFFLINE})
        return _noted(rules, f"{self.chat.spec} did not have the last word ({steady.why}); this answer is by rules.")

    def _without(self, why: str, dropped: int = 0) -> Answer:
        """The answer by rules, or else of what was found, where the model gave none."""
        self.run.trace.write("no_answer", why=why)
        instead = self._by_rules()
        found = self._found() if instead.abstained else None
        if found:
            return _noted(found, f"{self.chat.spec} did not finish ({why}); this is what it found.")
        usage = self.run.budget.usage(self.chat.price)
        instead = instead.model_copy(update={"usage": usage, "dropped": dropped, "model": OFFLINE})
        return _noted(instead, f"{self.chat.spec} gave no usable answer ({why}); this one is by rules.")

    def _found(self) -> Answer | None:
        """The last look-up that found anything and that no text of a card asked for, as an answer."""
        ledger = self.run.ledger
        filled = [
            found
            for key, found in ledger.sets.items()
            if found.entries and found.tool != "resolve_name" and key not in ledger.led
        ]
        if not filled:
            return None
        kind = "values" if filled[-1].tool in _VALUES else "list"
        return self._composed(FinalAnswer(kind=kind, sets=(filled[-1].key,)))

    def _dropped(self, final: FinalAnswer) -> int:
        composer = Composer(self.catalog, self.run.ledger, self.run.question)
        composer.compose(final)
        return composer.claims.dropped

    def _by_rules(self) -> Answer:
        return self.rules()


def nothing() -> Answer:
    """The answer of a run that was stopped at once."""
    return Answer(headline="Stopped before anything was found.", abstained=True, stopped=True)


def _left_out(dropped: int) -> str:
    return f"{dropped} statement{'s' if dropped > 1 else ''} or references without evidence left out."


def _noted(answer: Answer, *notes: str) -> Answer:
    return answer.model_copy(update={"notes": (*answer.notes, *notes)})
