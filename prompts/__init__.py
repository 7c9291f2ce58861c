"""Prompts as files, rendered strictly: a variable that is missing, or that no prompt asks for, is an error."""

import re
from functools import lru_cache
from pathlib import Path

_FOLDER = Path(__file__).parent
_VARIABLE = re.compile(r"\{\{(\w+)\}\}")


class PromptError(Exception):
    """A prompt was rendered with other variables than it has."""


def render(name: str, **values: str) -> str:
    """The prompt `prompts/<name>.md` with each `{{variable}}` replaced; what is put in is never read as a variable."""
    text = _text(name)
    wanted = set(_VARIABLE.findall(text))
    if wanted != set(values):
        missing, unknown = sorted(wanted - set(values)), sorted(set(values) - wanted)
        raise PromptError(f"prompt {name!r}: missing {missing}, unknown {unknown}")
    return _VARIABLE.sub(lambda match: values[match[1]], text).strip()


def names() -> list[str]:
    """Every prompt there is."""
    return sorted(path.stem for path in _FOLDER.glob("*.md"))


def variables(name: str) -> set[str]:
    """What a prompt wants."""
    return set(_VARIABLE.findall(_text(name)))


@lru_cache
def _text(name: str) -> str:
    path = _FOLDER / f"{name}.md"
    if not path.is_file():
        raise PromptError(f"there is no prompt {name!r}; there are: {', '.join(names())}")
    return path.read_text(encoding="utf-8")
