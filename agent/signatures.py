"""Tools as short signatures: a JSON schema takes many times the tokens, and a model on a laptop reads few a second.

`find(name: string, language?: string[] /* ISO codes */)` tells as much; valid calls are what the grammar is for.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

Schema = Mapping[str, Any]

_NUMBER = {"integer": "number"}
_COMMENT = re.compile(r" /\*.*?\*/")
_SHAPE = re.compile(r"\{[^{}]*\}")
_WORTH_A_NAME = 30


def with_signatures(tools: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Tools (OpenAI's form) whose descriptions end with their signatures, and whose schemas are left out.

    Shapes that several signatures share are named, and told once with the first tool.
    """
    signatures, named = _shared([_signature(tool["function"]) for tool in tools])
    types = "".join(f"type {name} = {shape}\n" for name, shape in named.items())
    told = []
    for number, (tool, signature) in enumerate(zip(tools, signatures, strict=True)):
        said = f"{tool['function'].get('description', '').strip()}\n{'' if number else types}{signature}".strip()
        function = {**tool["function"], "description": said, "parameters": {"type": "object", "properties": {}}}
        told.append({"type": "function", "function": function})
    return told


def _shared(signatures: list[str]) -> tuple[list[str], dict[str, str]]:
    """The signatures with names for the shapes that come again, innermost first, and what the names stand for."""
    named: dict[str, str] = {}
    while True:
        found = Counter(shape for text in signatures for shape in _SHAPE.findall(text) if len(shape) > _WORTH_A_NAME)
        again = [shape for shape, times in found.items() if times > 1]
        if not again:
            return signatures, named
        for shape in again:
            name = f"T{len(named) + 1}"
            named[name] = shape
            signatures = [text.replace(shape, name) for text in signatures]


def _signature(function: Mapping[str, Any]) -> str:
    schema = function.get("parameters") or {}
    told, said = f"{function['name']}({_properties(schema, _definitions(schema))})", set[str]()

    def once(match: re.Match[str]) -> str:
        again = match[0] in said
        said.add(match[0])
        return "" if again else match[0]

    return _COMMENT.sub(once, told)


def _definitions(schema: Schema) -> dict[str, Schema]:
    return {f"#/{key}/{name}": body for key in ("$defs", "definitions") for name, body in schema.get(key, {}).items()}


def _properties(schema: Schema, known: dict[str, Schema]) -> str:
    """`name: string, language?: string[] /* ISO codes */`, one after the other."""
    needed = schema.get("required", ())
    told = []
    for name, value in schema.get("properties", {}).items():
        said = value.get("description", "").strip()
        told.append(f"{name}{'' if name in needed else '?'}: {_kind(value, known)}{f' /* {said} */' if said else ''}")
    return ", ".join(told)


def _kind(schema: Schema, known: dict[str, Schema]) -> str:
    if "$ref" in schema:
        # A shape that holds itself is told once.
        rest = {name: body for name, body in known.items() if name != schema["$ref"]}
        return _kind(known[schema["$ref"]], rest) if schema["$ref"] in known else "object"
    if "const" in schema:
        return json.dumps(schema["const"], ensure_ascii=False)
    if "enum" in schema:
        return "|".join(json.dumps(value, ensure_ascii=False) for value in schema["enum"])
    for key in ("anyOf", "oneOf"):
        if key in schema:
            return "|".join(kind for each in schema[key] if (kind := _kind(each, known)) != "null")
    if "properties" in schema:
        return f"{{{_properties(schema, known)}}}"
    kind = schema.get("type", "any")
    if kind == "array":
        item = _kind(schema.get("items") or {}, known)
        return f"({item})[]" if "|" in item else f"{item}[]"
    return _NUMBER.get(kind, kind) if isinstance(kind, str) else "|".join(kind)
