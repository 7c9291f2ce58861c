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
from agent.background import Emit, Patience, in_background
from agent.events import Answered, Event, Working, stopped
from agent.failures import SERVERS, is_passing
from agent.hint import hint
from agent.ledger import Ledger
from agent.limits import limits
from agent.models import Chat
from agent.offline.answering import OfflineAnswerer
from agent.outcome import Outcome
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
            yield Answered(answer=self._rules.answer(asking.turns))
            return
        budget = Budget(self.settings.answer_seconds, self.settings.answer_tokens)
        reading = hint(self._rules.read(asking.turns))
        ledger = Ledger(asked=" ".join((*asking.turns, reading)))
        run = Run(Tools(self.snapshot), asking.question, budget, lambda _: None, self.trace, ledger)
        run.mute = self.chat.manners.mute
        self.trace.write("question", turns=asking.turns, model=self.chat.spec)

        outcome = Outcome(self.snapshot.catalog, self.chat, run, lambda: self._rules.answer(asking.turns))

        def work(emit: Emit) -> Answer:
            run.emit = emit
            self._loop(run, asking, reading)
            return outcome.made()

        yield Working(text=f"asking {self.chat.spec}")
        patience = Patience(asking.stop, self.settings.answer_seconds)
        yield from in_background(work, patience, lambda left: outcome.left(left, patience.seconds))

    # -- the loop

    def _loop(self, run: Run, asking: Asking, reading: str) -> None:
        agent = create_agent(
            self.chat.model,
            tools=tools_of(run),
            system_prompt=render("system"),
            middleware=self._middleware(run),
        )
        try:
            self._played(agent, {"messages": self._messages(asking, reading)}, run, asking)
        except SERVERS as error:  # what is summed up is asked by middleware that translates nothing
            raise self.chat.told.unavailable(error) if self.chat.told else error from error

    def _played(self, agent: Any, given: Any, run: Run, asking: Asking) -> None:
        """Run the agent to its end, and tell what it says while it does where that is wanted."""
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
        fits = self.chat.context or 2 * most.sum_up_at
        clear_at, sum_up_at = min(most.clear_at, fits // 2), min(most.sum_up_at, fits * 4 // 5)
        clearing = ClearToolUsesEdit(trigger=clear_at, keep=most.keep_results, placeholder=_CLEARED)
        return [
            Steering(run, self.chat, self.trace),  # the first: where it is over nothing else is done
            ModelCallLimitMiddleware(run_limit=most.model_calls),
            ToolCallLimitMiddleware(run_limit=most.tool_calls),
            SummarizationMiddleware(self.chat.model, trigger=("tokens", sum_up_at)),
            ContextEditingMiddleware(edits=[clearing]),
            ModelRetryMiddleware(
                max_retries=most.attempts, retry_on=is_passing, on_failure="error", initial_delay=most.pause
            ),
        ]

    def _messages(self, asking: Asking, reading: str) -> list[AnyMessage]:
        """The conversation: earlier questions with the answers as far as they are known, then the question."""
        earlier: list[AnyMessage] = []
        for turn, before in zip(asking.turns[:-1], asking.before, strict=False):
            earlier += [HumanMessage(turn), AIMessage(_summary(before))]
        unanswered = asking.turns[len(asking.before) : -1]
        if unanswered:
            earlier.append(HumanMessage(render("earlier", questions=" · ".join(unanswered[-_REMEMBERED:]))))
        return [
            *earlier[-2 * _REMEMBERED :],
            HumanMessage(render("question", question=asking.question, reading=reading)),
        ]


def _summary(answer: Answer) -> str:
    """An earlier answer in short: what it said and the first things that it listed."""
    listed = [item.id or str(item.value) for item in answer.items[:_LISTED]]
    more = f" … ({answer.total} in all)" if answer.total > _LISTED else ""
    return f"{answer.headline} {', '.join(listed)}{more}".strip()
