"""Markdown as blocks and sentences: whatever the text, every piece is cut from the file and knows its lines."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.document import Block, MarkdownDocument, links, plain, read_markdown

CARD = """---
license: mit
---
# Owl *v2*

It hoots. It was trained on [SQuAD](https://example.org/squad), e.g. for
questions. Nothing else!

- one thing
  - a deeper thing
- another

| set | F1 |
|---|---|
| dev | 84.5 |
| test | 80.1 |

## Use

```python
owl("Who?")
```

<p align="center">A <b>bold</b> claim.</p>

Setext
------
Done.
"""


def read(text: str) -> MarkdownDocument:
    return read_markdown("cards/owl/README.md", text)


def kinds(document: MarkdownDocument) -> list[tuple[str, int, int]]:
    return [(block.kind, block.line_start, block.line_end) for block in document.blocks]


def test_a_card_falls_into_blocks_with_their_lines() -> None:
    assert kinds(read(CARD)) == [
        ("heading", 4, 4),
        ("paragraph", 6, 7),
        ("item", 9, 9),
        ("item", 10, 10),
        ("item", 11, 11),
        ("table", 13, 16),
        ("heading", 18, 18),
        ("code", 20, 22),
        ("html", 24, 24),
        ("heading", 26, 27),
        ("paragraph", 28, 28),
    ]


def block_of(kind: str, text: str = CARD) -> Block:
    return next(block for block in read(text).blocks if block.kind == kind)


def test_the_front_matter_is_data_and_no_block() -> None:
    document = read(CARD)
    assert [leaf.value for leaf in document.front.leaves] == ["mit"]
    assert document.front_lines == 3
    assert document.title == "Owl v2"


def test_sentences_know_their_lines_and_do_not_end_at_abbreviations() -> None:
    sentences = block_of("paragraph").sentences
    assert [(sentence.plain, sentence.line_start, sentence.line_end) for sentence in sentences] == [
        ("It hoots.", 6, 6),
        ("It was trained on SQuAD, e.g. for questions.", 6, 7),
        ("Nothing else!", 7, 7),
    ]
    assert sentences[1].links == (("SQuAD", "https://example.org/squad"),)


def test_a_table_has_rows_with_their_lines() -> None:
    table = block_of("table")
    assert table.rows == (("set", "F1"), ("dev", "84.5"), ("test", "80.1"))
    assert table.row_lines == (13, 15, 16)


def test_blocks_stand_under_their_headings() -> None:
    document = read("# A\n## B\ntext\n### C\ntext\n## D\ntext\n# E\ntext")
    assert [block.headings for block in document.blocks if block.kind == "paragraph"] == [
        ("A", "B"), ("A", "B", "C"), ("A", "D"), ("E",),
    ]  # fmt: skip


def test_code_knows_its_language_and_has_no_sentences() -> None:
    code = block_of("code")
    assert (code.info, code.sentences) == ("python", ())


def test_items_know_their_depth() -> None:
    assert [block.level for block in read(CARD).blocks if block.kind == "item"] == [1, 2, 1]


def test_a_quote_is_the_lines_as_they_are() -> None:
    assert read(CARD).quote(6, 7).startswith("It hoots. It was trained on [SQuAD](")
    assert read(CARD).quote(9, 10) == "- one thing\n  - a deeper thing"


@pytest.mark.parametrize(
    ("marked", "shown"),
    [
        ("**bold** and _slanted_ and `code`", "bold and slanted and code"),
        ("snake_case_names stay", "snake_case_names stay"),
        ("a [link](https://x.org/a_(b)) here", "a link here"),
        ("![badge](https://x.org/b.svg) text", "text"),
        ("[text][ref] and <https://x.org>", "text and https://x.org"),
        ("## Title", "Title"),
        ("- [x] done", "done"),
        ("> quoted", "quoted"),
        ("a &amp; b &lt;c&gt;", "a & b <c>"),
        ("<b>bold</b><!-- hidden --> text", "bold text"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("  much \t space \n here ", "much space here"),
    ],
)
def test_plain_text_has_no_markup(marked: str, shown: str) -> None:
    assert plain(marked) == shown


def test_links_of_markdown_and_html_are_found() -> None:
    text = 'See [a](https://a.org "A") and <a class="x" href="https://b.org">b</a>.'
    assert links(text) == (("a", "https://a.org"), ("b", "https://b.org"))


def test_windows_line_ends_count_once() -> None:
    assert kinds(read("# A\r\n\r\ntext\r\nmore\r\n")) == [("heading", 1, 1), ("paragraph", 3, 4)]


def check_anchored(document: MarkdownDocument) -> None:
    """Every block and sentence is an exact piece of the file, on its lines."""
    for block in document.blocks:
        assert 1 <= block.line_start <= block.line_end <= len(document.lines)
        assert block.text == "\n".join(document.lines[block.line_start - 1 : block.line_end])
        assert len(block.rows) == len(block.row_lines)
        for sentence in block.sentences:
            assert block.line_start <= sentence.line_start <= sentence.line_end <= block.line_end
            assert sentence.text in "\n".join(document.lines[sentence.line_start - 1 : sentence.line_end])
            assert sentence.text in document.text.replace("\r\n", "\n").replace("\r", "\n")


MARKS = [
    *"#-*_`|>[)<\n\t\\a.!é数\x00\u2028\x0b\x0c\x85\ud800",
    *("##", "**", "```", "~~~", "|-|", "](", "<p>", "</p>", "<!--", "-->", "---", "===", "1.", "\n\n", "\r\n"),
    *("    ", "&amp;", "owl", "e.g."),
]


@given(
    st.lists(st.sampled_from(MARKS), max_size=60).map(" ".join)
    | st.lists(st.sampled_from(MARKS), max_size=60).map("".join)
)
@example("---\na: b\n---\n---\n")
@example("|a|\n|-|\n")
@example("> - |a|\n>   |-|\n>   |b|\n")
@example("- \n\n      code\n")
def test_any_markdown_is_read_and_every_piece_stands_on_its_lines(text: str) -> None:
    check_anchored(read(text))


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    check_anchored(read(text))
    assert isinstance(plain(text), str)
    assert all(isinstance(part, str) for link in links(text) for part in link)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 19_000,
        "![](" * 4_000,
        "*a " * 6_000,
        "`" * 19_000,
        "<a href=" * 2_000,
        "<!--" * 4_000,
        "((((" * 4_000 + "[a](" + "(" * 500,
        "_" * 19_000 + "a",
        "a." * 9_000,
        "&" * 19_000,
        "| a " * 4_000 + "\n" + "|-" * 4_000 + "\n" + "| b " * 4_000,
    ],
)
def test_a_line_of_nothing_but_openings_is_cheap_to_read(text: str) -> None:
    document = read(text)
    check_anchored(document)


@pytest.mark.parametrize(
    "text",
    [
        "> " * 5_000 + "deep",
        "\n".join("  " * depth + "- x" for depth in range(300)),
        "- " * 5_000 + "x",
        "\n".join(f"[l{n}]: https://x.org" for n in range(3_000)),
        "| a |\n|---|\n" * 500,
        "```\n" * 2_001,
    ],
)
def test_deep_and_long_structures_are_read(text: str) -> None:
    check_anchored(read(text))


def test_an_over_long_line_is_one_block_of_its_own() -> None:
    document = read(f"# Owl\n\n{'<td>x</td>' * 5_000}\n\nAfter it.\n")
    assert kinds(document) == [("heading", 1, 1), ("html", 3, 3), ("paragraph", 5, 5)]


def test_inline_markup_is_never_parsed() -> None:
    """The parser's inline rules are the ones that a hostile line makes slow; they are off."""
    from ingest.document import _parser

    active = _parser().get_active_rules()
    assert "inline" not in active["core"]
    assert not {token.type for token in _parser().parse("*a* [b](c)")} & {"em_open", "link_open"}


def test_an_indented_paragraph_is_no_code() -> None:
    said, code = (
        "This tagger came out of fine-tuning a bird model (owls/base) on names.",
        "owl = Owl(1)\n    owl.hoot()",
    )
    text = f"# Owl\n\n    {said}\n\n    {code}\n"
    kinds = [block.kind for block in read_markdown("a.md", text).blocks]
    assert kinds == ["heading", "code"]
    apart = text.replace("\n\n    owl =", "\n\nText.\n\n    owl =")
    assert [block.kind for block in read_markdown("a.md", apart).blocks] == [
        "heading",
        "paragraph",
        "paragraph",
        "code",
    ]
