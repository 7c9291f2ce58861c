"""How answers look: whatever they hold, Slack takes them, and nothing in them mentions, links or is lost."""

import re
from typing import Any

import pytest
from block_kit import mrkdwn_problems, problems_of_message, problems_of_stream, problems_of_view
from hypothesis import given
from hypothesis import strategies as st
from said import actions_of, text_of

from agent.answer import Answer, Citation, Row, ToolCall
from agent.slack import modals
from agent.slack.blocks import Message
from agent.slack.composing import Look, Place, complaint, composed
from agent.slack.mrkdwn import address, code, escaped, fitting, link, markdown, packed
from agent.slack.reply import flattened

PLACE = Place("T1:C1:1.2", 3)
LOOK = Look(PLACE)
NASTY = "<!channel> <@U1> <https://evil.example|click> & *b* _i_ ~s~ `c` squad_v2"


def citation(marker: int, **more: Any) -> Citation:
    values = {"asset": "a/b", "path": "m/a/b/README.md", "line_start": marker, "line_end": marker, "quote": "a quote"}
    return Citation(marker=marker, **(values | more))


def shown(answer: Answer, look: Look = LOOK) -> dict[str, Any]:
    made = composed(answer, look)
    assert problems_of_message(made.arguments()) == []
    return made.arguments()


def test_the_checks_of_limits_find_what_is_wrong() -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001, "verbatim": True}}
    assert problems_of_message({"text": "x", "blocks": [section]}) == ["text of 3001 characters"]
    assert problems_of_message({"text": "x", "blocks": [{"type": "divider"}] * 51}) == ["51 blocks"]
    for text in ("<!here>", "<@U1>", "<https://h>", "a < b", "a & b", "<javascript:x|y>"):
        assert mrkdwn_problems(text)
    assert mrkdwn_problems("> a &lt;b&gt; &amp; <https://h/x|y>") == []
    assert problems_of_stream("<@U1>")
    assert problems_of_stream("x" * 12_001)
    assert problems_of_view({"title": {"text": "x" * 25}, "blocks": []}) == ["title of 25 characters"]


def test_control_sequences_are_text_wherever_they_stand() -> None:
    answer = Answer(
        headline=NASTY,
        columns=("model", NASTY, "x"),
        rows=(Row(label=NASTY, details=(NASTY, NASTY), markers=(1,)), Row(label=f"{NASTY}\n{NASTY}")),
        notes=(NASTY,),
        understood=NASTY,
        citations=(citation(1, path=NASTY, quote=NASTY),),
        tools=(ToolCall(name=NASTY, arguments={NASTY: NASTY}, seconds=1, total=1),),
        model=NASTY,
    )
    for look in (LOOK, Look(PLACE, "https://git.example/x"), Look(PLACE, hidden=True), Look(None)):
        said = text_of(shown(answer, look))
        assert "&lt;!channel&gt;" in said
        assert "squad_v2" in said
    assert problems_of_view(modals.how(answer, NASTY, "https://git.example/x")) == []
    assert problems_of_view(modals.all_rows(answer, PLACE, 0, None)) == []


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("a *b* c", "a ∗b∗ c"),
        ("_a_ squad_v2 __init__", "ˍaˍ squad_v2 ˍˍinitˍˍ"),
        ("5*3 ~20% `x`", "5*3 ∼20% ˋxˋ"),
        ("R&D <b> &amp;", "R&amp;D &lt;b&gt; &amp;amp;"),
        ("bell\x07 \x1b[31mred\x1b[0m \u202eltr", "bell red ltr"),
    ],
)
def test_signs_that_format_are_replaced_by_others_that_look_alike(text: str, made: str) -> None:
    assert escaped(text) == made


def test_names_are_in_the_type_of_code() -> None:
    assert code("a/b_c*d*\n`x`<") == "`a/b_c*d* ˋxˋ&lt;`"


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("# no heading\n- no list\n1. none", "\\# no heading\n\\- no list\n\\1. none"),
        ("squad_v2 _x_", "squad_v2 \\_x\\_"),
        ("a\\b", "a\\\\b"),
    ],
)
def test_streams_are_markdown_whose_signs_are_shown(text: str, made: str) -> None:
    assert markdown(text) == made


def test_the_addresses_of_sources() -> None:
    base = "https://git.example/cards/"
    assert address(citation(3), base) == "https://git.example/cards/m/a/b/README.md#L3"
    assert address(citation(3, line_end=5), base).endswith("README.md#L3-L5")
    assert (
        address(citation(3, path="m/a b/#1.pdf", page=2), base) == "https://git.example/cards/m/a%20b/%231.pdf#page=2"
    )
    assert link("https://h/a|b>c", "x|y>") == "<https://h/a%7Cb%3Ec|x¦y&gt;>"


def test_prose_is_quoted_and_lists_are_not() -> None:
    answer = Answer(
        headline="It says:",
        rows=(Row(label="It was trained on owls.\nAnd on larks.", markers=(1,)), Row(label="a/b", details=("mit",))),
    )
    said = text_of(shown(answer)).split("\n")
    assert said[1:4] == ["> It was trained on owls.", "> And on larks. [1]", "• `a/b` — mit"]


def test_columns_name_what_stands_in_them_where_there_are_several() -> None:
    rows = (Row(label="a/b", details=("mit", "90.1"), markers=(1, 2)),)
    assert "• `a/b` — licence: mit · F1: 90.1 [1] [2]" in text_of(
        shown(Answer(headline="x", columns=("model", "licence", "F1"), rows=rows))
    )


def test_a_long_text_is_cut_in_the_message_and_longer_in_the_modal() -> None:
    row = Row(label="\n".join(f"Line {number} of the card." for number in range(90)), markers=(1,))
    answer = Answer(headline="It says:", rows=(row,))
    assert "Show all 1" in text_of(shown(answer))
    assert "Line 20 of" in text_of(shown(answer))
    assert "Line 89 of" not in text_of(shown(answer))
    view = modals.all_rows(answer, PLACE, 0, None)
    assert problems_of_view(view) == []
    assert "> Line 89 of the card. [1]" in text_of(view)


def test_an_answer_that_cannot_be_kept_has_no_buttons() -> None:
    assert actions_of(shown(Answer(headline="x"), Look(None))) == []


def test_a_long_headline_is_all_there() -> None:
    words = [f"word{number}" for number in range(2_000)]
    said = text_of(shown(Answer(headline=" ".join(words))))
    assert said.split()[:2_000] == words


def test_what_is_posted_without_blocks_says_the_same() -> None:
    made = composed(Answer(headline="1 model:", rows=(Row(label="a/b"),)), LOOK)
    assert flattened(made) == "1 model:\n• `a/b`"
    assert flattened(Message("x")) == "x"


def test_a_complaint_is_one_line_with_a_button() -> None:
    made = complaint("the store at <x> is empty.", "T1:C1:1.2").arguments()
    assert problems_of_message(made) == []
    assert text_of(made) == "the store at &lt;x&gt; is empty.\nAsk again"


TEXT = st.text(st.sampled_from("ab <>&*_~`|\n[]()!@#:/.\u202e\x00é😀 "), max_size=400) | st.just("x" * 5_000)
GIVEN = st.dictionaries(TEXT, TEXT, max_size=3)
ROWS = st.builds(
    Row,
    label=TEXT,
    details=st.lists(TEXT, max_size=4).map(tuple),
    markers=st.lists(st.integers(1, 3), max_size=3).map(tuple),
)
ANSWERS = st.builds(
    Answer,
    headline=TEXT,
    columns=st.lists(TEXT, max_size=4).map(tuple),
    rows=st.lists(ROWS, max_size=60).map(tuple),
    notes=st.lists(TEXT, max_size=25).map(tuple),
    understood=TEXT,
    citations=st.lists(st.builds(citation, st.integers(1, 300), path=TEXT, quote=TEXT), max_size=80).map(tuple),
    tools=st.lists(
        st.builds(lambda name, given: ToolCall(name=name, arguments=given, seconds=1, total=1), TEXT, GIVEN), max_size=5
    ).map(tuple),
)  # fmt: skip


@given(ANSWERS, st.booleans(), st.sampled_from([None, "https://git.example/x?y=1"]))
def test_slack_takes_every_answer(answer: Answer, hidden: bool, base: str | None) -> None:
    look = Look(PLACE, base, hidden)
    for headed in (True, False):
        made = composed(answer, look, headed=headed)
        if made.text or made.blocks:
            assert problems_of_message(made.arguments()) == []
        assert len(flattened(made)) <= 12_000
    for page in range(len(answer.rows) // 40 + 1):
        assert problems_of_view(modals.all_rows(answer, PLACE, page, base)) == []
    assert problems_of_view(modals.how(answer, answer.headline, base)) == []


@given(TEXT)
def test_pieces_of_a_text_fit_and_hold_all_of_it(text: str) -> None:
    pieces = fitting(text, 50)
    assert all(0 < len(piece) <= 50 for piece in pieces)
    if not re.search(r"[*_~`]", text):
        assert re.sub(r"\s", "", "".join(pieces)) == re.sub(r"\s", "", escaped(text))
    assert mrkdwn_problems("".join(pieces)) == []
    assert problems_of_stream(markdown(text)) == []


@given(st.lists(st.text("abc ", min_size=1, max_size=40), max_size=30))
def test_lines_are_packed_in_their_order(lines: list[str]) -> None:
    packs = list(packed(lines, 50))
    assert "\n".join(packs) == "\n".join(lines)
    assert all(len(pack) <= 50 for pack in packs)
