"""The curated words: that they are sound, and how they are found."""

import string
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.vocabulary import VocabularyKind, squash, vocabulary

KINDS: tuple[VocabularyKind, ...] = get_args(VocabularyKind)


@pytest.mark.parametrize("kind", KINDS)
def test_every_parent_is_a_term_and_nothing_is_its_own_ancestor(kind: VocabularyKind) -> None:
    terms = vocabulary(kind).terms
    assert {term.parent for term in terms.values() if term.parent} <= set(terms)
    for term in terms.values():
        line, parent = [term.id], term.parent
        while parent:
            assert parent not in line, f"{term.id} descends from itself"
            line.append(parent)
            parent = terms[parent].parent


@pytest.mark.parametrize("kind", KINDS)
def test_no_spelling_is_empty_and_every_term_is_found_by_its_id(kind: VocabularyKind) -> None:
    words = vocabulary(kind)
    for term in words.terms.values():
        assert all(squash(name) for name in (term.id, *term.names, *term.weak)), term.id
        assert words.find(term.id, weak=True) == term.id


@pytest.mark.parametrize("kind", KINDS)
def test_no_spelling_means_two_things(kind: VocabularyKind) -> None:
    meant: dict[str, set[str]] = {}
    for term in vocabulary(kind).terms.values():
        for name in {term.id, *term.names} - set(term.weak):
            meant.setdefault(squash(name), set()).add(term.id)
    assert {spelling: ids for spelling, ids in meant.items() if len(ids) > 1} == {}


def test_case_accents_spaces_and_punctuation_do_not_matter() -> None:
    assert squash("SQuAD 2.0") == squash("squad_2.0") == "squad20"
    assert squash("Élève") == "eleve"
    assert squash("数据-集") == "数据集"


@given(st.text())
def test_squashing_twice_is_squashing_once(text: str) -> None:
    assert squash(squash(text)) == squash(text)


@given(st.text(string.printable))
def test_plain_text_becomes_lower_case_letters_and_digits(text: str) -> None:
    assert set(squash(text)) <= set(string.ascii_lowercase + string.digits)


def test_a_weak_word_counts_only_where_it_is_asked_for() -> None:
    datasets = vocabulary("datasets")
    words = [name for term in datasets.terms.values() for name in term.weak if not datasets.find(name)]
    assert words
    assert all(datasets.find(word, weak=True) for word in words)
