"""The prompt on a terminal: several lines, completion, history, $EDITOR."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prompt_toolkit import PromptSession
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.styles import Style

from agent.chat.completion import ChatCompleter

if TYPE_CHECKING:
    from agent.chat.opening import Opening

_STYLE = Style.from_dict(
    {
        "prompt": "bold ansicyan",
        "bottom-toolbar": "noreverse",
        "bottom-toolbar.text": "ansibrightblack",
        "completion-menu": "noinherit",
        "completion-menu.meta": "noinherit",
        "completion-menu.completion.current": "noinherit reverse",
        "completion-menu.meta.completion": "noinherit ansibrightblack",
        "completion-menu.meta.completion.current": "noinherit reverse",
    }
)


class TerminalReader:
    """Reads with prompt_toolkit; the store is opened once the first prompt is on the screen."""

    def __init__(self, opening: "Opening", history: Path, **terminal: Any) -> None:
        self._opening = opening
        self._begun = False
        self._session: PromptSession[str] = PromptSession(
            FormattedText([("class:prompt", "› ")]),
            multiline=True,
            prompt_continuation="  ",
            completer=ChatCompleter(opening),
            complete_while_typing=True,
            complete_in_thread=True,
            reserve_space_for_menu=6,
            history=_history(history),
            key_bindings=_keys(),
            bottom_toolbar=self._toolbar,
            enable_open_in_editor=True,
            style=_STYLE,
            **terminal,
        )

    def read(self, proposed: str = "") -> str:
        """Raises EOFError on Ctrl-D, KeyboardInterrupt on Ctrl-C in an empty line."""
        return self._session.prompt(default=proposed, pre_run=self._first_time(self._opening.begin))

    def _first_time(self, begin: Callable[[], None]) -> Callable[[], None] | None:
        if self._begun:
            return None
        self._begun = True

        def after_the_first_screen() -> None:
            app = self._session.app

            def once(_: object) -> None:
                app.after_render.remove_handler(once)
                begin()

            app.after_render.add_handler(once)

        return after_the_first_screen

    def _toolbar(self) -> FormattedText:
        model = self._opening.settings.model
        return FormattedText([("", f"{model} · Alt-Enter new line · Tab completes · /help")])


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.validate_and_handle()

    @keys.add("escape", "enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    @keys.add("c-c")
    def _(event: KeyPressEvent) -> None:
        if event.current_buffer.text:
            event.current_buffer.reset()
        else:
            event.app.exit(exception=KeyboardInterrupt(), style="class:aborting")

    return keys


def _history(file: Path) -> History:
    """What was typed before, in a file that only its owner reads; none where there can be no such file."""
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        return FileHistory(str(file))
    return InMemoryHistory()
