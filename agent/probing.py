"""`almanac doctor --model M`: is the model there, how fast is it, can it call tools and answer in a form, what fits."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from agent.doctor import Check
from agent.models import OFFLINE, Chat, chain, make_chat
from catalog.errors import AlmanacError
from catalog.settings import Settings

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage
    from langchain_core.runnables import Runnable

_QUESTION = "How many legs have 3 owls and 2 dogs? Call `legs` with the numbers of owls and dogs."
_TOOL = {
    "type": "function",
    "function": {
        "name": "legs",
        "description": "Counts legs.",
        "parameters": {
            "type": "object",
            "properties": {"owls": {"type": "integer"}, "dogs": {"type": "integer"}},
            "required": ["owls", "dogs"],
        },
    },
}
_FORM = {
    "type": "json_schema",
    "json_schema": {
        "name": "animals",
        "schema": {
            "type": "object",
            "properties": {"owls": {"type": "integer"}, "dogs": {"type": "integer"}},
            "required": ["owls", "dogs"],
        },
    },
}
#: where servers say how many tokens fit: vLLM, LiteLLM and others, llama-server
_CONTEXT_FIELDS = ("max_model_len", "context_length", "context_window", "max_context_length", "n_ctx", "n_ctx_train")


def examine_model(settings: Settings, clock: Callable[[], float] = time.perf_counter) -> Iterator[Check]:
    """The checks of every model that the settings name, each with real calls."""
    for spec in chain(settings.model):
        if spec == OFFLINE:
            yield Check("model offline", "good", "no model is needed")
            continue
        try:
            chat = make_chat(settings, spec)
        except AlmanacError as error:
            yield Check(f"model {spec}", "broken", str(error))
            continue
        yield from _Probe(chat, clock).checks()


@dataclass
class _Probe:
    """Asks one model."""

    chat: Chat
    clock: Callable[[], float]
    _seconds: float = field(default=0.0, init=False)

    def checks(self) -> Iterator[Check]:
        called, problem = self._asked(self._with_tool(forced=True))
        if called is None:
            called, problem = self._asked(self._with_tool(forced=False))
        if called is None:
            yield Check(f"model {self.chat.spec}", "broken", problem)
            return
        usage = called.usage_metadata
        tokens = f", {usage['input_tokens']} tokens in, {usage['output_tokens']} out" if usage else ""
        yield Check(f"model {self.chat.spec}", "good", f"answered in {self._seconds:.2f} s{tokens}")
        yield self._tool_calling(called)
        yield self._form()
        yield self._context()

    def _with_tool(self, *, forced: bool) -> "Runnable[Any, AIMessage]":
        return self.chat.model.bind_tools([_TOOL], tool_choice="any" if forced else None)

    def _asked(self, model: "Runnable[Any, AIMessage]") -> tuple["AIMessage | None", str]:
        """The reply and how long it took, or why there is none."""
        from agent.failures import FOREIGN

        started = self.clock()
        try:
            reply = model.invoke(_QUESTION)
        except AlmanacError as error:
            return None, str(error)
        except FOREIGN as error:
            return None, str(self.chat.told.unavailable(error)) if self.chat.told else str(error)
        self._seconds = self.clock() - started
        return reply, ""

    def _tool_calling(self, reply: "AIMessage") -> Check:
        calls = [call for call in reply.tool_calls if call["name"] == "legs"]
        if calls:
            right = calls[0]["args"] == {"owls": 3, "dogs": 2}
            return Check(
                "tool calling", "good", "calls tools" if right else f"calls tools, wrongly: {calls[0]['args']}"
            )
        cure = "start the server with tool calling (vLLM: --enable-auto-tool-choice, llama-server: --jinja)"
        return Check("tool calling", "missing", "it does not call tools; most answers will be by rules", cure)

    def _form(self) -> Check:
        reply, problem = self._asked(self.chat.model.bind(response_format=_FORM, stream=False))
        if reply is None:
            return Check("structured output", "missing", f"refused: {problem} The answer is a tool call instead.")
        try:
            given = json.loads(reply.text)
        except ValueError:
            given = None
        if isinstance(given, dict) and {"owls", "dogs"} <= set(given):
            return Check("structured output", "good", "answers in a given form")
        return Check("structured output", "missing", "not in the form asked for; the answer is a tool call instead")

    def _context(self) -> Check:
        tokens = self.chat.context or self._context_of_server()
        if tokens:
            return Check("context", "good", f"{tokens:,} tokens")
        cure = "set ALMANAC_CONTEXT_TOKENS, or let it be found out when the server refuses a question"
        return Check("context", "missing", "the server does not say how many tokens fit", cure)

    def _context_of_server(self) -> int | None:
        """What the server's list of models says."""
        from agent.failures import FOREIGN

        client = getattr(self.chat.model, "root_client", None)
        if client is None:
            return None
        try:
            listed = [model.model_dump() for model in client.models.list().data]
        except FOREIGN:
            return None
        name = self.chat.spec.partition(":")[2]
        named = [model for model in listed if model.get("id") == name] or listed[:1]
        for model in named:
            told = model | (model.get("meta") or {})
            sizes = [told[field] for field in _CONTEXT_FIELDS if isinstance(told.get(field), int)]
            if sizes:
                return int(sizes[0])
        return None
