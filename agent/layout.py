"""How text, names and numbers are laid out on a terminal, and how text of cards is made inert."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.segment import Segment
from rich.style import Style
from rich.text import Text

_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|[\x00-\x08\x0b-\x1f\x7f-\x9f]")
#: direction marks, invisible characters and line ends that only some programs know
_UNSEEN = re.compile("[\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_BREAKS = re.compile(r"(?<=[/_: -])")
_NUMBER = re.compile(r"(?P<before>(?:.*\s)?)(?P<whole>[-+]?\d[\d,]*)(?P<part>(?:\.\d+)?)(?P<unit>(?:\s?[^\s\d]{1,3})?)")

_LONGEST_NUMBER = 40


def inert(text: str) -> str:
    """Text that cannot steer a terminal: escape sequences, control and direction marks are taken out."""
    return _SURROGATE.sub("\ufffd", _UNSEEN.sub("", _CONTROL.sub("", text)))


def one_line(text: str, longest: int) -> str:
    """Inert text on one line, cut to `longest` characters."""
    flat = " ".join(inert(text[: longest * 8]).split())
    return flat if len(flat) <= longest and len(text) <= longest * 8 else f"{flat[:longest]}…"


@dataclass(frozen=True)
class Name:
    """Text with ids or paths: folds after words and separators, within a part only where that is too long."""

    text: str
    style: str = ""

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        longest = max(cell_len(part) for part in _BREAKS.split(self.text))
        widest = max(cell_len(line) for line in self.text.split("\n"))
        return Measurement(min(longest, options.max_width), widest)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines = [line for whole in self.text.split("\n") for line in folded(whole, options.max_width)]
        yield Text("\n".join(lines), self.style, overflow="fold")


@dataclass(frozen=True)
class Source:
    """Where something stands and what stands there; the place folds like a name, the quote at its words."""

    place: str
    quote: str
    link: str | None = None

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        least = Name(self.place).__rich_measure__(console, options).minimum
        return Measurement(least, cell_len(self.place) + cell_len(self.quote) + 2)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        place = "\n".join(folded(self.place, options.max_width))
        yield Text.assemble(linked(place, "bold", self.link), f"  {self.quote}", overflow="fold")


def folded(name: str, width: int) -> list[str]:
    """The lines of a name that is folded after its separators."""
    lines = [""]
    for part in _BREAKS.split(name):
        if lines[-1] and cell_len(lines[-1] + part.rstrip()) > width:
            lines.append("")
        lines[-1] += part
    return [line.rstrip() for line in lines]


def aligned(cells: Sequence[str]) -> list[str] | None:
    """Numbers with their decimal points below each other; None where not every cell is a number with its unit."""
    found = [_NUMBER.fullmatch(cell) if len(cell) <= _LONGEST_NUMBER else None for cell in cells if cell]
    if len(found) < 2 or not all(found):
        return None
    parts = [match.groupdict() for match in found if match]
    wide = {name: max(len(part[name]) for part in parts) for name in ("before", "whole", "part", "unit")}
    padded = iter(
        part["before"].ljust(wide["before"])
        + part["whole"].rjust(wide["whole"])
        + part["part"].ljust(wide["part"])
        + part["unit"].ljust(wide["unit"])
        for part in parts
    )
    return [next(padded) if cell else "" for cell in cells]


@dataclass(frozen=True)
class CardText:
    """Markdown of a card as a terminal shows it; its links are not followed and nothing of it steers."""

    text: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.markdown import Markdown  # with its parser: only where a card is quoted at length

        yield from _inert_segments(
            console.render(Markdown(inert(self.text), code_theme="ansi_dark", hyperlinks=False), options)
        )


def _inert_segments(segments: Iterable[Segment]) -> Iterable[Segment]:
    """What a Markdown parser made of entities (`&#8238;`) is inert, too."""
    for segment in segments:
        if not segment.control:
            style = segment.style.update_link(None) if segment.style and segment.style.link else segment.style
            yield Segment("\n" if segment.text == "\n" else inert(segment.text), style)


def linked(text: str, style: str, link: str | None) -> Text:
    """Text in a style, with a hyperlink (OSC 8) where there is one."""
    return Text(text, Style.parse(style) + Style(link=link) if link else style)
