"""Documents into passages: exact text, exact lines, nothing lost."""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.records import Passage
from ingest.chunk import CARD as SIZES
from ingest.chunk import Sizes, chunk
from ingest.document import read_markdown

CARD = """\
---
license: mit
datasets:
- riddles
---

# Owl

A model that answers riddles.

## Data

It was tuned on a quiz corpus.

| split | riddles |
|-------|---------|
| train | 12000   |
| test  | 800     |

## Use

```python
owl = load("owl")
owl.ask("what has keys?")
```
"""


def passages(text: str) -> tuple[Passage, ...]:
    return chunk(read_markdown("cards/owl/README.md", text), "owl", "model")


def containing(text: str, words: str) -> Passage:
    found = [one for one in passages(text) if words in one.text]
    assert len(found) == 1
    return found[0]


def words(prefix: str, count: int) -> str:
    return " ".join(f"{prefix}{number}" for number in range(count))


def test_a_passage_knows_its_file_its_asset_and_its_kind() -> None:
    for one in passages(CARD):
        assert (one.path, one.asset, one.kind, one.page) == ("cards/owl/README.md", "owl", "model", None)


def test_the_front_matter_is_a_passage_of_its_own_with_its_lines() -> None:
    front = passages(CARD)[0]
    assert front.text == "license: mit\ndatasets:\n- riddles"
    assert (front.line_start, front.line_end, front.headings) == (2, 4, ())


@pytest.mark.parametrize("text", ["---\nlicense: [mit\n---\n", "---\n: : :\n- x\n---\nText.", "\n---\na: b\n---\n"])
def test_front_matter_that_is_broken_or_comes_late_is_searchable_all_the_same(text: str) -> None:
    assert passages(text)[0].text in text
    assert "---" not in passages(text)[0].text


@pytest.mark.parametrize("text", ["", "\n\n", "---\n---\n", "---\n\n---\n", "***\n", "---"])
def test_a_file_that_says_nothing_has_no_passages(text: str) -> None:
    assert passages(text) == ()


def test_short_sections_share_a_passage_under_the_heading_that_they_share() -> None:
    one = containing(CARD, "It was tuned")
    assert one.text.startswith("# Owl\n\nA model that answers riddles.\n\n## Data")
    assert one.headings == ("Owl",)


def test_a_long_section_is_a_passage_under_its_own_heading_path() -> None:
    text = f"# Owl\n\n{words('a', 180)}\n\n## Data\n\n{words('b', 180)}\n\n## Use\n\n{words('c', 180)}\n"
    assert [one.headings for one in passages(text)] == [("Owl",), ("Owl", "Data"), ("Owl", "Use")]
    assert containing(text, "b7").text.startswith("## Data\n")


def test_a_table_stands_with_its_heading_and_its_rows_as_in_the_file() -> None:
    table = containing(CARD, "12000")
    assert "## Data\n" in table.text
    assert "\n".join(CARD.split("\n")[14:18]) in table.text
    assert table.line_start <= 15
    assert table.line_end >= 18


def test_code_keeps_its_indentation() -> None:
    code = "```python\nfor owl in owls:\n    owl.ask()\n```"
    assert code in containing(f"# Use\n\n{code}\n", "owl.ask()").text


def test_a_long_table_is_cut_between_rows() -> None:
    rows = [f"| model{number} | {number}.5 | a remark about it |" for number in range(200)]
    text = "\n".join(["# Results", "", "| name | score | remark |", "|---|---|---|", *rows])
    found = passages(text)
    assert len(found) > 5
    for one in found[1:]:
        assert all(line in rows for line in one.text.split("\n")[2 if "name" in one.text else 0 :])
        assert text.split("\n")[one.line_start - 1 : one.line_end] == one.text.split("\n")
        assert one.headings == ("Results",)


def test_a_long_paragraph_on_one_line_is_cut_between_sentences() -> None:
    sentences = [f"Sentence {number} tells of an owl that knows riddles." for number in range(60)]
    found = passages(" ".join(sentences))
    assert len(found) > 2
    assert [sentence for one in found for sentence in re.split(r"(?<=\.) ", one.text.strip())] == sentences
    assert {(one.line_start, one.line_end) for one in found} == {(1, 1)}


def test_text_without_any_place_to_cut_is_cut_at_the_limit() -> None:
    text = "".join(map(str, range(1_000)))
    found = passages(text)
    assert "".join(one.text for one in found) == text
    assert max(len(one.text) for one in found) == SIZES.most


def test_link_targets_below_the_text_are_searchable() -> None:
    assert containing("# Owl\n\nSee [the paper].\n\n[the paper]: https://arxiv.org/abs/2101.00001\n", "2101.00001")


def test_what_shows_no_word_is_no_passage_but_a_comment_is_one() -> None:
    badges = '<p align="center"><img src="https://img.test/badge.svg"/></p>'
    assert passages(badges) == ()
    assert passages("![](owl.png)") == ()
    assert [one.text for one in passages("<!-- dataset: riddles -->")] == ["<!-- dataset: riddles -->"]


def test_equal_pieces_of_one_line_are_one_passage() -> None:
    keys = [one.key for one in passages("ab " * 2_000)]
    assert len(keys) == len(set(keys))


def test_windows_line_ends_change_nothing() -> None:
    assert passages(CARD.replace("\n", "\r\n")) == passages(CARD)


_LINES = st.text(alphabet="ab #-*>|`~.:1\t=_é", max_size=60) | st.sampled_from(
    [
        "# One",
        "## Two",
        "- item",
        "  - nested",
        "1. first",
        "> quote",
        "```",
        "| a | b |",
        "|---|---|",
        "---",
        "===",
        "",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_LINES | st.just("long sentence. " * 100), max_size=40))
def test_every_passage_is_cut_from_its_lines_and_no_word_is_lost(lines: list[str]) -> None:
    text = "\n".join(lines)
    covered = set()
    found = passages(text)
    for one in found:
        assert one.text in "\n".join(lines[one.line_start - 1 : one.line_end])
        assert one.text.split("\n")[0] in lines[one.line_start - 1]
        assert one.text.split("\n")[-1] in lines[one.line_end - 1]
        assert len(one.text) <= SIZES.most + 100
        covered |= set(range(one.line_start, one.line_end + 1))
    assert len({one.key for one in found}) == len(found)
    for number, line in enumerate(lines, start=1):
        assert number in covered or not re.search(r"[a-zé]{2}", line)


@pytest.mark.parametrize(
    "text",
    ["word " * 400_000, "| a | b |\n|---|---|\n" + "| cell | cell |\n" * 60_000, "```\n" + "x = 1\n" * 200_000],
    ids=["line", "table", "code"],
)
def test_huge_blocks_take_linear_time(text: str) -> None:
    started = time.process_time()
    assert passages(text)
    assert time.process_time() - started < 20


def test_chunking_opens_no_connection_starts_no_program_and_loads_no_language_model() -> None:
    code = """
import sys
seen = []
sys.addaudithook(lambda event, args: seen.append(event) if event in (
    "socket.connect", "socket.getaddrinfo", "subprocess.Popen") else None)
from ingest.chunk import Sizes, chunk
from ingest.document import read_markdown
assert chunk(read_markdown("a.md", "# Owl\\n\\nText."), None, "document")
sys.exit(str(seen + [name for name in ("spacy", "nltk", "torch") if name in sys.modules]))
"""
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, env={})
    assert done.stderr.strip() == "[]"


def test_passages_are_as_long_as_asked_for() -> None:
    document = read_markdown("a.md", "# Owl\n\n" + "The owl sleeps. " * 200)
    longest = {
        most: max(len(one.text) for one in chunk(document, "owl", "model", Sizes(most, joined=100, apart=False)))
        for most in (300, 2_000)
    }
    assert longest[300] <= 300 < 1_200 < longest[2_000] <= 2_000
