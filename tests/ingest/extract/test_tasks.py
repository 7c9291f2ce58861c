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


HEAD = "```python\nm = AutoModelForSequenceClassification.from_pretrained({id!r}{more})\n```\n"


@pytest.mark.parametrize("id_", ["roberta-xlarge", "lab/bert-mini-swedish-cased", "lab/xlm-roberta-xxl"])
def test_an_id_of_family_and_size_alone_is_a_base_model(card: MakeCard, id_: str) -> None:
    text = f"# X\n\n## Intended uses\n\nFine-tuning for tagging and extractive QA.\n\n{HEAD.format(id=id_, more='')}"
    assert told(card(text, id_)) == {"fill-mask"}


def test_an_id_that_tells_of_tuning_is_none(card: MakeCard) -> None:
    assert told(card("# X\n\nA text model.\n", "lab/roberta-xlarge-mnli")) == {"text-classification"}


def test_a_head_that_is_still_to_be_trained_tells_no_task(card: MakeCard) -> None:
    new = HEAD.format(id="lab/owlbert", more=", num_labels=5")
    assert told(card(f"# Owl\n\n{new}", "lab/owlbert")) == {"fill-mask"}
    assert told(card(f"# Owl\n\n{HEAD.format(id='lab/owlbert', more='')}", "lab/owlbert")) == {"text-classification"}


@pytest.mark.parametrize("said", ["Tuning for spam detection.", "Adapted for toxic comment detection by others."])
def test_a_section_on_uses_tells_what_may_be_done_and_not_what_was(card: MakeCard, said: str) -> None:
    assert told(card(f"# Owl\n\n## Intended uses\n\n{said}\n", "lab/owlbert-two")) == {"fill-mask"}


def test_a_section_on_uses_may_speak_of_this_model(card: MakeCard) -> None:
    for said in ("This model was tuned for spam detection.", "OwlBERT is a model for the spam detection task."):
        assert told(card(f"# Owl\n\n## Use cases\n\n{said}\n", "lab/owlbert-two")) == {"text-classification"}


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
