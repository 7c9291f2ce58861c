"""Licence spellings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.licences import licence_key, licence_term
from catalog.vocabulary import vocabulary

CLASSES = {"permissive", "weak-copyleft", "copyleft", "non-commercial", "restricted", "public-domain", "unknown"}


@pytest.mark.parametrize(
    ("spelling", "key"),
    [
        ("apache-2.0", "apache-2.0"),
        ("Apache License, Version 2.0", "apache-2.0"),
        ("MIT", "mit"),
        ("CC BY-SA 4.0", "cc-by-sa-4.0"),
        ("cc-by-nc-4.0", "cc-by-nc-4.0"),
        ("BSD-3-Clause", "bsd-3-clause"),
        ("EUPL-1.2", "eupl-1.2"),
        ("the licence of my aunt", None),
        ("", None),
    ],
)
def test_a_spelling_is_a_hub_key(spelling: str, key: str | None) -> None:
    assert licence_key(spelling) == key


def test_every_key_is_its_own_spelling() -> None:
    for term in vocabulary("licences").terms.values():
        weak = term.id in term.weak  # also an everyday word, or the name of something else
        assert licence_key(term.id) in ((term.id, None) if weak else (term.id,))


def test_every_licence_has_a_known_class_and_says_no_more_than_yes_or_no_of_commerce() -> None:
    for term in vocabulary("licences").terms.values():
        assert term.extra.get("class") in CLASSES, term.id
        assert term.extra.get("commercial") in (True, False, None), term.id


def test_non_commercial_licences_forbid_commerce() -> None:
    forbidding = [key for key in vocabulary("licences").terms if "-nc" in key]
    assert forbidding
    for key in forbidding:
        term = licence_term(key)
        assert term is not None
        assert term.extra["commercial"] is False, key


@given(st.text())
def test_any_text_is_a_licence_or_none(text: str) -> None:
    assert isinstance(licence_key(text), str | None)
