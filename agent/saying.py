"""Pieces of an answer's text while it is still being written: each whole statement, checked as it will be shown."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import AIMessageChunk
from langchain_core.utils.json import parse_partial_json
from pydantic import ValidationError

from agent.composing import Composer
from agent.events import Event, Restarted, Said
from agent.final import NAME, Statement
from agent.run import Run


@dataclass
class _Writing:
    """One call of the final answer as it comes in."""

    id: str
    name: str = ""
    arguments: str = ""
    said: int = 0


class Saying:
    """Listens to the pieces of model calls and says every statement of a text answer once it is complete."""

    def __init__(self, run: Run, emit: Callable[[Event], None]) -> None:
        self._run = run
        self._emit = emit
        self._writing: dict[int, _Writing] = {}
        self._message: str | None = None
        self._has_said = False

    def hear(self, chunk: AIMessageChunk) -> None:
        """Take in a piece of a reply."""
        if chunk.id != self._message:
            self._message, self._writing = chunk.id, {}
        for piece in chunk.tool_call_chunks:
            index = piece.get("index")
            writing = self._writing.setdefault(index if isinstance(index, int) else 0, _Writing(chunk.id or ""))
            writing.name += piece.get("name") or ""
            writing.arguments += piece.get("args") or ""
            if writing.name == NAME:
                self._say(writing, ended=False)

    def _say(self, writing: _Writing, *, ended: bool) -> None:
        statements = _complete(writing.arguments, ended)
        if len(statements) <= writing.said:
            return
        composer = Composer(self._run.tools.snapshot.catalog, self._run.ledger, self._run.question)
        claims = [composer.claims.check(statement) for statement in statements]
        for claim in claims[writing.said :]:
            if claim:
                if self._has_said and writing.said == 0:
                    self._emit(Restarted(reason="the answer is written anew"))
                self._has_said = True
                self._emit(Said(text=claim.marked))
        writing.said = len(statements)


def _complete(arguments: str, ended: bool) -> list[Statement]:
    """The statements of a text answer that are written to their end: all but the last one."""
    try:
        given: Any = parse_partial_json(arguments)
    except ValueError:
        return []
    if not isinstance(given, dict) or given.get("kind") != "text" or not isinstance(given.get("statements"), list):
        return []
    written = given["statements"] if ended or _closed(arguments) else given["statements"][:-1]
    try:
        return [Statement.model_validate({"text": one} if isinstance(one, str) else one) for one in written]
    except ValidationError:
        return []


def _closed(arguments: str) -> bool:
    """Whether nothing is left open."""
    return arguments.rstrip().endswith("}") and arguments.count("{") == arguments.count("}")
