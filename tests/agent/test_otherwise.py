"""Questions about what a card contradicts: the answer states both sides, each with its line."""

from collections.abc import Callable
from pathlib import Path

import pytest
from stores import Almanac, Cards

from agent.answer import Answer
from agent.tools import Tools
from agent.tools.calling import call
from agent.wiring import Almanac as Wired
from catalog.settings import load_settings
from catalog.snapshot import open_snapshot

Ask = Callable[[str, str], Answer]


@pytest.fixture
def ask(models: Cards, almanac: Almanac) -> Ask:
    """`ask(card, question)`: the offline answer from a catalogue of one card."""

    def asked(text: str, question: str) -> Answer:
        models.write("lab/pond-owl", text)
        assert almanac("ingest", models.root).code == 0
        wired = Wired(load_settings())
        try:
            return wired.ask(question)
        finally:
            wired.close()

    return asked


def test_a_licence_of_the_text_stands_beside_that_of_the_metadata(ask: Ask) -> None:
    card = "---\nlicense: mit\n---\n# Owl\n\n## License\n\nThe weights are released under the Apache 2.0 license.\n"
    answer = ask(card, "What is the licence of lab/pond-owl?")
    assert [item.value for item in answer.items] == ["mit"]
    words = "“The weights are released under the Apache 2.0 license.”"
    assert f"The card's text says otherwise: apache-2.0, {words} [2]" in answer.text
    assert [citation.line_start for citation in answer.citations] == [2, 8]


def test_a_licence_that_only_says_less_is_no_other(ask: Ask) -> None:
    card = "---\nlicense: bsd-3-clause\n---\n# Owl\n\n## License\n\nBSD.\n"
    assert "otherwise" not in ask(card, "What is the licence of lab/pond-owl?").text


def test_languages_that_the_text_adds_are_told(ask: Ask) -> None:
    card = "---\nlanguage: da\n---\n# Owl\n\n**Languages:** Danish and Swedish\n"
    answer = ask(card, "Which languages does lab/pond-owl cover?")
    assert [item.id for item in answer.items] == ["da"]
    assert "The card's text names more: Swedish (sv)" in answer.text


def test_training_data_that_the_text_denies_are_told_with_its_words(ask: Ask) -> None:
    card = "---\ndatasets:\n- snli\n- xsum\n---\n# Owl\n\nThe owl was trained on SNLI and on nothing else.\n"
    answer = ask(card, "What was lab/pond-owl trained on?")
    assert {item.id for item in answer.items} == {"snli", "xsum"}
    assert "The card also says: “The owl was trained on SNLI and on nothing else.”" in answer.text


def test_a_dataset_asked_for_is_denied_in_the_words_of_the_card(ask: Ask) -> None:
    card = "# Owl\n\nThe owl was trained on SNLI. It was never trained on XNLI.\n"
    answer = ask(card, "Was lab/pond-owl trained on XNLI?")
    assert [item.id for item in answer.items] == ["snli"]
    assert "It was never trained on XNLI." in answer.text


def test_what_is_denied_of_other_data_is_not_told(ask: Ask) -> None:
    card = "# Owl\n\nThe owl was trained on SNLI. It was never trained on XNLI.\n"
    assert "XNLI" not in ask(card, "What was lab/pond-owl trained on?").text


def test_scores_on_one_split_under_two_names_are_both_told(ask: Ask) -> None:
    card = (
        "---\nmodel-index:\n- name: owl\n  results:\n  - dataset:\n      name: snli\n      type: snli\n"
        "      split: validation\n    metrics:\n    - type: accuracy\n      value: 0.71\n---\n# Owl\n\n"
        "## Evaluation\n\n| Model | SNLI dev accuracy |\n|---|---|\n| lab/pond-owl | 70.2 |\n"
    )
    text = ask(card, "What accuracy does lab/pond-owl have on the SNLI dev set?").text
    assert "0.71" in text
    assert "70.2" in text


CONTRADICTING = (
    "---\nlicense: mit\nlanguage: da\n---\n# Owl\n\nThe weights are released under the Apache 2.0 license.\n\n"
    "**Languages:** Danish and Swedish\n\nThe owl was trained on SNLI. It was never trained on XNLI.\n"
)


def test_show_has_both_sides(models: Cards, almanac: Almanac) -> None:
    models.write("lab/pond-owl", CONTRADICTING)
    almanac("ingest", models.root)
    told = " ".join(almanac("show", "lab/pond-owl").out.split())
    for fact in ("licence mit", "licence in the text apache-2.0", "language in the text sv", "xnli"):
        assert fact in told


def test_a_look_up_of_a_model_has_both_sides(models: Cards, almanac: Almanac, store: Path) -> None:
    models.write("lab/pond-owl", CONTRADICTING)
    almanac("ingest", models.root)
    snapshot = open_snapshot(load_settings(store=store))
    try:
        found = call(Tools(snapshot), "get_assets", {"ids": ["lab/pond-owl"]})
    finally:
        snapshot.close()
    assert "mit" in [entry.label for entry in found.entries]
    notes = " ".join(found.notes)
    assert "The text of the card of lab/pond-owl states another licence: apache-2.0." in notes
    assert "The card of lab/pond-owl says that xnli was not used to train it." in notes
