"""A model's own chat template: messages and tools as the text that the model was trained on.

What a template can do is tried out, not guessed: whether it shows tools, calls, results and a system message. What it
cannot is told in words that it can: tools in the system message, results as messages of the user.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from agent.llama_tools import ToolFormat, format_of
from catalog.errors import SettingError

Message = dict[str, Any]

THOUGHTS, END_OF_THOUGHTS = "<think>", "</think>"
_PROBE = "Probe7f3a"
_PROBE_TOOL = {"type": "function", "function": {"name": _PROBE, "description": "", "parameters": {"type": "object"}}}
_PROBE_CALL = {"type": "function", "id": "call00001", "function": {"name": _PROBE, "arguments": {"a": "b"}}}


@dataclass(frozen=True)
class ChatTemplate:
    """A chat template (Jinja) with the model's first and last token as text; `source` names it in errors."""

    template: str
    bos: str
    eos: str
    source: str

    @cached_property
    def tool_format(self) -> ToolFormat:
        return format_of(self.template if self._shows_tools else "")

    @property
    def thinks(self) -> bool:
        """Whether the model may think before it answers."""
        return THOUGHTS in self.template

    def prompt(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]] = (), *, think: bool = True) -> str:
        """The text to continue. A model that thinks has begun to, or with `think` False has already ended."""
        native = bool(tools) and self._shows_tools
        told = list(messages) if native else self._told_in_words(messages, tools)
        told = told if self._shows_system else _system_as_user(told)
        text = self._rendered(told, list(tools) if native else None, think)
        if not self.thinks:
            return text
        begun = text.rstrip().endswith(THOUGHTS)
        if think:
            return text if begun else f"{text}{THOUGHTS}\n"
        ended = text.rstrip().endswith(END_OF_THOUGHTS)
        return text if ended else f"{text.rstrip() if begun else text + THOUGHTS}\n\n{END_OF_THOUGHTS}\n\n"

    def _told_in_words(self, messages: Sequence[Message], tools: Sequence[dict[str, Any]]) -> list[Message]:
        """The messages with tools, calls and results in words, for a template that knows none."""
        told = [_as_words(message, self.tool_format) for message in messages]
        if tools:
            told = _with_system(told, _tools_in_words(tools, self.tool_format))
        return _merged(told)

    @cached_property
    def _shows_tools(self) -> bool:
        """Whether tools, a call and its result all come through."""
        said: list[Message] = [
            {"role": "user", "content": "x"},
            {"role": "assistant", "content": "", "tool_calls": [_PROBE_CALL]},
            {"role": "tool", "name": _PROBE, "tool_call_id": "call00001", "content": f"{_PROBE}-result"},
        ]
        with_tools = self._tried(said[:1], [_PROBE_TOOL])
        whole = self._tried(said, [_PROBE_TOOL])
        without = with_tools.count(_PROBE)
        return without > 0 and f"{_PROBE}-result" in whole and whole.count(_PROBE) >= without + 2

    @cached_property
    def _shows_system(self) -> bool:
        said = [{"role": "system", "content": _PROBE}, {"role": "user", "content": "x"}]
        return _PROBE in self._tried(said)

    def _tried(self, messages: list[Message], tools: list[dict[str, Any]] | None = None) -> str:
        try:
            return self._rendered(messages, tools, True)
        except SettingError:
            return ""

    def _rendered(self, messages: list[Message], tools: list[dict[str, Any]] | None, think: bool) -> str:
        import jinja2

        try:
            rendered = self._formatter(messages=messages, tools=tools, enable_thinking=think)
        except (jinja2.TemplateError, ValueError, TypeError, KeyError) as error:
            raise SettingError(
                f"the chat template of {self.source} does not take this conversation ({error}). Use another model."
            ) from error
        return str(rendered.prompt)

    @cached_property
    def _formatter(self) -> Any:
        import jinja2
        from llama_cpp.llama_chat_format import Jinja2ChatFormatter

        try:
            return Jinja2ChatFormatter(self.template, eos_token=self.eos, bos_token=self.bos)
        except jinja2.TemplateError as error:
            raise SettingError(f"the chat template of {self.source} is broken ({error}). Use another model.") from error


def _as_words(message: Message, form: ToolFormat) -> Message:
    if message["role"] == "tool":
        return {"role": "user", "content": f"<tool_response>\n{message['content']}\n</tool_response>"}
    if not message.get("tool_calls"):
        return message
    calls = [(call["function"]["name"], call["function"]["arguments"]) for call in message["tool_calls"]]
    return {"role": message["role"], "content": message["content"] + form.written(calls)}


def _tools_in_words(tools: Sequence[dict[str, Any]], form: ToolFormat) -> str:
    from prompts import render

    listed = "\n\n".join(f"{tool['function']['description']}" for tool in tools)
    return render("local_tools", tools=listed, example=form.written([("NAME", {"KEY": "VALUE"})]))


def _with_system(messages: list[Message], text: str) -> list[Message]:
    if messages and messages[0]["role"] == "system":
        return [{"role": "system", "content": f"{messages[0]['content']}\n\n{text}"}, *messages[1:]]
    return [{"role": "system", "content": text}, *messages]


def _system_as_user(messages: list[Message]) -> list[Message]:
    return _merged([{**m, "role": "user"} if m["role"] == "system" else m for m in messages])


def _merged(messages: Sequence[Message]) -> list[Message]:
    """Neighbours of one role as one message: many templates want user and assistant in turns."""
    merged: list[Message] = []
    for message in messages:
        if merged and merged[-1]["role"] == message["role"] and not merged[-1].get("tool_calls"):
            merged[-1] = {**merged[-1], "content": f"{merged[-1]['content']}\n\n{message['content']}"}
        else:
            merged.append(dict(message))
    return merged
