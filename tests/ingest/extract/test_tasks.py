"""The tasks of models."""

from collections.abc import Callable
from typing import Any

import pytest

from catalog.records import Attribute
from ingest.extract import tasks
from ingest.extract.card_text import CardText

MakeCard = Callable[..., CardText]


def told(card: CardText) -> set[str]:
    return {fact.value for fact in tasks.extract(card) if isinstance(fact, Attribute)}


@pytest.mark.parametrize(
    ("text", "id_", "wanted"),
    [
        ("---\ntags: [summarization]\n---\n# X\n", "lab/x", {"summarization"}),
        ("# BERT for Named Entity Recognition\n", "lab/x", {"token-classification"}),
        ("# T5-base fine-tuned on SQuAD for QA\n", "lab/t5-qa", {"question-answering", "text2text-generation"}),
        ("# X\n\nThe model was fine-tuned for sentiment analysis.\n", "lab/bert-x", {"text-classification"}),
        ("# X\n\nUse it to make sentence embeddings.\n", "lab/bert-x", {"sentence-similarity", "feature-extraction"}),
        ('# X\n\n```python\npipeline("ner", model="lab/x")\n```\n', "lab/x", {"token-classification"}),
        (
            "# X\n\n```python\nm = AutoModelForQuestionAnswering.from_pretrained('lab/x')\n```\n",
            "lab/x",
            {"question-answering"},
        ),
        ("# German BERT\n\nPretrained on Wikipedia.\n", "lab/bert-de", {"fill-mask"}),
        ("# Poems\n", "lab/gpt2-poems", {"text-generation"}),
        ("# ELECTRA\n", "lab/electra-small-discriminator", set()),
        ("# Movie reviews\n", "lab/gpt2-imdb-pos", {"text-generation"}),
        ("# Text pairs\n", "lab/bert-paws-paraphrase", {"text-classification"}),
        ("# Text rewriting\n", "lab/t5_paraphraser", {"text2text-generation"}),
    ],
)
def test_signs_tell_the_task(card: MakeCard, text: str, id_: str, wanted: set[str]) -> None:
    assert told(card(text, id_)) == wanted


def test_the_task_of_the_metadata_stands(card: MakeCard) -> None:
    assert told(card("---\npipeline_tag: fill-mask\n---\n# BERT for sentiment classification\n")) == set()


def test_what_users_could_tune_it_for_is_not_its_task(card: MakeCard) -> None:
    text = (
        "# X\n\nYou can fine-tune it for question answering. It is mostly meant to be fine-tuned on downstream tasks.\n"
    )
    assert told(card(text, "lab/bert-x")) == {"fill-mask"}


def test_a_dataset_card_gets_no_task(card: MakeCard) -> None:
    assert told(card("---\npretty_name: X\nsize_categories: 1K\n---\n# Sentiment of reviews\n", "x")) == set()


def test_the_gold_tasks_are_found(
    gold_cards: list[tuple[dict[str, Any], CardText]], f1: Callable[[set[Any], set[Any]], float]
) -> None:
    wanted, found = set(), set()
    for gold, read in gold_cards:
        given = {f.value for f in read.asset.facts if isinstance(f, Attribute) and f.name == "task"}
        wanted |= {(gold["id"], task) for task in gold["tasks"]}
        found |= {(gold["id"], task) for task in given | told(read)}
    assert f1(found, wanted) > 0.93
