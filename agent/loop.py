"""The agent: a chat model looks things up until it can answer, and code makes the answer of what it chose.

LangChain's `create_agent` runs the loop with its own middleware for limits, retries and clearing; `steering.py` adds
ours. Where nothing of the model's answer holds, the rules answer instead, and the answer says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import (
    AgentMiddleware,
    ClearToolUsesEdit,
    ContextEditingMiddleware,
    ModelCallLimitMiddleware,
    ModelRetryMiddleware,
    SummarizationMiddleware,
    ToolCallLimitMiddleware,
)
from langchain_core.messages import AIMessage, AIMessageChunk, AnyMessage, HumanMessage

from agent.answer import Answer
from agent.asking import Asking
from agent.background import Emit, Left, Patience, in_background
from agent.composing import Composer
from agent.events import Event, Working, stopped
from agent.failures import is_passing
from agent.final import FinalAnswer
from agent.hint import hint
from agent.limits import limits
from agent.models import Chat
from agent.offline.answering import OfflineAnswerer
from agent.run import Budget, Run
from agent.saying import Saying
from agent.steering import Steering, tools_of
from agent.tools import Tools
from agent.tracing import Trace
from catalog.settings import Settings
from catalog.snapshot import Snapshot
from prompts import render

_CLEARED = "(removed to save space; its keys still hold)"
_REMEMBERED, _LISTED = 6, 20


@dataclass
class ToolLoop:
    """Answers with one chat model from one snapshot."""

    snapshot: Snapshot
    chat: Chat
    settings: Settings
    trace: Trace = field(default_factory=Trace)

    def __post_init__(self) -> None:
        self._rules = OfflineAnswerer(self.snapshot)

    def answer(self, asking: Asking) -> Iterator[Event]:
        """Raises UnavailableError, with the cure, where the model cannot be had."""
        if not asking.question.strip():
            yield from in_background(lambda _: self._by_rules(asking), self._patience(asking), self._nothing)
            return
        budget = Budget(self.settings.answer_seconds, self.settings.answer_tokens)
        run = Run(Tools(self.snapshot), asking.question, budget, emit=lambda _: None, trace=self.trace)
        self.trace.write("question", turns=asking.turns, model=self.chat.spec)

        def work(emit: Emit) -> Answer:
            run.emit = emit
            self._loop(run, asking)
            return self._made(run, asking)

        yield Working(text=f"asking {self.chat.spec}")
        yield from in_background(work, self._patience(asking), lambda left: self._left(run, asking, left))

    # -- the loop

    def _loop(self, run: Run, asking: Asking) -> None:
        agent = create_agent(
            self.chat.model,
            tools=tools_of(run),
            system_prompt=render("system"),
            middleware=self._middleware(run),
        )
        given: Any = {"messages": self._messages(asking)}
        if not asking.streaming:
            agent.invoke(given)
            return
        saying = Saying(run, run.emit)
        for chunk, _ in agent.stream(given, stream_mode="messages"):
            if stopped():
                return
            if isinstance(chunk, AIMessageChunk):
                saying.hear(chunk)

    def _middleware(self, run: Run) -> list[AgentMiddleware[Any, None, Any]]:
        most = limits()
        clear_at = min(most.clear_at, (self.chat.context or most.clear_at * 2) // 2)
        clearing = ClearToolUsesEdit(trigger=clear_at, keep=most.keep_results, placeholder=_CLEARED)
        return [
            ModelCallLimitMiddleware(run_limit=most.model_calls),
            ToolCallLimitMiddleware(run_limit=most.tool_calls),
            SummarizationMiddleware(self.chat.model, trigger=("tokens", most.sum_up_at)),
            Steering(run, self.chat, self.trace),
            ContextEditingMiddleware(edits=[clearing]),
            ModelRetryMiddleware(
                max_retries=most.attempts, retry_on=is_passing, on_failure="error", initial_delay=most.pause
            ),
        ]

    def _messages(self, asking: Asking) -> list[AnyMessage]:
        """The conversation: earlier questions with the answers as far as they are known, then the question."""
        earlier: list[AnyMessage] = []
        for turn, before in zip(asking.turns[:-1], asking.before, strict=False):
            earlier += [HumanMessage(turn), AIMessage(_summary(before))]
        unanswered = asking.turns[len(asking.before) : -1]
        if unanswered:
            earlier.append(HumanMessage(render("earlier", questions=" · ".join(unanswered[-_REMEMBERED:]))))
        reading = hint(self._rules.read(asking.turns))
        return [
            *earlier[-2 * _REMEMBERED :],
            HumanMessage(render("question", question=asking.question, reading=reading)),
        ]

    # -- the answer

    def _made(self, run: Run, asking: Asking) -> Answer:
        """The model's answer where it holds; else what the rules say, or else what was found."""
        made = self._composed(run, run.final) if run.final else None
        if made:
            self.trace.write("answer", final=run.final.model_dump(mode="json") if run.final else None, text=made.text)
            return made
        why = run.gave_up or ("nothing that it said holds" if run.final else "it came to no end")
        self.trace.write("no_answer", why=why, final=run.final.model_dump(mode="json") if run.final else None)
        dropped = self._dropped(run)
        instead = self._by_rules(asking)
        found = self._found(run) if instead.abstained else None
        if found:
            note = f"{self.chat.spec} did not finish ({why}); this is what it found."
            return found.model_copy(update={"notes": (*found.notes, note), "dropped": dropped})
        note = f"{self.chat.spec} gave no usable answer ({why}); this one is by rules."
        update = {"notes": (*instead.notes, note), "usage": run.budget.usage(self.chat.price), "dropped": dropped}
        return instead.model_copy(update=update)

    def _composed(self, run: Run, final: FinalAnswer) -> Answer | None:
        made = Composer(self.snapshot.catalog, run.ledger, run.question).compose(final)
        if made is None:
            return None
        left_out = made.dropped
        note = f"{left_out} statement{'s' if left_out > 1 else ''} or references without evidence left out."
        notes = (*made.notes, note) if left_out else made.notes
        return made.model_copy(update={"notes": notes} | self._known(run))

    def _dropped(self, run: Run) -> int:
        if run.final is None:
            return 0
        composer = Composer(self.snapshot.catalog, run.ledger, run.question)
        composer.compose(run.final)
        return composer.claims.dropped

    def _found(self, run: Run) -> Answer | None:
        """The last look-up that found anything, as an answer."""
        filled = [found for found in run.ledger.sets.values() if found.entries and found.tool != "resolve_name"]
        if not filled:
            return None
        kind = "values" if filled[-1].tool in ("get_assets", "compare") else "list"
        return self._composed(run, FinalAnswer(kind=kind, sets=(filled[-1].key,)))

    def _left(self, run: Run, asking: Asking, left: Left) -> Answer:
        """What there is when nobody waits any longer: the answer, what was found, or that there is nothing yet."""
        made = self._composed(run, run.final) if run.final else self._found(run)
        if left == "late":
            instead = made or self._by_rules(asking)
            note = f"{self.chat.spec} took longer than {self.settings.answer_seconds:g} s; this was found by then."
            return instead.model_copy(update={"notes": (*instead.notes, note)})
        if made is None:
            return self._nothing(left)
        return made.model_copy(
            update={"stopped": True, "notes": (*made.notes, "Stopped: this is what was found so far.")}
        )

    def _nothing(self, _: Left) -> Answer:
        return Answer(headline="Stopped before anything was found.", abstained=True, stopped=True)

    def _by_rules(self, asking: Asking) -> Answer:
        return self._rules.answer(asking.turns)

    def _known(self, run: Run) -> dict[str, Any]:
        usage = run.budget.usage(self.chat.price)
        return {"tools": tuple(run.ledger.calls), "model": self.chat.spec, "usage": usage}

    def _patience(self, asking: Asking) -> Patience:
        return Patience(asking.stop, self.settings.answer_seconds)


def _summary(answer: Answer) -> str:
    """An earlier answer in short: what it said and the first things that it listed."""
    listed = [item.id or str(item.value) for item in answer.items[:_LISTED]]
    more = f" … ({answer.total} in all)" if answer.total > _LISTED else ""
    return f"{answer.headline} {', '.join(listed)}{more}".strip()
