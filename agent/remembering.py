"""The last answer, kept for `almanac why`: how it came about, and whether the same look-ups still find the same."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from pydantic import ValidationError

from agent.answer import Answer, ToolCall
from agent.models import OFFLINE
from catalog.errors import SourceError, ToolError
from catalog.records import Record
from catalog.settings import Settings
from catalog.snapshot import Snapshot


class Remembered(Record):
    """An answer with the conversation that it ended; `store` is what it was answered from."""

    turns: tuple[str, ...]
    store: Path
    answer: Answer


@dataclass(frozen=True)
class Replayed:
    """A look-up made again: how many it found then and now, or what is wrong with it now."""

    call: ToolCall
    now: int | None
    problem: str = ""


def place() -> Path:
    """Where the last answer is kept."""
    return Path(platformdirs.user_state_dir("almanac")) / "last_answer.json"


def remember(turns: tuple[str, ...], answer: Answer, settings: Settings) -> None:
    """Keep an answer in place of the one before, readable by its owner only; where nothing can be kept, it is not."""
    texts = tuple(turn.encode("utf-8", "replace").decode() for turn in turns)
    kept = Remembered(turns=texts, store=settings.store.absolute(), answer=answer)
    with suppress(OSError):
        place().parent.mkdir(parents=True, exist_ok=True)
        place().touch(mode=0o600)
        place().write_text(kept.model_dump_json(), encoding="utf-8")


def last() -> Remembered:
    """The last answer. Raises SourceError where there is none."""
    try:
        return Remembered.model_validate_json(place().read_text(encoding="utf-8"))
    except OSError as error:
        raise SourceError('nothing was asked yet. Ask something: almanac ask "…"') from error
    except (ValidationError, json.JSONDecodeError) as error:
        raise SourceError(f'{place()} is of another version. Ask something first: almanac ask "…"') from error


def replay(kept: Remembered, settings: Settings) -> Iterator[Replayed]:
    """Every look-up of the answer made again, without a model."""
    from agent.wiring import Almanac

    almanac = Almanac(settings.model_copy(update={"store": kept.store, "model": OFFLINE}))
    try:
        if kept.answer.model == OFFLINE:
            again = almanac.ask(*kept.turns)
            yield from (Replayed(call, again.total) for call in kept.answer.tools)
            return
        yield from (_again(almanac.snapshot, call) for call in kept.answer.tools)
    finally:
        almanac.close()


def _again(snapshot: Snapshot, call: ToolCall) -> Replayed:
    from agent.tools import Tools
    from agent.tools.calling import call as called

    try:
        return Replayed(call, called(Tools(snapshot), call.name, call.arguments).total)
    except ToolError as error:
        return Replayed(call, None, str(error))
