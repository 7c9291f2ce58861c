"""Look-ups in words: what is being done, with which filters, and what came of it."""

from collections.abc import Mapping
from typing import Any

from agent.answer import ToolCall

#: look-up → (what is being done, what came of it where it is one thing, where it is more or none)
_DOING = {
    "find_models": ("looking for models", "1 model matches", "{} models match"),
    "find_datasets": ("looking for datasets", "1 dataset matches", "{} datasets match"),
    "count": ("counting", "1 matches", "{} match"),
    "get_assets": ("reading facts", "1 fact", "{} facts"),
    "compare": ("comparing", "1 fact", "{} facts"),
    "lineage": ("following the lineage", "1 step", "{} steps"),
    "rank_results": ("ranking results", "1 result", "{} results"),
    "search_passages": ("searching the cards", "1 passage", "{} passages"),
    "read_card": ("reading a card", "1 line", "{} lines"),
    "resolve_name": ("resolving names", "1 candidate", "{} candidates"),
}


def doing(name: str) -> str:
    """`looking for models…`."""
    return f"{_DOING[name][0] if name in _DOING else name}…"


def came_of(call: ToolCall) -> str:
    """`43 models match`."""
    _, one, several = _DOING.get(call.name, ("", "1 found", "{} found"))
    return one if call.total == 1 else several.format(f"{call.total:,}")


def filters(arguments: Mapping[str, Any]) -> str:
    """Arguments without the marks of JSON: `trained_on squad_v2, role finetune · license mit`."""
    return " · ".join(f"{name} {_told(value)}" for name, value in arguments.items())


def _told(value: Any) -> str:
    if isinstance(value, Mapping):
        named = ((name, _told(part)) for name, part in value.items())
        return ", ".join(told if name == "any_of" else f"{name} {told}" for name, told in named)
    if isinstance(value, list | tuple):
        return " or ".join(map(_told, value))
    return str(value)
