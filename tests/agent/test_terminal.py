"""What is shown on a terminal: hostile text is inert, and nothing is lost on a narrow one."""

import io
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from agent.answer import Answer, Citation, Row, ToolCall
from agent.doctor import Check
from agent.layout import inert
from agent.terminal import show_answer, show_asset, show_checks, show_pairs

HOSTILE = {
    "colour": ("\x1b[31mred\x1b[0m", "red"),
    "clear the screen": ("\x1b[2J\x1b[Hgone", "gone"),
    "title": ("\x1b]0;owned\x07text", "text"),
    "link": ("\x1b]8;;https://evil.org\x1b\\click\x1b]8;;\x1b\\", "click"),
    "open sequence": ("\x1b]52;c;AAAA", ""),
    "nested": ("\x1b\x1b[31m[31mx", "[31mx"),
    "eight bits": ("\x9b31mred\x9d0;t\x9c", "31mred0;t"),
    "carriage return": ("honest\rforged", "honestforged"),
    "backspace": ("good\b\b\b\bevil", "goodevil"),
    "nul and bell": ("a\x00b\x07c", "abc"),
    "right to left": ("abc\u202edcba\u202c", "abcdcba"),
    "isolates": ("\u2066a\u2067b\u2069\u061c", "ab"),
    "invisible": ("a\u200bb\ufeffc\u2060d", "abcd"),
    "tags": ("a\U000e0041\U000e0042b", "ab"),
    "line separators": ("a\u2028b\u2029c", "abc"),
    "half a pair": ("a\ud800b", "a\ufffdb"),
    "honest": ("Ünï 数据 🦉\ttab\nline [bold]x[/]", "Ünï 数据 🦉\ttab\nline [bold]x[/]"),
}  # fmt: skip
EVIL = "".join(text for text, _ in HOSTILE.values())
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff]")


@pytest.mark.parametrize(("text", "shown"), HOSTILE.values(), ids=list(HOSTILE))
def test_hostile_text_is_inert(text: str, shown: str) -> None:
    assert inert(text) == shown


@given(st.text(st.sampled_from("\x1b[]0;mHJ\x07\\\x9b\x9d\u202e\u200b\r\nab") | st.characters()))
def test_any_text_is_inert(text: str) -> None:
    assert not FORBIDDEN.search(inert(text))
    assert inert(inert(text)) == inert(text)


def shown(show: Any, *args: Any, width: int = 80, **options: Any) -> str:
    stream = io.StringIO()
    show(*args, console=Console(file=stream, width=width, highlight=False), **options)
    return stream.getvalue()


ANSWER = Answer(
    headline=f"2 models {EVIL}",
    columns=("model", "result"),
    rows=(
        Row(label=f"den/owl{EVIL}", details=("F1 84.5 %",), markers=(1, 2)),
        Row(label="den/a-rather-long-name-of-a-model-for-a-narrow-terminal", details=(EVIL, "more"), markers=(1,)),
    ),
    notes=(f"note {EVIL}",),
    understood=f"models {EVIL}",
    citations=(
        Citation(marker=1, asset="den/owl", path=f"models/{EVIL}/README.md", line_start=3, line_end=4, quote=EVIL),
        Citation(marker=2, asset="den/owl", path="models/x", line_start=1, line_end=1, quote="word " * 200),
    ),
    tools=(ToolCall(name="find_models", arguments={"text": EVIL}, seconds=0.1, total=2),),
)


def test_nothing_of_an_answer_steers_the_terminal() -> None:
    text = shown(show_answer, ANSWER, explain=True, width=200)
    assert not FORBIDDEN.search(text)
    assert "[bold]x[/]" in text, "markup of cards is text"


def test_an_answer_shows_headline_rows_notes_and_sources() -> None:
    text = shown(show_answer, ANSWER.model_copy(update={"rows": ANSWER.rows[:1]}), width=200)
    assert "F1 84.5 %" in text
    assert "[1] [2]" in text
    assert "[2] models/x:1  word word" in text
    assert text.count("word") < 60, "long quotes are cut"
    assert "Understood as: models" in text


@pytest.mark.parametrize("width", [1, 10, 20, 40])
def test_on_a_narrow_terminal_names_are_folded_and_not_cut(width: int) -> None:
    narrow = Answer(headline="1 model", columns=("model",), rows=(Row(label="den/a-rather-long-name", markers=(1,)),))
    text = shown(show_answer, narrow, width=width)
    if width >= 10:
        assert "den/a-rather-long-name" in re.sub(r"\s|\[1\]", "", text)
    assert "…" not in text


FACT = {"origin": "prose", "path": f"models/{EVIL}", "line_start": 3, "line_end": 3, "quote": EVIL}
DESCRIPTION = {
    "id": f"den/owl{EVIL}", "kind": "model", "title": EVIL, "path": EVIL, "has_card": False, "summary": EVIL,
    "may_mean": [EVIL],
    "train_datasets": [{"name": EVIL, "role": "finetune", **FACT}],
    "base_models": [{"name": EVIL, "relation": "merge", **FACT}],
    "licenses": [{"name": EVIL, **FACT}],
    "eval_results": [
        {"dataset": EVIL, "split": "dev", "metric": "f1", "metric_printed": EVIL, "value": "84", "unit": "%", **FACT}
    ],
    "attributes": [{"name": "hardware", "value": EVIL, **FACT}],
    "facets": [{"name": "languages", "value": EVIL, **FACT}, {"name": "tags", "value": EVIL, **FACT}],
    "used_by": [EVIL], "aliases": [EVIL],
}  # fmt: skip


@pytest.mark.parametrize("width", [20, 80])
def test_nothing_of_an_asset_steers_the_terminal(width: int) -> None:
    text = shown(show_asset, DESCRIPTION, width=width)
    assert not FORBIDDEN.search(text)
    assert "no card: only named in other cards" in text


def test_an_asset_shows_each_fact_with_its_place() -> None:
    plain = DESCRIPTION | {"train_datasets": [{"name": "squad", "role": "finetune", **FACT, "path": "models/x"}]}
    assert re.search(r"trained on +squad \(finetune\) +models/x:3 \(prose\)", shown(show_asset, plain, width=150))


def test_numbers_have_their_thousands_apart() -> None:
    assert shown(show_pairs, {"passages": 12345, "embedder": "wordllama"}).split() == [
        "passages", "12,345", "embedder", "wordllama",
    ]  # fmt: skip


def test_checks_name_the_cure() -> None:
    text = shown(
        show_checks, [Check("store", "good", "fine"), Check("extra x", "missing", "not installed", "pip install y")]
    )
    assert text == "✓ store  fine\n– extra x  not installed  → pip install y\n"


LONG = "It knows owls, and says so at length. " * 6
TEXTS = Answer(
    headline="den/owl says:",
    columns=("says", ""),
    rows=(Row(label=LONG, markers=(1,)), Row(label="It knows no bats.", markers=(2,))),
    citations=(
        Citation(marker=1, asset="den/owl", path="models/den/owl/README.md", line_start=3, line_end=4, quote=LONG),
        Citation(marker=2, asset="den/owl", path="models/den/owl/README.md", line_start=9, line_end=9, quote="no bats"),
        Citation(marker=3, asset="den/owl", path="models/den/owl/README.md", line_start=1, line_end=1, quote="mit"),
    ),
)


def on_a_terminal(show: Any, *args: Any, width: int = 80, **options: Any) -> str:
    """What a terminal without colours shows."""
    console = Console(file=io.StringIO(), width=width, highlight=False, force_terminal=True, no_color=True)
    with console.capture() as captured:
        show(*args, console=console, **options)
    return re.sub(r"\x1b\[[\d;]*m", "", captured.get())


def test_text_stands_below_its_place_and_is_not_told_twice() -> None:
    lines = [line.rstrip() for line in on_a_terminal(show_answer, TEXTS).split("\n")]
    assert lines[:3] == [
        "den/owl says:",
        "[1] models/den/owl/README.md:3-4",
        "  It knows owls, and says so at length. It knows owls, and says so at length. It",
    ]
    assert lines[lines.index("[2] models/den/owl/README.md:9") + 1] == "  It knows no bats."
    assert lines[-2:] == ["[3]  models/den/owl/README.md:1  mit", ""]


def test_sources_are_in_a_column_and_fold_within_it() -> None:
    text = on_a_terminal(show_answer, TEXTS.model_copy(update={"rows": ()}), width=40)
    lines = [line.rstrip() for line in text.split("\n")]
    assert lines[2] == "[1]  models/den/owl/README.md:3-4  It"
    assert lines[3].startswith("     knows owls")


def test_who_reads_from_a_pipe_gets_every_row_on_a_line() -> None:
    from agent.terminal import Output

    console = Output(file=io.StringIO())
    show_answer(TEXTS.model_copy(update={"rows": ()}), console=console)
    show_asset(DESCRIPTION | {"tags": ["x" * 300]}, console=console)
    assert max(map(len, console.file.getvalue().split("\n"))) > 200


def test_the_card_is_named_once_on_a_terminal() -> None:
    fact = FACT | {"path": "models/den/owl/README.md"}
    owl = DESCRIPTION | {
        "id": "den/owl",
        "has_card": True,
        "path": "models/den/owl/README.md",
        "attributes": [
            {"name": "hardware", "value": "a TPU", **fact},
            {"name": "hyper.learning_rate", "value": "1e-5", **fact, "line_start": 8},
        ],
        "facets": [
            {"name": "languages", "value": "en", **fact, "line_start": 4, "origin": "metadata"},
            {"name": "languages", "value": "de", **fact, "line_start": 6, "origin": "metadata"},
        ],
    }
    lines = [line.rstrip() for line in on_a_terminal(show_asset, owl, width=120).split("\n")]
    assert lines[0] == "model den/owl · models/den/owl/README.md"
    told = [re.sub(r" {2,}", "  ", line) for line in lines]
    assert "languages  en, de  lines 4-6 (metadata)" in told
    assert "learning rate  1e-5  line 8 (prose)" in told
    assert told.index("languages  en, de  lines 4-6 (metadata)") < told.index("learning rate  1e-5  line 8 (prose)")
