"""Languages that the metadata does not tell."""

from collections.abc import Callable
from typing import Any

import pytest

from catalog.records import Attribute
from ingest.extract import languages
from ingest.extract.card_text import CardText

MakeCard = Callable[..., CardText]


def told(card: CardText) -> dict[str, str]:
    """Code → origin."""
    return {fact.value: fact.evidence.origin for fact in languages.extract(card) if isinstance(fact, Attribute)}


@pytest.mark.parametrize(
    ("text", "id_", "wanted"),
    [
        ("# M\n\n- **Language(s):** Spanish, Basque and English\n", "lab/m", ["es", "eu", "en"]),
        ("# M\n\n* source languages: fi\n* target languages: et\n", "lab/m", ["fi", "et"]),
        ("# Turkish news classifier\n", "lab/m", ["tr"]),
        ("# M\n\nIt tags **Polish language** tweets.\n", "lab/m", ["pl"]),
        ("# M\n\nEin Sprachmodell, trainiert auf deutschen Texten.\n", "lab/m", ["de"]),
        ("# M\n\nA model for translating from Hausa to Yoruba.\n", "lab/m", ["ha", "yo"]),
        ("# M\n\nUnderstands 104 languages.\n", "lab/m", ["multilingual"]),
        ("# M\n\nA model for code-mixed Hinglish text.\n", "lab/m", ["hi", "en"]),
    ],
)
def test_the_text_tells_the_languages(card: MakeCard, text: str, id_: str, wanted: list[str]) -> None:
    assert list(told(card(text, id_))) == wanted


def test_what_only_the_id_suggests_is_inferred(card: MakeCard) -> None:
    assert told(card("Weights only.\n", "lab/bg_cs_pl_cased")) == {"bg": "inferred", "cs": "inferred", "pl": "inferred"}


def test_an_english_card_of_a_text_model_is_taken_to_be_english(card: MakeCard) -> None:
    text = "# Reader\n\nThis is the model of a team for the questions of users.\n"
    assert told(card(text, "lab/bert-reader")) == {"en": "inferred"}


@pytest.mark.parametrize("id_", ["lab/vit-image", "lab/xlm-reader", "lab/reader"])
def test_other_models_are_not_taken_to_be_english(card: MakeCard, id_: str) -> None:
    text = "# Weights\n\nThis is the model of a team for the users.\n"
    assert told(card(text, id_)) == {}


def test_listed_languages_of_the_metadata_stand(card: MakeCard) -> None:
    assert told(card("---\nlanguage: it\n---\n# German text\n\nMade for German text.\n")) == {}


def test_a_line_that_declares_more_languages_than_the_metadata_is_kept_beside_them(card: MakeCard) -> None:
    text = "---\nlanguage: it\n---\n# Owl\n\n- **Languages:** Italian and Greek; it saw texts in both\n"
    assert list(told(card(text))) == ["it", "el"]
    assert told(card(text.replace("Italian and Greek", "Italian"))) == {}


@pytest.mark.parametrize("said", ["Matching is done by the Hungarian algorithm.", "A gift of the French government."])
def test_a_word_of_a_language_may_belong_to_something_else(card: MakeCard, said: str) -> None:
    assert told(card(f"# Owl\n\n{said}\n", "lab/owl")) == {}


def test_multilingual_gives_way_to_a_list(card: MakeCard) -> None:
    text = "---\nlanguage: multilingual\n---\n# M\n\nHandled languages: en, fr, es and sw.\n"
    assert list(told(card(text))) == ["en", "fr", "es", "sw"]
    items = "---\nlanguage: multilingual\n---\n# M\n\n- English\n- French\n- Urdu\n"
    assert list(told(card(items))) == ["en", "fr", "ur"]


def test_multilingual_stays_where_languages_are_only_mentioned(card: MakeCard) -> None:
    text = "---\nlanguage: multilingual\n---\n# M\n\nIt does better in German than other models.\n"
    assert told(card(text)) == {}


def test_other_languages_than_the_models_are_left_out(card: MakeCard) -> None:
    assert list(told(card("# M\n\nFor Danish text, not for English.\n"))) == ["da"]


def test_the_gold_languages_are_found(
    gold_cards: list[tuple[dict[str, Any], CardText]], f1: Callable[[set[Any], set[Any]], float]
) -> None:
    wanted, found = set(), set()
    for gold, read in gold_cards:
        listed = [f.value for f in read.asset.facts if isinstance(f, Attribute) and f.name == "language"]
        added = list(told(read))
        wanted |= {(gold["id"], code) for code in gold["languages"]}
        found |= {(gold["id"], code) for code in (added if set(listed) <= {"multilingual"} and added else listed)}
    assert f1(found, wanted) > 0.96
