"""Assets that documents name: exact names, written as names."""

import time

import pytest

from catalog.names import RANK_CURATED, RANK_ID, RANK_LAST_PART, RANK_WEAK, Alias
from catalog.vocabulary import squash
from ingest.mentioned import AssetNames, Mention


def alias(spelling: str, id_: str, rank: int = RANK_ID) -> Alias:
    return Alias(squash(spelling), id_, spelling, rank)


NAMES = AssetNames(
    {
        "model": [
            alias("den/owl-small", "den/owl-small"),
            alias("owl-small", "den/owl-small", RANK_LAST_PART),
            alias("bert-base-uncased", "bert-base-uncased"),
            alias("barn/wren", "barn/wren"),
            alias("wren", "barn/wren", RANK_LAST_PART),
            alias("den/wren", "den/wren"),
            alias("wren", "den/wren", RANK_LAST_PART),
        ],
        "dataset": [
            alias("squad_v2", "squad_v2"),
            alias("SQuAD 2.0", "squad_v2", RANK_CURATED),
            alias("emotion", "emotion"),
            alias("Common Voice", "common_voice", RANK_CURATED),
            alias("common_voice", "common_voice"),
            alias("multi", "multi_nli", RANK_WEAK),
            alias("some internal words", "some internal words"),
            alias("C4", "c4"),
        ],
    },
    [
        *(("model", id_) for id_ in ("den/owl-small", "bert-base-uncased", "barn/wren", "den/wren")),
        *(("dataset", id_) for id_ in ("squad_v2", "emotion", "c4")),
    ],
)


def named(text: str) -> list[str]:
    return [mention.id for mention in NAMES.mentions(text)]


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("Owl was tuned on SQuAD 2.0.", "squad_v2"),
        ("We used SQuAD\n2.0 and nothing else", "squad_v2"),
        ("a SQuAD-2.0-style set of questions", "squad_v2"),
        ("see huggingface.co/den/owl-small.", "den/owl-small"),
        ("(den/owl-small)", "den/owl-small"),
        ("OWL-Small's licence", "den/owl-small"),
        ("bert-base-uncased-based models", "bert-base-uncased"),
        ("the emotion dataset", "emotion"),
        ("`emotion` has six labels", "emotion"),
        ("Common Voice has many voices", "common_voice"),
        ("cleaned like C4, by rules", "c4"),
    ],
)
def test_a_name_is_found_as_it_is_written(text: str, id_: str) -> None:
    assert named(text) == [id_]


@pytest.mark.parametrize(
    "text",
    [
        "they showed emotion in a common voice",
        "Emotion is what moves owls",
        "bert-base-uncased-tiny",
        "my-bert-base-uncased",
        "other/owl-small",
        "owl-small.json",
        "SQuAD. 2.0 is a number",
        "a Wren is a bird, and two models are called Wren",
        "MULTI is a weak word",
        "Some Internal Words",
        "",
    ],
)
def test_what_only_looks_like_a_name_is_none(text: str) -> None:
    assert named(text) == []


def test_mentions_know_their_lines_and_neighbours_are_one() -> None:
    text = "# Owls\n\nSQuAD 2.0 here\nand SQuAD\n2.0 there.\n\n\nSQuAD 2.0 again, beside den/owl-small.\n"
    assert NAMES.mentions(text) == [
        Mention("dataset", "squad_v2", 3, 5),
        Mention("dataset", "squad_v2", 8, 8),
        Mention("model", "den/owl-small", 8, 8),
    ]


def test_a_long_document_is_scanned_in_moments() -> None:
    text = "The owl and the wren were trained on SQuAD 2.0 and on common words of bertha.\n" * 5_000
    started = time.perf_counter()
    assert NAMES.mentions(text) == [Mention("dataset", "squad_v2", 1, 5_000)]
    assert time.perf_counter() - started < 5
