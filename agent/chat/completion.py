"""What Tab completes in a chat: commands, their arguments, and names of the catalogue within questions."""

import re
from collections.abc import Callable, Iterable, Iterator

from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document

from agent.chat.commands import COMMANDS, Command
from agent.chat.opening import Opening
from agent.layout import inert
from catalog.errors import AlmanacError

_TYPED = re.compile(r"[^\s\"'“”‘’()\[\],;?!]*$")
#: what is typed like this is a name; in other words of a question only Tab asks for names
_LIKE_A_NAME = re.compile(r".*[\d/_-]")
_SHORTEST_UNASKED = 3
_MODELS = ("offline", "openai:", "local:smollm2", "local:")


class ChatCompleter(Completer):
    """Completes from the store: as one types once it is open; on Tab it waits for that, in a thread of its own."""

    def __init__(self, opening: Opening) -> None:
        self._opening = opening
        self._paths = PathCompleter(expanduser=True)
        self._by_kind: dict[str, Callable[[Document, CompleteEvent], Iterable[Completion]]] = {
            "": lambda *_: (),
            "asset": lambda document, event: self._names(_typed(document), event),
            "command": lambda document, _: _commands(document.text_before_cursor.rpartition(" ")[2]),
            "model": lambda document, _: _models(_typed(document)),
            "path": self._below,
        }

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        """prompt_toolkit asks in a thread of its own; what comes late is for nothing and disturbs nobody."""
        text = document.text_before_cursor
        if text.startswith("/"):
            name, space, _ = text[1:].partition(" ")
            command = next((one for one in COMMANDS if one.name == name), None) if space else None
            found = _commands(text[1:]) if not space else self._argument(command, document, complete_event)
            yield from found
            return
        typed = _typed(document)
        if complete_event.completion_requested or (len(typed) >= _SHORTEST_UNASKED and _LIKE_A_NAME.match(typed)):
            yield from self._names(typed, complete_event)

    def _argument(self, command: Command | None, document: Document, event: CompleteEvent) -> Iterable[Completion]:
        return self._by_kind[command.completes](document, event) if command else ()

    def _names(self, typed: str, event: CompleteEvent) -> Iterator[Completion]:
        if self._opening.known is None and not event.completion_requested:
            return
        from agent.chat.names import beginning  # the store is open, so what this imports is there

        try:
            snapshot = self._opening.known or self._opening.almanac().snapshot
            found = beginning(snapshot.catalog, typed)
        except AlmanacError:  # there is no store, or no longer this generation; the next question says which
            return
        for kind, id_ in found:
            if inert(id_) == id_:
                yield Completion(id_, start_position=-len(typed), display_meta=kind)

    def _below(self, document: Document, event: CompleteEvent) -> Iterable[Completion]:
        argument = document.text_before_cursor.partition(" ")[2]
        return self._paths.get_completions(Document(argument), event)


def _typed(document: Document) -> str:
    """The word before the cursor, without quotes and brackets around it."""
    match = _TYPED.search(document.current_line_before_cursor)
    return match.group() if match else ""


def _commands(typed: str) -> Iterator[Completion]:
    wanted = typed.removeprefix("/")
    for command in COMMANDS:
        if command.name.startswith(wanted):
            shown = f"/{command.name} {command.arguments}".strip()
            yield Completion(command.name, start_position=-len(wanted), display=shown, display_meta=command.help)


def _models(typed: str) -> Iterator[Completion]:
    for spec in _MODELS:
        if spec.startswith(typed):
            yield Completion(spec, start_position=-len(typed))
