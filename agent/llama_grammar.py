"""Grammars (GBNF of llama.cpp) under which a model can write nothing but valid tool calls, from JSON schemas.

Strings, lists and numbers are bounded, so that every call comes to its end, and keys stand in the order of the schema.
What a grammar cannot hold (`pattern`, `minimum`, `uniqueItems`) is left to the tool, which says what is wrong.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Schema = Mapping[str, Any]

_LONGEST_STRING, _MOST_ITEMS = 400, 12
_DEPTH_OF_ANYTHING = 2
_CHAR = r'[^"\\\x00-\x1F\x7F] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{4})'
_INTEGER = '"-"? ("0" | [1-9] [0-9]{0,14})'
_SCALARS = {
    "integer": _INTEGER,
    "number": f'{_INTEGER} ("." [0-9]{{1,9}})?',
    "boolean": '"true" | "false"',
    "null": '"null"',
}


@dataclass
class Grammar:
    """Rules under construction; `text` is the grammar."""

    rules: dict[str, str] = field(default_factory=dict)
    definitions: dict[str, Schema] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return "\n".join(f"{name} ::= {body}" for name, body in self.rules.items()) + "\n"

    def rule(self, name: str, body: str) -> str:
        """Add a rule and return its name; a name taken by another body gets a number."""
        base = name = re.sub(r"[^a-zA-Z0-9]+", "-", name).strip("-") or "rule"
        number = 1
        while self.rules.get(name, body) != body:
            number += 1
            name = f"{base}-{number}"
        self.rules[name] = body
        return name

    def value(self, schema: Schema, name: str) -> str:
        """The name of a rule for one value of a JSON schema."""
        return self.rule(name, self._body(schema, name))

    def define(self, schema: Schema) -> None:
        """Make what a schema defines known to its references."""
        for key in ("$defs", "definitions"):
            self.definitions |= {f"#/{key}/{name}": body for name, body in schema.get(key, {}).items()}

    def _body(self, schema: Schema, name: str) -> str:
        if "$ref" in schema:
            return self._reference(schema["$ref"])
        if "const" in schema:
            return literal(json.dumps(schema["const"], ensure_ascii=False))
        if "enum" in schema:
            return " | ".join(literal(json.dumps(value, ensure_ascii=False)) for value in schema["enum"])
        for key in ("anyOf", "oneOf"):
            if key in schema:
                return " | ".join(self.value(each, f"{name}-{n}") for n, each in enumerate(schema[key]))
        if "allOf" in schema:
            return self._body(self._merged(schema["allOf"]), name)
        kind = schema.get("type") or ("object" if "properties" in schema else "array" if "items" in schema else None)
        if isinstance(kind, list):
            return " | ".join(self.value({**schema, "type": each}, f"{name}-{each}") for each in kind)
        return self._of_type(kind, schema, name)

    def _of_type(self, kind: str | None, schema: Schema, name: str) -> str:
        if kind == "object":
            return self._object(schema, name)
        if kind == "array":
            return self._array(schema, name)
        if kind == "string":
            least, most = schema.get("minLength", 0), schema.get("maxLength", _LONGEST_STRING)
            return rf'"\"" {self.rule("char", _CHAR)}{{{least},{max(least, most)}}} "\""'
        if kind in _SCALARS:
            return self.rule(kind, _SCALARS[kind])
        return self._anything(_DEPTH_OF_ANYTHING)

    def _reference(self, reference: str) -> str:
        name = re.sub(r"[^a-zA-Z0-9]+", "-", f"ref{reference}")
        if name not in self.rules:
            self.rules[name] = ""  # taken, so that a schema may refer to itself
            self.rules[name] = self._body(self.definitions[reference], name)
        return name

    def _merged(self, schemas: Iterable[Schema]) -> Schema:
        """Several schemas that hold together as one."""
        merged: dict[str, Any] = {}
        for schema in schemas:
            whole = self.definitions[schema["$ref"]] if "$ref" in schema else schema
            properties = {**merged.get("properties", {}), **whole.get("properties", {})}
            required = [*merged.get("required", []), *whole.get("required", [])]
            merged |= whole
            if properties:
                merged |= {"properties": properties, "required": required}
        return merged

    def _array(self, schema: Schema, name: str) -> str:
        if schema.get("prefixItems"):
            items = [self.value(item, f"{name}-{n}") for n, item in enumerate(schema["prefixItems"])]
            return f'"[" {_joined(items)} "]"'
        item = self.value(schema.get("items") or {}, f"{name}-item")
        least = schema.get("minItems", 0)
        more = max(least, schema.get("maxItems", _MOST_ITEMS)) - 1
        if more < 0:
            return '"[]"'
        listed = f'{item} (", " {item}){{{max(0, least - 1)},{more}}}'
        return f'"[" {listed} "]"' if least else f'"[" ({listed})? "]"'

    def _object(self, schema: Schema, name: str) -> str:
        """An object with its properties in order; an optional one may be left out."""
        properties, required = schema.get("properties") or {}, set(schema.get("required", ()))
        if not properties:
            return self._map(schema, name)
        members = [
            (
                f"{literal(json.dumps(key, ensure_ascii=False) + ': ')} {self.value(each, f'{name}-{key}')}",
                key in required,
            )
            for key, each in properties.items()
        ]
        return f'"{{" {self._members(members, name)} "}}"'

    def _members(self, members: Sequence[tuple[str, bool]], name: str) -> str:
        """`first` and `later` are what may come from a member on: nothing was written yet, or something was."""
        first, later = '""', '""'
        for number, (member, needed) in reversed(list(enumerate(members))):
            after = later
            now = f"{member} {after}" if needed else f"{member} {after} | {first}"
            then = f'", " {member} {after}' if needed else f'", " {member} {after} | {after}'
            first = self.rule(f"{name}-from-{number}", now)
            later = self.rule(f"{name}-then-{number}", then)
        return first

    def _map(self, schema: Schema, name: str) -> str:
        """An object with keys of any name."""
        wanted = schema.get("additionalProperties")
        if wanted is False:
            return '"{}"'
        value = self.value(wanted, f"{name}-value") if isinstance(wanted, Mapping) else self.value({}, f"{name}-value")
        key = rf'"\"" {self.rule("char", _CHAR)}{{1,60}} "\": " {value}'
        return f'"{{" ({key} (", " {key}){{0,{_MOST_ITEMS - 1}}})? "}}"'

    def _anything(self, depth: int) -> str:
        """Any JSON value, nested at most `depth` deep."""
        simple = [self._of_type(kind, {}, kind) for kind in ("string", "number", "boolean", "null")]
        if depth == 0:
            return " | ".join(simple)
        inner = self.rule(f"any-{depth}", self._anything(depth - 1))
        key = rf'"\"" {self.rule("char", _CHAR)}{{1,60}} "\": " {inner}'
        listed = f'"[" ({inner} (", " {inner}){{0,{_MOST_ITEMS - 1}}})? "]"'
        return " | ".join([*simple, listed, f'"{{" ({key} (", " {key}){{0,{_MOST_ITEMS - 1}}})? "}}"'])


def literal(text: str) -> str:
    """A text as it stands, in GBNF."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


def _joined(rules: Sequence[str]) -> str:
    return ' ", " '.join(rules)
