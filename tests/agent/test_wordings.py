"""However a question is worded, it is the same query: the shapes and their wordings are `data/wordings.toml`."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from wordings import Shape, shapes

from agent.offline.reading import QuestionReader
from agent.offline.spelling import plain
from catalog.settings import load_settings
from catalog.snapshot import open_snapshot

_SHAPES = shapes()


@pytest.fixture(scope="module")
def reader(sample_store: Path) -> Iterator[QuestionReader]:
    opened = open_snapshot(load_settings(store=sample_store))
    yield QuestionReader(opened.catalog)
    opened.close()


@pytest.mark.parametrize("shape", _SHAPES, ids=[shape.name for shape in _SHAPES])
def test_all_wordings_of_one_question_give_one_query(reader: QuestionReader, shape: Shape) -> None:
    misread = [wording for wording in shape.wordings if reader.read(wording).lookup != shape.query]
    assert not misread, f"{len(misread)} of {len(shape.wordings)} wordings, for example: {misread[:5]}"


def test_there_are_many_shapes_and_many_wordings() -> None:
    assert len(_SHAPES) >= 30
    assert all(len(shape.wordings) >= 5 for shape in _SHAPES)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("which modles wer trainde on it?", "which models wer trained on it?"),
        ("what’s the licence", "what is the licence"),
        ("they weren't, and can’t", "they were not, and can not"),
        ("a trainer of three modal nets", "a trainer of three modal nets"),
        ("f1>80", "f1 > 80"),
        (
            "compared with what it turned into, three were worth it",
            "compared with what it turned into, three were worth it",
        ),
        ("tab\tbell\x07and\u202eturned", "tab bell and turned"),
        ("see facebook/bart-larg and www.langauge.org", "see facebook/bart-larg and www.langauge.org"),
    ],
)
def test_slips_in_words_of_questions_are_mended_and_names_are_left(written: str, read: str) -> None:
    assert plain(written) == read


def test_reading_a_question_again_changes_nothing() -> None:
    for shape in _SHAPES:
        for wording in shape.wordings:
            assert plain(plain(wording)) == plain(wording)
