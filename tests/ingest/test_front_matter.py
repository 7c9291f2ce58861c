"""Front matter: exact lines, and everything that real cards get wrong."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ingest.front_matter import Leaf, YamlData, parse_yaml, split_front_matter


def read(text: str) -> YamlData:
    return parse_yaml(text.split("\n"), "cards/owl/README.md")


def told(data: YamlData) -> dict[str, str | None]:
    return {".".join(map(str, leaf.path)): leaf.value for leaf in data.leaves}


def test_every_scalar_knows_its_path_and_lines() -> None:
    data = read("license: mit\ntags:\n- owl\n- 'night bird'\ninfo:\n  size: 12\n  note: |\n    one\n    two\n")
    assert data.leaves == (
        Leaf(("license",), "mit", 1, 1),
        Leaf(("tags", 0), "owl", 3, 3),
        Leaf(("tags", 1), "night bird", 4, 4),
        Leaf(("info", "size"), "12", 6, 6),
        Leaf(("info", "note"), "one\ntwo\n", 7, 9),
    )
    assert data.warnings == ()


def test_values_stay_as_they_are_printed() -> None:
    data = read("language: no\nversion: 1.10\nsize: 1_000\ndate: 2024-01-01\nnull_one: ~\nempty:\n")
    assert told(data) == {
        "language": "no", "version": "1.10", "size": "1_000", "date": "2024-01-01", "null_one": None, "empty": None,
    }  # fmt: skip


def test_leaves_are_found_by_their_keys() -> None:
    data = read("language: [en, [nl, de]]\ndata: {a: {b: c}}\nnone: \n")
    assert [leaf.value for leaf in data.values("language", "none")] == ["en", "nl", "de"]
    assert [leaf.value for leaf in data.under("data", "a")] == ["c"]
    assert data.keys() == ["language", "data", "none"]
    assert data.tree() == {"language": ["en", ["nl", "de"]], "data": {"a": {"b": "c"}}, "none": None}


def test_a_key_that_stands_twice_is_read_twice_and_reported() -> None:
    data = read("datasets:\n- squad\nlicense: mit\ndatasets:\n- glue\n")
    assert [leaf.value for leaf in data.values("datasets")] == ["squad", "glue"]
    assert data.warnings == ("cards/owl/README.md: the key 'datasets' stands twice (line 4); both are read",)


def test_a_key_that_is_first_a_value_and_then_a_mapping_has_a_shape() -> None:
    assert read("a: 1\na: {b: 2}\nc: {d: 3}\nc: 4\n").tree() == {"a": {"b": "2"}, "c": "4"}


@pytest.mark.parametrize(
    ("text", "kept", "said"),
    [
        ("license: mit\n\ttags: x\nlanguage: en", {"license", "language"}, "found a tab character that"),
        ("license: mit\ntitle: a: b\nlanguage: en", {"license", "language"}, "mapping values are not allowed"),
        ("license: mit\nnote: 'open\nlanguage: en", {"license", "language"}, "unexpected end of stream"),
        ("license: mit\ntags: [a, b\nlanguage: en", {"license", "language"}, "line 3"),
        ("license: mit\nname: @owl\nlanguage: en", {"license", "language"}, "cannot start any token"),
        ("license: mit\nx: *nobody\nlanguage: en", {"license", "language"}, "undefined alias"),
        ("license: mit\nx: \x1b[31m\nlanguage: en", {"license", "language"}, "control characters are not allowed"),
    ],
)
def test_a_broken_block_loses_only_what_is_broken(text: str, kept: set[str], said: str) -> None:
    data = read(text)
    assert set(told(data)) == kept
    (warning,) = data.warnings
    assert warning.startswith("cards/owl/README.md: YAML not readable (")
    assert said in warning
    assert warning.endswith("; reading it key by key")
    assert "\n" not in warning


def test_lines_are_right_in_a_block_that_is_read_key_by_key() -> None:
    data = read("bad: a: b\nlicense: mit\ntags:\n- owl\n")
    assert {leaf.path[0]: leaf.line_start for leaf in data.leaves} == {"license": 2, "tags": 4}


def test_of_a_broken_list_what_stands_above_the_break_is_kept() -> None:
    data = read("license: mit\ntags:\n- owl\n- bird: of: prey\n- night\nlanguage: en\n")
    assert told(data) == {"license": "mit", "tags.0": "owl", "language": "en"}


@pytest.mark.parametrize("text", ["- a\n- b", "just a sentence", "42", "[a, b]"])
def test_yaml_that_is_no_mapping_says_so(text: str) -> None:
    data = read(text)
    assert data.leaves == ()
    assert "it is no mapping of keys to values" in data.warnings[0]


def test_an_alias_bomb_is_refused() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    data = read(bomb)
    assert data.leaves == ()
    assert "its aliases expand to too much data" in data.warnings[0]


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 100_000,
        "a: " + "{x: " * 100_000,
        "a: " + "[" * 900 + "]" * 900,
        "- " * 100_000 + "x",
        "a: &a [*a]",
        "a: &a {b: *a}",
        "? " * 50_000,
        "\n".join(" " * depth + "a:" for depth in range(500)),
    ],
)
def test_a_bottomless_block_is_refused_instead_of_ending_the_process(text: str) -> None:
    data = read(text)
    assert data.leaves == ()
    assert data.warnings


def test_an_alias_that_is_meant_is_followed() -> None:
    assert told(read("a: &x mit\nb: *x\n")) == {"a": "mit", "b": "mit"}


def test_no_value_holds_what_a_database_refuses() -> None:
    assert told(read('a: "x\\0y"\n')) == {"a": "x\ufffdy"}


def test_other_line_ends_do_not_shift_the_lines() -> None:
    assert [leaf.line_start for leaf in read("a: one\u2028two\nb: three\x85four\nc: five").leaves] == [1, 2, 3]


def test_nothing_at_all_is_no_data() -> None:
    assert read("") == read("# only a comment\n") == YamlData()


@pytest.mark.parametrize(
    ("text", "block", "taken"),
    [
        ("---\na: 1\n---\n# Owl", ["", "a: 1"], 3),
        ("\n\n---\na: 1\n---", ["", "", "", "a: 1"], 5),
        ("\ufeff---\na: 1\n---   \nx", ["", "a: 1"], 3),
        ("---\n---\nx", [""], 2),
        ("# Owl\n---\na: 1\n---", [], 0),
        ("---\na: 1\nno end", [], 0),
        ("----\na: 1\n----", [], 0),
        ("", [], 0),
    ],
)
def test_the_block_stands_between_two_fences_at_the_top(text: str, block: list[str], taken: int) -> None:
    assert split_front_matter(text.split("\n")) == (block, taken)


@given(st.text(st.sampled_from("ab:-[]{}&*#!|>'\"%@`? \n\t,é\0\x1b\u2028"), max_size=60))
def test_any_text_is_read_and_every_leaf_stands_on_its_lines(text: str) -> None:
    data = read(text)
    count = len(text.split("\n"))
    for leaf in data.leaves:
        assert 1 <= leaf.line_start <= leaf.line_end <= count
    data.tree()


_scalars = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12)


@given(
    st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), st.one_of(_scalars, st.lists(_scalars, min_size=1)))
)
def test_what_yaml_writes_is_what_is_read(data: dict[str, str | list[str]]) -> None:
    written = yaml.safe_dump(data, allow_unicode=True, default_style='"', width=1000)
    assert read(written).tree() == data
