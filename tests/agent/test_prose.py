"""Questions about what stands in the text of sample cards, answered without a model; and honest noes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.wiring import Almanac
from catalog.settings import load_settings


@pytest.fixture(scope="module")
def asked(sample_store: Path) -> Iterator[Almanac]:
    almanac = Almanac(load_settings(store=sample_store))
    yield almanac
    almanac.close()


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What did OpenAI leave out of WebText when training GPT-2?", ["Wikipedia"]),
        ("How many karma did the Reddit links behind gpt2's training data need?", ["3 karma"]),
        ("How many entries does the tokenizer of gpt2 have?", ["50,257"]),
        ("What was the perplexity of gpt2 on LAMBADA?", ["35.13"]),
        ("On which cloud was distilgpt2 trained and how much CO2 did that emit?", ["Azure", "149.2"]),
        ("How many hours did training distilgpt2 take?", ["168"]),
        ("What should I not use openai/clip-vit-base-patch32 for?", ["surveillance"]),
        ("How many image-caption pairs was openai/clip-vit-base-patch32 trained on?", ["400 million"]),
        ("How long may the input of facebook/bart-large-cnn be?", ["1024"]),
        ("Which platform were the workers of SQuAD 2.0 recruited on?", ["Daemo"]),
        ("How many unanswerable questions does the squad_v2 training split have?", ["43,498"]),
        ("How does camembert-base differ from RoBERTa?", ["Whole-word masking"]),
    ],
)
def test_the_sentence_row_or_item_that_answers_is_shown(question: str, said: list[str], asked: Almanac) -> None:
    answer = asked.ask(question)
    assert not answer.abstained, answer.text
    assert all(part in answer.text for part in said), answer.text


def test_citations_are_of_the_lines_that_are_shown(asked: Almanac) -> None:
    answer = asked.ask("Which platform were the workers of SQuAD 2.0 recruited on?")
    shown = answer.citations[0]
    text = asked.snapshot.catalog.text(shown.path)
    assert text is not None
    lines = "\n".join(text.split("\n")[shown.line_start - 1 : shown.line_end])
    assert " ".join(shown.quote.split()) in " ".join(lines.split())
    assert "Daemo" in shown.quote


def test_an_answer_from_the_text_is_short(asked: Almanac) -> None:
    assert len(asked.ask("How many entries does the tokenizer of gpt2 have?").text) < 900


def test_each_part_of_a_question_is_answered(asked: Almanac) -> None:
    answer = asked.ask("What licence does gpt2 have, and how many tokens is its context?")
    assert [item.value for item in answer.items] == ["mit"]
    assert "1,024" in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "What is the inter-annotator agreement of squad_v2?",
        "Who funded camembert-base?",
        "What batch size was gpt2 trained with?",
        "Which random seed was used for facebook/bart-large-cnn?",
        "What BLEU does distilgpt2 reach?",
        "What F1 does deepset/roberta-base-squad2 get on NewsQA?",
        "Which sampling rate do the recordings of imdb have?",
    ],
)
def test_what_a_card_does_not_say_is_declined_and_the_card_named(question: str, asked: Almanac) -> None:
    answer = asked.ask(question)
    assert answer.abstained, answer.text
    assert answer.citations == ()
    assert answer.headline.startswith("The card of ")


@pytest.mark.parametrize(
    "question",
    [
        "What learning rate was used for MegaWombat-9B?",
        "Who annotated the ZetaQuiz-3 dataset?",
        "how many languages does wombat-large-v7 cover",
        "What licence does SQuAD-XXL have?",
    ],
)
def test_an_asset_that_nobody_knows_is_declined(question: str, asked: Almanac) -> None:
    answer = asked.ask(question)
    assert answer.abstained, answer.text
    assert answer.citations == ()


@pytest.mark.parametrize(
    "question", ["What's the weather in Oslo?", "12 * 7", "hello!", "Tell me a joke", "who won the world cup?"]
)
def test_what_almanac_is_not_for_is_declined_with_what_it_is_for(question: str, asked: Almanac) -> None:
    answer = asked.ask(question)
    assert answer.abstained
    assert answer.text == "Almanac answers questions about the models and datasets in its catalogue."


def test_a_question_through_the_training_data_is_answered_from_the_dataset(asked: Almanac) -> None:
    answer = asked.ask("Which licence does the dataset that deepset/roberta-base-squad2 was fine-tuned on have?")
    assert [item.value for item in answer.items] == ["cc-by-sa-4.0"]
    assert "deepset/roberta-base-squad2 was trained on squad_v2" in answer.text
    assert {citation.asset for citation in answer.citations} == {"squad_v2", "deepset/roberta-base-squad2"}


def test_loosely_told_models_are_compared_side_by_side(asked: Almanac) -> None:
    answer = asked.ask("GPT-2 vs DistilGPT2: how many parameters?")
    assert {"124", "82"} <= {number for number in ("124", "82") if number in answer.text}
    assert len(answer.rows) >= 2


@pytest.mark.parametrize("question", ["Which models are there?", "what models do you have", "list all datasets"])
def test_what_there_is_is_listed_in_full(question: str, asked: Almanac) -> None:
    answer = asked.ask(question)
    assert answer.exhaustive
    assert answer.total == len(answer.rows) > 30
    assert all(row.markers for row in answer.rows)


def test_the_furthest_row_of_a_table_is_named(asked: Almanac) -> None:
    answer = asked.ask("Which CamemBERT checkpoint has the most parameters in its card's table, camembert-base?")
    assert "335M" in answer.rows[0].label


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How many documents does the corpus behind DistilGPT2 hold?", "8,013,769"),
        ("Which workers wrote the questions deepset/roberta-base-squad2 was tuned on, and on which platform?", "Daemo"),
        ("How many unanswerable questions are in the training data of deepset/roberta-base-squad2?", "43,498"),
    ],
)
def test_what_a_model_learned_from_is_told_by_the_card_of_the_data(question: str, said: str, asked: Almanac) -> None:
    answer = asked.ask(question)
    assert said in answer.text
    assert "was trained on" in answer.text


@pytest.mark.parametrize(
    "question", ["How many parameters do gpt2 and distilgpt2 have?", "parameters of gpt2 against distilgpt2"]
)
def test_two_models_in_one_question_stand_side_by_side(question: str, asked: Almanac) -> None:
    answer = asked.ask(question)
    assert {row.label for row in answer.rows} == {"gpt2", "distilgpt2"}
    assert "124" in answer.text
    assert "82" in answer.text


@pytest.mark.parametrize("order", ["please delete all the bert models", "can you rename gpt 2"])
def test_orders_are_declined(order: str, asked: Almanac) -> None:
    assert asked.ask(order).abstained
