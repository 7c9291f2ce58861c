"""Calling a tool by its name with arguments as JSON: their schemas come from the functions' own signatures."""

import inspect
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, get_type_hints

from pydantic import BaseModel, ValidationError, create_model

from agent.tools.found import Found
from agent.tools.toolbox import NAMES, Tools
from catalog.errors import ToolError

_SHOWN = 4


def call(tools: Tools, name: str, arguments: Mapping[str, Any]) -> Found:
    """The result of a tool. Raises ToolError where there is none of that name, or the arguments are wrong."""
    if name not in NAMES:
        raise ToolError(f"no tool {name!r}. Tools are: {', '.join(NAMES)}.")
    schema = arguments_of(name)
    try:
        given = schema.model_validate(dict(arguments))
    except ValidationError as error:
        known = ", ".join(schema.model_fields)
        raise ToolError(f"{name}: {problems(error)}. Its arguments are: {known}.") from error
    function = getattr(tools, name)
    found: Found = function(given) if _takes_record(name) else function(**dict(given))
    return found


@lru_cache
def arguments_of(name: str) -> type[BaseModel]:
    """The arguments of a tool; where its function takes one record, the fields of that."""
    hints, signature = _signature(name)
    if _takes_record(name):
        record: type[BaseModel] = next(iter(hints.values()))
        return record
    fields = {
        parameter.name: (
            hints[parameter.name],
            ... if parameter.default is parameter.empty else parameter.default,
        )
        for parameter in signature
    }
    made: type[BaseModel] = create_model(name, __config__={"extra": "forbid"}, **fields)  # type: ignore[call-overload]
    return made


def description(name: str) -> str:
    """What a model reads of a tool."""
    return inspect.getdoc(getattr(Tools, name)) or ""


def schema(name: str) -> dict[str, Any]:
    """The JSON schema of a tool's arguments, without titles and other words that say nothing."""
    slim: dict[str, Any] = _slim(arguments_of(name).model_json_schema())
    return slim


def problems(error: ValidationError) -> str:
    """What is wrong with arguments, one phrase each."""
    told = [f"{'.'.join(map(str, e['loc'])) or 'arguments'}: {e['msg'].lower()}" for e in error.errors()[:_SHOWN]]
    return "; ".join(told)


def _takes_record(name: str) -> bool:
    hints, signature = _signature(name)
    if len(signature) != 1:
        return False
    kind = hints[signature[0].name]
    return isinstance(kind, type) and issubclass(kind, BaseModel)


@lru_cache
def _signature(name: str) -> tuple[dict[str, Any], tuple[inspect.Parameter, ...]]:
    function = getattr(Tools, name)
    hints = {key: hint for key, hint in get_type_hints(function, include_extras=True).items() if key != "return"}
    return hints, tuple(inspect.signature(function).parameters.values())[1:]


def _slim(schema: Any, *, naming: bool = False) -> Any:
    """Without titles, defaults that are empty, and `anyOf` with null; `naming`: the keys are names of properties."""
    if isinstance(schema, list):
        return [_slim(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if naming:
        return {name: _slim(part) for name, part in schema.items()}
    kept = {key: part for key, part in schema.items() if key not in ("title", "default", "additionalProperties")}
    options = [part for part in kept.pop("anyOf", []) if part != {"type": "null"}]
    if len(options) == 1:
        kept |= options[0]
    elif options:
        kept["anyOf"] = options
    kept.pop("title", None)
    return {key: _slim(part, naming=key in ("properties", "$defs")) for key, part in kept.items()}
