"""Commands about the last answer: its sources, how it came about, what somebody thinks of it, a file of it."""

from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from agent.answer import Answer, Citation
from agent.chat.exporting import FORMATS, exported
from agent.journal import Turn, Verdict
from agent.layout import inert, linked
from agent.look_ups import came_of, filters
from agent.terminal import links_to, say
from catalog.errors import AlmanacError

if TYPE_CHECKING:
    from agent.chat.chat import Chat

_AROUND = 3
_LONGEST_LINE = 300
_MOST_LINES = 40


def sources(chat: "Chat", argument: str) -> None:
    """The cited lines of the last answer with those around them; of all sources, or of one."""
    answer = _last(chat).answer
    wanted = [c for c in answer.citations if not argument or str(c.marker) == argument.strip("[]")]
    if not wanted:
        raise AlmanacError(_no_source(argument, len(answer.citations)))
    link, catalog = links_to(chat.snapshot.roots), chat.catalog

    def draw(out: Console) -> None:
        for citation in wanted:
            place = linked(inert(citation.place), "bold", link(citation.path))
            say(out, Text.assemble((f"[{citation.marker}] ", "cyan"), place))
            text = catalog.text(citation.path)
            for line in in_context(citation, text) if text is not None else [Text("  the file is gone")]:
                say(out, line)

    chat.screen.show(draw)


def _no_source(argument: str, known: int) -> str:
    if not known:
        return "the last answer has no sources."
    return f"the last answer has no source {argument}; it has {'1 to ' if known > 1 else 'only '}{known}."


def in_context(citation: Citation, text: str) -> list[Text]:
    """Numbered lines of a file around a citation; the cited ones are marked and what is quoted stands out."""
    lines = text.split("\n")
    first = max(citation.line_start - _AROUND, 1)
    last = min(citation.line_end + _AROUND, len(lines), first + _MOST_LINES)
    wide = len(str(last))
    quoted = [inert(part).strip() for part in citation.quote.split("\n") if part.strip()]
    shown = []
    for number in range(first, last + 1):
        cited = citation.line_start <= number <= citation.line_end
        line = Text(_clipped(inert(lines[number - 1]), quoted if cited else []), style="" if cited else "dim")
        if cited:
            line.highlight_words(quoted, style="black on yellow")
        shown.append(Text.assemble(("▸ " if cited else "  ", "bold"), (f"{number:>{wide}} │ ", "dim"), line))
    return shown


def _clipped(line: str, quoted: list[str]) -> str:
    """A line of a sensible length, with the quote in it."""
    if len(line) <= _LONGEST_LINE:
        return line
    at = next((line.find(part) for part in quoted if part in line), 0)
    start = max(at - _LONGEST_LINE // 4, 0)
    return f"{'…' if start else ''}{line[start : start + _LONGEST_LINE]}…"


def why(chat: "Chat", _: str) -> None:
    """How the last question was read, what was looked up, which model answered and what that took."""
    answer = _last(chat).answer

    def draw(out: Console) -> None:
        say(out, Text(f"Understood as: {inert(answer.understood) or 'not told'}"))
        for call in answer.tools:
            given = filters(call.arguments)
            say(out, Text(inert(f"  {call.name}: {given} → {came_of(call)}, {call.seconds:.3f} s")))
        say(out, Text(inert(f"Answered by {answer.model} in {answer.seconds:.2f} s{_spent(answer)}.")))
        if answer.dropped:
            claims = "1 claim" if answer.dropped == 1 else f"{answer.dropped} claims"
            say(out, Text(f"Left out for want of evidence: {claims} of the model."))

    chat.screen.show(draw)


def _spent(answer: Answer) -> str:
    usage = answer.usage
    if not usage.input_tokens + usage.output_tokens:
        return ""
    cost = "price unknown" if usage.cost is None else f"${usage.cost:.4f}"
    return f", {usage.input_tokens:,} tokens in and {usage.output_tokens:,} out ({cost})"


def export(chat: "Chat", argument: str) -> None:
    """Write the last answer to a file whose suffix says how."""
    turn = _last(chat)
    file = Path(argument).expanduser()
    if not argument or file.suffix.lower() not in FORMATS:
        raise AlmanacError(f"name a file that ends in {', '.join(FORMATS)}: /export answer.md")
    try:
        with file.open("x", encoding="utf-8", newline="") as stream:
            stream.write(exported(turn, file.suffix.lower()))
    except FileExistsError as error:
        raise AlmanacError(f"{file} is there already. Name another file.") from error
    except OSError as error:
        raise AlmanacError(f"{file} cannot be written ({error.strerror}). Name another file.") from error
    chat.screen.say(f"Written to {file}.")


def good(chat: "Chat", argument: str) -> None:
    """The last answer was right."""
    _judge(chat, "good", argument)


def bad(chat: "Chat", argument: str) -> None:
    """The last answer was wrong."""
    _judge(chat, "bad", argument)


def _judge(chat: "Chat", verdict: Verdict, comment: str) -> None:
    _last(chat)
    if chat.session.not_kept or not chat.session.judge(verdict, comment):
        raise AlmanacError(f"this conversation is not kept, so feedback on it is not either. {chat.session.not_kept}")
    asked = "" if comment or verdict == "good" else " What was wrong? /bad COMMENT adds it."
    chat.screen.say(f"Noted: {verdict}.{asked}")


def _last(chat: "Chat") -> Turn:
    if chat.session.last is None:
        raise AlmanacError("nothing was answered in this conversation yet. Ask something first.")
    return chat.session.last
