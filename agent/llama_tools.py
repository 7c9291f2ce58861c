"""Tool calls of local models: how each family writes them, the grammar that allows nothing else, and reading them."""

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from agent.llama_grammar import Grammar, literal

_FILE = Path(__file__).parent / "data" / "tool_formats.toml"
_MOST_CALLS = 4


@dataclass(frozen=True)
class ToolFormat:
    """How a family of models writes tool calls; the fields are those of `data/tool_formats.toml`."""

    name: str
    marker: str
    before: str = ""
    open: str = ""
    close: str = ""
    between: str = ""
    after: str = ""
    arguments: str = "arguments"
    several: bool = True

    @property
    def beginning(self) -> str:
        """What every message with calls begins with."""
        return self.before + self.open + "{"

    def written(self, calls: Sequence[tuple[str, dict[str, Any]]]) -> str:
        """Calls (name, arguments) as the model would write them."""
        bodies = [json.dumps({"name": name, self.arguments: given}, ensure_ascii=False) for name, given in calls]
        return self.before + self.between.join(self.open + body + self.close for body in bodies) + self.after

    def read(self, text: str) -> tuple[str, list[tuple[str, dict[str, Any]]], str]:
        """The words before the calls of a message, its whole calls, and what is left of a call that was cut off."""
        start = text.find(self.beginning)
        if start < 0:
            return text, [], ""
        words, rest, calls = text[:start], text[start + len(self.before) :], list[tuple[str, dict[str, Any]]]()
        while rest.startswith(self.open + "{"):
            try:
                body, end = json.JSONDecoder().raw_decode(rest, len(self.open))
            except json.JSONDecodeError:
                return words, calls, rest
            calls.append((body.get("name", ""), body.get(self.arguments) or {}))
            rest = rest[end:].removeprefix(self.close).removeprefix(self.between)
        return words, calls, ""


@lru_cache(maxsize=1)
def _formats() -> tuple[ToolFormat, ...]:
    return tuple(ToolFormat(**table) for table in tomllib.loads(_FILE.read_text(encoding="utf-8"))["format"])


def format_of(template: str) -> ToolFormat:
    """The format that a chat template speaks of."""
    return next(each for each in _formats() if each.marker in template)


def calls_grammar(tools: Sequence[dict[str, Any]], form: ToolFormat, *, words: bool, several: bool) -> str:
    """A grammar for calls of `tools` (OpenAI's form); with `words`, for a message in words as well."""
    grammar = Grammar(rules={"root": ""})
    calls = " | ".join(_call(grammar, tool["function"], form) for tool in tools)
    call = grammar.rule("call", calls)
    one = " ".join(literal(text) for text in (form.open,) if text)
    each = f"{one} {call} {literal(form.close)}".strip()
    more = f" ({literal(form.between)} {each}){{0,{_MOST_CALLS - 1}}}" if several and form.several else ""
    message = grammar.rule("calls", f"{literal(form.before)} {each}{more} {literal(form.after)}")
    grammar.rules["root"] = f"{message} | {grammar.rule('words', _not_beginning(form))}" if words else message
    return grammar.text


def _call(grammar: Grammar, function: dict[str, Any], form: ToolFormat) -> str:
    name, schema = function["name"], function.get("parameters") or {"type": "object", "properties": {}}
    grammar.define(schema)
    arguments = schema if schema.get("properties") else {"type": "object", "additionalProperties": False}
    given = grammar.value(arguments, f"arguments-{name}")
    opening = f'{{"name": {json.dumps(name)}, "{form.arguments}": '
    return grammar.rule(f"call-{name}", f'{literal(opening)} {given} "}}"')


def _not_beginning(form: ToolFormat) -> str:
    """Any text that does not begin as a call does."""
    first = form.beginning[0]
    barred = "\\" + first if first in "[]^\\" else first
    return f"[^{barred}] [^\\x00]*"
