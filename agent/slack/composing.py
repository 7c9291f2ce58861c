"""An answer as a Slack message: what it says, its rows, notes and sources, and what can be done with it."""

from dataclasses import dataclass

from agent.answer import Answer
from agent.slack.blocks import Block, Message, actions, button, context, feedback, message, section, sections
from agent.slack.limits import BLOCKS
from agent.slack.mrkdwn import escaped, first, fitting, shortened
from agent.slack.rows import is_cut, row_lines, source_lines

SHOWN_ROWS, SHOWN_TEXTS, SHOWN_SOURCES = 10, 3, 10
_LONGEST_NOTE = 500

#: actions of buttons, as `clicks.py` hears them
ALL, TABLE, HOW, JUDGE = "almanac_all", "almanac_csv", "almanac_how", "almanac_feedback"
SHARE, KEEP, RETRY = "almanac_share", "almanac_keep", "almanac_retry"


@dataclass(frozen=True)
class Place:
    """Where an answer is kept in the journal, which buttons name: `turn` of `conversation`."""

    conversation: str
    turn: int

    @property
    def value(self) -> str:
        return f"{self.conversation}|{self.turn}"

    @classmethod
    def of(cls, value: str) -> "Place":
        conversation, _, turn = value.rpartition("|")
        return cls(conversation, int(turn))


@dataclass(frozen=True)
class Look:
    """How an answer is shown: `place` is None where it could not be kept, `hidden` where one person sees it."""

    place: Place | None
    source_url: str | None = None
    hidden: bool = False


def composed(answer: Answer, look: Look, *, headed: bool = True) -> Message:
    """The whole answer; without its headline where that was streamed already."""
    blocks = [section(piece) for piece in fitting(answer.headline)] if headed else []
    texts = _shown_rows(answer)
    blocks += sections(row_lines(answer, answer.rows[:texts]))
    if len(answer.rows) > texts:
        blocks += context([f"… and {len(answer.rows) - texts:,} more of {len(answer.rows):,}"])
    blocks += context([escaped(shortened(note, _LONGEST_NOTE)) for note in answer.notes])
    blocks += _sources(answer, look.source_url)
    if answer.understood:
        blocks += context([f"Understood as: {escaped(shortened(answer.understood, _LONGEST_NOTE))}"])
    return message(answer.headline, [*_within(blocks, 4), *_below(answer, look)])


def complaint(text: str, key: str = "") -> Message:
    """One line that says why there is no answer, with a button to ask again where `key` names the question."""
    said = section(first(text))
    return message(text, [said, actions(button("Ask again", RETRY, key))] if key else [said])


def remark(text: str) -> Message:
    """A line without buttons."""
    return message(text, context([first(text)]))


def _shown_rows(answer: Answer) -> int:
    """How many rows are shown: names are short, texts are not."""
    return SHOWN_TEXTS if any("\n" in row.label or len(row.label) > 200 for row in answer.rows) else SHOWN_ROWS


def _sources(answer: Answer, base: str | None) -> list[Block]:
    if not answer.citations:
        return []
    lines = source_lines(answer, base, SHOWN_SOURCES)
    more = len(answer.citations) - len(lines)
    return sections(["*Sources*", *lines, *([f"… and {more:,} more, see “How I got this”"] if more else [])])


def _below(answer: Answer, look: Look) -> list[Block]:
    """Buttons; an answer that could not be kept has none."""
    if look.place is None:
        return []
    value = look.place.value
    more = len(answer.rows) > _shown_rows(answer) or any(is_cut(row) for row in answer.rows)
    buttons = [button(f"Show all {len(answer.rows):,}", ALL, value)] if more else []
    buttons += [button("As CSV", TABLE, value)] if more and not look.hidden else []
    buttons.append(button("How I got this", HOW, value))
    if look.hidden:
        buttons += [button("Share", SHARE, value, "primary"), button("Keep private", KEEP, value)]
    return [actions(*buttons), feedback(JUDGE, f"good|{value}", f"bad|{value}")]


def _within(blocks: list[Block], room: int) -> list[Block]:
    """The first blocks, with `room` for what comes below them."""
    most = BLOCKS - room
    return blocks if len(blocks) <= most else [*blocks[: most - 1], *context(["… cut here, see “Show all”"])]
