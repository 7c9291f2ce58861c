"""Guarded patterns find what the plain ones find, and say without which words they find nothing."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.guarded import Guarded

_PATTERNS = [
    r"(?:made|built) (?:on|upon) (\w+)",
    r"fine-?\s?tun\w*|(?:post|pre)-?training",
    r"\b(?:test|dev)(?:ing)?\b(?: set){0,2}",
    r"(?i)\bs(?:tart|etup)ed? from\b",
    r"[a-z]+(?=ing)|\d{2}",
    r"(?:x|yy)?z*",
]

_WORDS = [
    "Made",
    "BUILT",
    "upon",
    "on",
    "x",
    "fine",
    "tuned",
    "tunıng",
    "teſt",
    "dev",
    "sets",
    "12",
    "yyz",
    "⟦M0⟧",
    "from",
]


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (_PATTERNS[0], {"made", "built"}),
        (r"(?:the )?weights of (\w+)", {"weights of "}),
        (r"\d+|tokens", set()),
        (r"(?:model)?", set()),
        (r"(?:layers){2,}", {"layers"}),
        (r"(?!never)always", {"always"}),
    ],
)
def test_the_words_are_those_that_a_match_needs(pattern: str, words: set[str]) -> None:
    assert set(Guarded(pattern).words) == words


@given(st.sampled_from(_PATTERNS), st.lists(st.sampled_from(_WORDS)))
def test_a_guarded_pattern_finds_what_the_plain_one_finds(pattern: str, words: list[str]) -> None:
    text = " ".join(words)
    guarded, plain = Guarded(pattern, re.I), re.compile(pattern, re.I)
    assert [match.span() for match in guarded.finditer(text)] == [match.span() for match in plain.finditer(text)]
    assert (guarded.search(text) is None) == (plain.search(text) is None)
