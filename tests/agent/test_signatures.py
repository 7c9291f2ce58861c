"""Tools as signatures: short, and with everything that a model must know to call them."""

from typing import Any

import pytest

from agent.signatures import with_signatures


def signature(parameters: dict[str, Any]) -> str:
    (tool,) = with_signatures([{"type": "function", "function": {"name": "find", "parameters": parameters}}])
    assert tool["function"]["parameters"] == {"type": "object", "properties": {}}
    return str(tool["function"]["description"])


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        ({"type": "string"}, "string"),
        ({"type": "integer"}, "number"),
        ({"enum": [">", "<"]}, '">"|"<"'),
        ({"type": "array", "items": {"type": "string"}}, "string[]"),
        ({"type": "array", "items": {"enum": ["a", "b"]}}, '("a"|"b")[]'),
        ({"anyOf": [{"type": "string"}, {"type": "null"}], "default": None}, "string"),
        ({"type": ["string", "number"]}, "string|number"),
        ({"properties": {"any_of": {"type": "string"}}, "required": ["any_of"]}, "{any_of: string}"),
        ({"$ref": "#/$defs/Node"}, "{next?: object}"),
        ({}, "any"),
    ],
)
def test_each_kind_is_told_shortly(schema: dict[str, Any], told: str) -> None:
    node = {"properties": {"next": {"$ref": "#/$defs/Node"}}}
    assert signature({"properties": {"x": schema}, "$defs": {"Node": node}}) == f"find(x?: {told})"


def test_what_is_needed_and_what_is_said_of_it_is_told() -> None:
    properties = {"name": {"type": "string", "description": "as people write it"}, "top": {"type": "integer"}}
    told = signature({"properties": properties, "required": ["name"]})
    assert told == "find(name: string /* as people write it */, top?: number)"


def test_the_description_comes_first() -> None:
    (tool,) = with_signatures([{"type": "function", "function": {"name": "stats", "description": "Counts.\n"}}])
    assert tool["function"]["description"] == "Counts.\nstats()"


def test_a_shape_that_comes_again_is_told_once() -> None:
    names = {"type": "array", "items": {"type": "string"}}
    one_of = {
        "properties": {"any_of": names, "none_of": names, "all_of": names},
        "description": "any_of: one is enough",
    }
    function = {"name": "find", "parameters": {"properties": {"language": one_of, "task": one_of}}}
    first, second = with_signatures([{"function": function}, {"function": {**function, "name": "count"}}])
    assert first["function"]["description"].splitlines() == [
        "type T1 = {any_of?: string[], none_of?: string[], all_of?: string[]}",
        "find(language?: T1 /* any_of: one is enough */, task?: T1)",
    ]
    assert second["function"]["description"] == "count(language?: T1 /* any_of: one is enough */, task?: T1)"
