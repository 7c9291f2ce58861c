"""Names: exact → normalised → fuzzy, with near misses."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.names import (
    RANK_CURATED,
    RANK_ID,
    RANK_LAST_PART,
    RANK_STATED,
    Alias,
    NamedKind,
    Names,
    edits,
    name_words,
    variants,
)
from catalog.records import AssetKind
from catalog.vocabulary import squash


class Book:
    """Aliases in memory."""

    def __init__(self, *aliases: tuple[str, str, int]) -> None:
        self.aliases = [Alias(squash(spelling), id_, spelling, rank) for spelling, id_, rank in aliases]

    def aliases_of(self, kind: NamedKind, squashed: Sequence[str]) -> list[Alias]:
        return [alias for alias in self.aliases if alias.squashed in squashed]

    def all_aliases(self, kind: AssetKind) -> list[Alias]:
        return self.aliases


NAMES = Names(
    Book(
        ("squad", "squad", RANK_ID),
        ("SQuAD v1.1", "squad", RANK_CURATED),
        ("squad_v2", "squad_v2", RANK_ID),
        ("SQuAD 2.0", "squad_v2", RANK_CURATED),
        ("common_voice_11_0", "common_voice_11_0", RANK_ID),
        ("common_voice_13_0", "common_voice_13_0", RANK_ID),
        ("den/minutes", "den/minutes", RANK_ID),
        ("minutes", "den/minutes", RANK_LAST_PART),
        ("nest/minutes", "nest/minutes", RANK_ID),
        ("minutes", "nest/minutes", RANK_LAST_PART),
        ("wikitext", "wikitext", RANK_ID),
        ("Owls of the World", "den/owls", RANK_STATED),
        ("den/owls", "den/owls", RANK_ID),
        ("owls", "den/owls", RANK_LAST_PART),
        ("owls", "owls", RANK_ID),
    )
)


@pytest.mark.parametrize(
    ("name", "id_", "how"),
    [
        ("squad_v2", "squad_v2", "exact"),
        ("den/minutes", "den/minutes", "exact"),
        ("SQuAD 2.0", "squad_v2", "normalised"),
        ("SQUAD-V2", "squad_v2", "normalised"),
        ("  “squad v2”, ", "squad_v2", "normalised"),
        ("the SQuAD 2.0 dataset", "squad_v2", "normalised"),
        ("our SQuAD corpus", "squad", "normalised"),
        ("owls of the world", "den/owls", "normalised"),
        ("comon voice 13.0", "common_voice_13_0", "fuzzy"),
        ("common voice 13.O", None, "unknown"),
        ("minutes", None, "ambiguous"),
        ("zebra finches", None, "unknown"),
    ],
)
def test_what_a_name_means(name: str, id_: str | None, how: str) -> None:
    found = NAMES.resolve("dataset", name)
    assert (found.id, found.how) == (id_, how)


def test_an_id_wins_over_a_part_of_another_id() -> None:
    assert NAMES.resolve("dataset", "Owls").id == "owls"


@pytest.mark.parametrize("name", ["SQuAD 3.0", "squad_v1", "common_voice_12_0", "common voice 9.0", "squad v22"])
def test_another_version_is_never_taken_for_this_one(name: str) -> None:
    found = NAMES.resolve("dataset", name)
    assert found.id is None
    assert found.candidates, "but it is offered"


def test_an_ambiguous_name_offers_everything_it_may_mean() -> None:
    found = NAMES.resolve("dataset", "the Minutes")
    assert [candidate.id for candidate in found.candidates] == ["den/minutes", "nest/minutes"]


def test_near_misses_come_best_first_and_once_per_asset() -> None:
    near = NAMES.similar("dataset", "comon voice 13")
    assert near[0].id == "common_voice_13_0"
    assert len({candidate.id for candidate in near}) == len(near)
    assert [candidate.score for candidate in near] == sorted((c.score for c in near), reverse=True)


def test_no_guesses_without_fuzzy() -> None:
    found = NAMES.resolve("dataset", "comon voice 13.0", fuzzy=False)
    assert (found.id, found.how, found.candidates) == (None, "unknown", ())


@pytest.mark.parametrize("name", ["", " ", "?", "_", "-", "the", "\x00", "\ud800", "𝔖𝔔", "👍"])
def test_a_name_of_nothing_means_nothing(name: str) -> None:
    assert NAMES.resolve("dataset", name).id is None


@given(st.text())
def test_any_text_has_an_answer(name: str) -> None:
    found = NAMES.resolve("dataset", name)
    assert (found.id is None) == (found.how in ("ambiguous", "unknown"))
    assert variants(name)
    assert all(word == word.lower() for word in name_words(name))


@given(st.text(max_size=40), st.text(max_size=40))
def test_edits_are_the_same_in_both_directions(one: str, other: str) -> None:
    assert edits(one, other) == edits(other, one)
    assert (edits(one, other) == 0) == (one == other)


def test_a_name_falls_into_words_and_numbers() -> None:
    assert name_words("den/SQuADv2_tiny-BERT") == ["den", "squadv", "2", "tiny", "bert"]
    assert name_words("Café au lait") == ["cafe", "au", "lait"]


def test_variants_keep_brackets_in_pairs() -> None:
    assert variants("XNLI (French)") == ["XNLI (French)"]
    assert variants("(XNLI)") == ["XNLI"]


def test_variants_lose_quotes_article_and_noun() -> None:
    assert variants("“the SQuAD dataset”.") == ["the SQuAD dataset", "SQuAD dataset", "SQuAD"]
