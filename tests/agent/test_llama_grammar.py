"""Grammars of tool calls: whatever a model writes under one is valid JSON of the schema."""

import json
import random
import re
from typing import Any

import pytest

from agent.llama_grammar import Grammar
from agent.llama_tools import calls_grammar, format_of


class Writer:
    """Writes at random what a grammar allows: a small reader of GBNF, enough for the grammars that we make."""

    _TOKEN = re.compile(r'\s*("(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]|\{\d+(?:,\d+)?\}|[()|?*]|[\w-]+)')

    def __init__(self, grammar: str, seed: int) -> None:
        self.rules = dict(line.split(" ::= ", 1) for line in grammar.strip().splitlines())
        self.random = random.Random(seed)

    def write(self, rule: str = "root") -> str:
        tokens = self._TOKEN.findall(self.rules[rule])
        text, rest = self._either(tokens)
        assert not rest
        return text

    def _either(self, tokens: list[str]) -> tuple[str, list[str]]:
        options = []
        while True:
            text, tokens = self._sequence(tokens)
            options.append(text)
            if tokens[:1] != ["|"]:
                return self.random.choice(options), tokens
            tokens = tokens[1:]

    def _sequence(self, tokens: list[str]) -> tuple[str, list[str]]:
        text = ""
        while tokens and tokens[0] not in ("|", ")"):
            before = list(tokens)
            one, tokens = self._one(tokens)
            if tokens and tokens[0][0] in "?*{":
                least, most = _times(tokens.pop(0))
                one = "".join(self._one(before)[0] for _ in range(self.random.randint(least, min(most, least + 3))))
            text += one
        return text, tokens

    def _one(self, tokens: list[str]) -> tuple[str, list[str]]:
        token, rest = tokens[0], tokens[1:]
        if token == "(":
            text, rest = self._either(rest)
            return text, rest[1:]
        if token.startswith('"'):
            return re.sub(r"\\(.)", lambda m: {"n": "\n", "r": "\r"}.get(m[1], m[1]), token[1:-1]), rest
        if token.startswith("["):
            return self._character(token), rest
        return self.write(token), rest

    def _character(self, token: str) -> str:
        allowed = re.compile(token)
        return self.random.choice([c for c in 'abcé 019-{}[],:"\\\n<Fxu/' if allowed.fullmatch(c)] or ["a"])


def _times(token: str) -> tuple[int, int]:
    """How often `?`, `*`, `{4}` and `{0,9}` let something stand."""
    bounds = {"?": [0, 1], "*": [0, 4]}.get(token) or [int(bound) for bound in re.findall(r"\d+", token)]
    return bounds[0], bounds[-1]


def written(schema: dict[str, Any]) -> list[Any]:
    """Many random values under the grammar of a schema."""
    grammar = Grammar()
    grammar.define(schema)
    root = grammar.value(schema, "root-value")
    return [json.loads(Writer(grammar.text, seed).write(root)) for seed in range(60)]


def test_required_keys_are_always_there_and_optional_ones_sometimes() -> None:
    properties = {"a": {"type": "integer"}, "b": {"type": "string"}, "c": {"type": "boolean"}}
    values = written({"type": "object", "properties": properties, "required": ["b"]})
    assert all("b" in value for value in values)
    assert {("a" in value, "c" in value) for value in values} == {(x, y) for x in (True, False) for y in (True, False)}
    assert all(isinstance(value.get("a", 0), int) and isinstance(value["b"], str) for value in values)


def test_only_listed_values_of_an_enum() -> None:
    values = written({"enum": ["a", 'say "b"', 3, None]})
    assert {json.dumps(value) for value in values} == {'"a"', '"say \\"b\\""', "3", "null"}


def test_lists_and_strings_have_their_bounds() -> None:
    values = written({"type": "array", "items": {"type": "string", "maxLength": 2}, "minItems": 1, "maxItems": 2})
    assert {len(value) for value in values} == {1, 2}
    assert max(len(item) for value in values for item in value) <= 2


def test_a_reference_and_a_union_are_followed() -> None:
    schema = {
        "$defs": {"Point": {"type": "object", "properties": {"x": {"type": "number"}}, "required": ["x"]}},
        "type": "object",
        "properties": {"at": {"anyOf": [{"$ref": "#/$defs/Point"}, {"type": "null"}]}},
        "required": ["at"],
    }
    values = [value["at"] for value in written(schema)]
    assert None in values
    assert all(value is None or set(value) == {"x"} for value in values)


def test_maps_and_unknown_values_are_json() -> None:
    values = written({"type": "object", "additionalProperties": {"type": "number"}})
    assert all(isinstance(each, int | float) for value in values for each in value.values())
    assert {type(value) for value in written({})} >= {str, bool, list, dict}


def test_what_holds_together_is_merged() -> None:
    schema = {
        "$defs": {"A": {"type": "object", "properties": {"a": {"const": 1}}, "required": ["a"]}},
        "allOf": [{"$ref": "#/$defs/A"}, {"properties": {"b": {"const": 2}}, "required": ["b"]}],
    }
    assert written(schema) == [{"a": 1, "b": 2}] * 60


TOOLS = [
    {"type": "function", "function": {"name": "find", "parameters": {"properties": {"n": {"type": "integer"}}}}},
    {"type": "function", "function": {"name": "stats", "parameters": {"type": "object", "properties": {}}}},
]


@pytest.mark.parametrize("marker", ["", "<tool_call>", "[TOOL_CALLS]", "<|python_tag|>"])
def test_calls_of_each_format_are_read_as_they_were_written(marker: str) -> None:
    form = format_of(marker)
    grammar = calls_grammar(TOOLS, form, words=False, several=True)
    counts = set()
    for seed in range(60):
        words, calls, rest = form.read(Writer(grammar, seed).write())
        assert (words, rest) == ("", "")
        assert {name for name, _ in calls} <= {"find", "stats"}
        assert all(not given or list(given) == ["n"] for _, given in calls)
        assert form.read(form.written(calls)) == ("", calls, "")
        counts.add(len(calls))
    assert counts == ({1, 2, 3, 4} if form.several else {1})


def test_one_call_only_where_several_are_not_wanted() -> None:
    form = format_of("")
    grammar = calls_grammar(TOOLS, form, words=False, several=False)
    assert {len(form.read(Writer(grammar, seed).write())[1]) for seed in range(40)} == {1}


@pytest.mark.parametrize("marker", ["", "[TOOL_CALLS]", "<|python_tag|>"])
def test_words_are_told_from_calls_by_their_beginning(marker: str) -> None:
    form = format_of(marker)
    grammar = calls_grammar(TOOLS, form, words=True, several=True)
    messages = [form.read(Writer(grammar, seed).write()) for seed in range(40)]
    assert {bool(calls) for _, calls, _ in messages} == {True, False}
    assert all(bool(words) != bool(calls) for words, calls, _ in messages)


def test_a_call_that_was_cut_off_is_left_over() -> None:
    form = format_of("")
    text = form.written([("find", {"n": 1}), ("find", {"n": 2})])
    words, calls, rest = form.read(text[:-20])
    assert (words, calls) == ("", [("find", {"n": 1})])
    assert rest.startswith("<tool_call>")
