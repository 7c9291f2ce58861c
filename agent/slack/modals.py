"""What opens on top of Slack: all rows page by page, how an answer came about, and what was wrong with it."""

import json
from collections.abc import Sequence
from typing import Any

from agent.answer import Answer, Usage
from agent.slack.blocks import Block, actions, button, context, plain, section, sections
from agent.slack.composing import Place
from agent.slack.limits import MODAL_BLOCKS, TITLE
from agent.slack.mrkdwn import code, escaped, shortened
from agent.slack.rows import LONG_QUOTE, row_lines, source_lines

PAGE = "almanac_page"
COMMENT = "almanac_comment"
_ROWS_OF_A_PAGE = 40
_COMMENT_BLOCK, _COMMENT_INPUT = "comment", "text"

View = dict[str, Any]


def all_rows(answer: Answer, place: Place, page: int, base: str | None) -> View:
    """One page of the rows with their sources; `page` counts from 0."""
    first = page * _ROWS_OF_A_PAGE
    rows = answer.rows[first : first + _ROWS_OF_A_PAGE]
    shown = {marker for row in rows for marker in row.markers}
    cited = answer.model_copy(
        update={"citations": tuple(citation for citation in answer.citations if citation.marker in shown)}
    )
    last = first + len(rows)
    blocks = context([f"{first + 1:,}–{last:,} of {len(answer.rows):,}"])
    blocks += sections(row_lines(answer, rows, LONG_QUOTE))
    blocks += sections(source_lines(cited, base, 2 * _ROWS_OF_A_PAGE))
    turning = _turning(place, page, more=last < len(answer.rows))
    return _view("All of the list", [*blocks[: MODAL_BLOCKS - 1], *turning])


def _turning(place: Place, page: int, *, more: bool) -> list[Block]:
    """Buttons to the pages before and after."""
    buttons = [button("‹ Previous", f"{PAGE}_back", f"{place.value}|{page - 1}")] if page else []
    buttons += [button("Next ›", f"{PAGE}_on", f"{place.value}|{page + 1}")] if more else []
    return [actions(*buttons)] if buttons else []


def how(answer: Answer, question: str, base: str | None) -> View:
    """What was understood, which look-ups were made, and every source."""
    lines = [f"*Question*  {escaped(shortened(question, 500))}"]
    if answer.understood:
        lines.append(f"*Understood as*  {escaped(shortened(answer.understood, 500))}")
    lines.append(f"*Answered by*  {code(shortened(answer.model, 100))} in {answer.seconds:g} s{_used(answer.usage)}")
    blocks = [section(line) for line in lines]
    for number, call in enumerate(answer.tools, start=1):
        given = json.dumps(call.arguments, ensure_ascii=False)
        told = code(shortened(given, 450))
        blocks.append(section(f"{number}. {code(shortened(call.name, 60))} {told} → {call.total:,} found"))
    if not answer.tools:
        blocks += context(["No look-up was needed."])
    if answer.dropped:
        blocks += context([f"{answer.dropped} statements without evidence were left out."])
    blocks += sections(source_lines(answer, base, len(answer.citations)))
    if len(blocks) > MODAL_BLOCKS:
        blocks = [*blocks[: MODAL_BLOCKS - 1], *context(["… there are more sources than Slack can show here."])]
    return _view("How I got this", blocks)


def comment(value: str) -> View:
    """Asks what was wrong with an answer."""
    field = {
        "type": "input",
        "block_id": _COMMENT_BLOCK,
        "label": plain("What was wrong? What is the right answer?"),
        "element": {"type": "plain_text_input", "action_id": _COMMENT_INPUT, "multiline": True, "max_length": 2_000},
    }
    view = _view("What was wrong?", [field]) | {"callback_id": COMMENT, "private_metadata": value}
    return view | {"submit": plain("Send", TITLE), "close": plain("Skip", TITLE)}


def commented(view: View) -> str:
    """The text that somebody sent with `comment`."""
    state = view.get("state", {}).get("values", {})
    return str(state.get(_COMMENT_BLOCK, {}).get(_COMMENT_INPUT, {}).get("value") or "")


def _view(title: str, blocks: Sequence[Block]) -> View:
    return {"type": "modal", "title": plain(title, TITLE), "close": plain("Close", TITLE), "blocks": list(blocks)}


def _used(usage: Usage) -> str:
    if not usage.input_tokens:
        return ""
    cost = "" if usage.cost is None else f", ${usage.cost:g}"
    return f", {usage.input_tokens:,} tokens in, {usage.output_tokens:,} out{cost}"
