"""One answer in the making: what was found, what was used up, and the final answer when it is there."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from agent.answer import ToolCall, Usage
from agent.events import Event, ToolFinished, ToolStarted
from agent.final import NAME, FinalAnswer
from agent.ledger import Ledger
from agent.limits import limits
from agent.tools import Tools, told
from agent.tools.calling import call, problems
from agent.tracing import Trace
from catalog.errors import ToolError
from catalog.prices import Price
from prompts import render


@dataclass
class Budget:
    """What an answer may use up: seconds from its beginning, tokens of all calls together."""

    seconds: float
    tokens: int
    clock: Callable[[], float] = time.monotonic
    input_tokens: int = 0
    output_tokens: int = 0
    model_calls: int = 0

    def __post_init__(self) -> None:
        self._started = self.clock()

    @property
    def used(self) -> float:
        """The share that is gone, of whichever runs out first."""
        tokens = self.input_tokens + self.output_tokens
        return max((self.clock() - self._started) / self.seconds, tokens / self.tokens)

    def usage(self, price: Price | None) -> Usage:
        cost = round(price.of(self.input_tokens, self.output_tokens), 6) if price else None
        return Usage(input_tokens=self.input_tokens, output_tokens=self.output_tokens, cost=cost)


@dataclass
class Run:
    """The look-ups and the final answer of one question; look-ups may come at the same time, they run one by one."""

    tools: Tools
    question: str
    budget: Budget
    emit: Callable[[Event], None]
    trace: Trace = field(default_factory=Trace)
    ledger: Ledger = field(default_factory=Ledger)
    final: FinalAnswer | None = None
    gave_up: str = ""
    mute: bool = False

    def __post_init__(self) -> None:
        self._refused = self._repeated = 0
        self._has_called = False
        self._sets: dict[str, str] = {}
        self._one_at_a_time = threading.Lock()

    def look_up(self, name: str, arguments: Mapping[str, Any]) -> str:
        """What a model reads of a look-up. Raises ToolError where it was called wrongly, or called before."""
        with self._one_at_a_time:
            self._has_called = True
            self.emit(ToolStarted(name=name, arguments=dict(arguments)))
            started = time.perf_counter()
            try:
                return self._looked_up(name, arguments, started)
            except ToolError as error:
                seconds = round(time.perf_counter() - started, 4)
                made = ToolCall(name=name, arguments=dict(arguments), seconds=seconds, total=0)
                self.trace.write("look_up", name=name, arguments=arguments, seconds=seconds, error=str(error))
                self.emit(ToolFinished(call=made, error=str(error)))
                raise

    def _looked_up(self, name: str, arguments: Mapping[str, Any], started: float) -> str:
        made_call = f"{name} {json.dumps(arguments, sort_keys=True, default=str)}"
        if made_call in self._sets:
            self._repeated += 1
            raise ToolError(render("repeated", set=self._sets[made_call]))
        found = call(self.tools, name, arguments)
        self._sets[made_call] = found.key
        made = self.ledger.enter(found, time.perf_counter() - started)
        self.trace.write(
            "look_up", name=name, arguments=arguments, seconds=made.seconds, set=found.key, total=made.total
        )
        self.emit(ToolFinished(call=made))
        return told(found)

    def finish(self, arguments: Mapping[str, Any]) -> str:
        """Take the final answer. Raises ToolError where it has another form, or states what was never looked up."""
        try:
            final = FinalAnswer.model_validate(dict(arguments))
        except ValidationError as error:
            self.refuse()
            raise ToolError(f"{NAME}: {problems(error)}.") from error
        if not self.ledger.sets and final.kind != "out_of_scope":
            self.refuse()
            raise ToolError(render("look_up_first"))
        self.final = final
        return "done"

    def refuse(self) -> None:
        """Count a reply that cannot be taken; after a few the model is given up."""
        self._refused += 1
        if self._refused > (0 if self.mute else limits().patience):
            self.gave_up = "it looked nothing up" if not self.ledger.sets else "it gave no answer of the form asked for"

    @property
    def is_mute(self) -> bool:
        """Whether the model was given up without ever having called a tool."""
        return bool(self.gave_up) and not self._has_called

    @property
    def over(self) -> bool:
        return self.final is not None or bool(self.gave_up)

    @property
    def enough(self) -> bool:
        """Whether it is time to answer from what there is."""
        last_call = self.budget.model_calls >= limits().model_calls - 1
        return last_call or self.budget.used >= limits().enough or self._repeated >= limits().repeats
