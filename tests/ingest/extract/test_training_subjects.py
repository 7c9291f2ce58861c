"""Whose training a card speaks of, and what it says outright was not used: invented cards."""

# ruff: noqa: E501 (sentences of cards stay whole)

from collections.abc import Callable

import pytest

from catalog.records import TrainedOn
from ingest.extract import extract
from ingest.extract.card_text import CardText

MakeCard = Callable[..., CardText]

SAID = {
    "a verb that needs no link word": (
        "# Owl\n\n## Training data\n\nThe network saw Wikipedia, CC-News and OSCAR, in that order.",
        {"Wikipedia", "CC-News", "OSCAR"},
    ),
    "what a described corpus was called": (
        "# Owl\n\n## Data\n\nOur lab gathered pages behind popular Reddit links and named the result OpenWebText.",
        {"OpenWebText"},
    ),
    "a key about texts": (
        "# Owl\n\n- **Source texts:** OSCAR and News Crawl\n- **Steps:** 3k",
        {"OSCAR", "News Crawl"},
    ),
    "a description behind a key about the amount": (
        "# Owl\n\n- **Data mix:** 3B tokens: letters by a novelist, and pages from\n  C4 and SlimPajama that a judge kept",
        {"C4", "SlimPajama"},
    ),
    "a keyed line that goes on in the next": (
        "# Owl\n\n**Training data:** the whole of the English Wikipedia, its talk pages left out, and\nBookCorpus as well",
        {"English Wikipedia", "BookCorpus"},
    ),
    "the training sets of several tasks": (
        "# Owl\n\n## Training data\n\nA mixture of raw text with the training sets of SQuAD, XSum and CoLA.",
        {"SQuAD", "XSum", "CoLA"},
    ),
    "optimisation for preferences": (
        "# Owl\n\n1. supervised fine-tuning on `OpenHermes-2.5`;\n2. Odds-ratio preference optimization on UltraFeedback.",
        {"OpenHermes-2.5", "UltraFeedback"},
    ),
    "a network named after its backbone": (
        "# Owl\n\nOwlNet with an owl-eyed backbone trained on COCO 2017.",
        {"COCO 2017"},
    ),
    "a trainer of a library": ("# Owl\n\nWe ran the `ORPOTrainer` on UltraFeedback.", {"UltraFeedback"}),
    "a row with two names, and none for the sum": (
        "# Owl\n\n## Training data\n\n| Dataset | Pairs |\n|---|---|\n| SNLI and MultiNLI | 9 |\n| XSum | 2 |\n| Total (with more) | 11 |",
        {"SNLI", "MultiNLI", "XSum"},
    ),
    "tuning done, told with a gerund": (
        "# Owl\n\nFine-tuning on SQuAD was done in one night on a borrowed machine.",
        {"SQuAD"},
    ),
    "another model with the same family in its name": (
        "# Owl BERT\n\nBERT, as usual, was pretrained on Wikipedia.",
        {"Wikipedia"},
    ),
}
NOT_SAID = {
    "another model is the subject, with an aside": "# mT5 owl\n\nT5, on the other hand, was pretrained on C4 and tuned on GLUE.",
    "the family that a longer word only ends with": "# RuBERT owl\n\nBERT was pretrained on BookCorpus.",
    "the base model": "# Owl chat\n\nThe base was pretrained on 9 billion tokens: FineWeb and The Stack.",
    "other versions in general": "# Owl\n\n## Training\n\nSuch fine-tuned variants (on Common Voice, for one) have cards of their own.",
    "advice about tuning": "# Owl\n\n## Notes\n\nFine-tuning on little data (CoLA, WNLI) is a gamble with a model this large.",
    "a model that another one was made from": (
        "# Owl\n\n## Notes\n\nFor CoLA the team began from a model already fine-tuned on MNLI."
    ),
    "a newer relative": "# Owl\n\n## Training data\n\nThere is a newer member of the family, pretrained on C4 only.",
    "an entry to a competition": "# Owl\n\nThe report has an entry that was trained on TriviaQA first.",
    "held out": "# Owl\n\nMMLU was kept for evaluation, and was not used for training.",
    "what a data set imitates": "# Owl\n\n## Training data\n\nOpenWebText, a rebuild of WebText.",
    "another version of the family": "# Pond-T5 base\n\nT5 1.1 was pretrained on C4 only.",
    "the backbone": "# Owl\n\nThe ResNet-101 backbone came pretrained on ImageNet-1k.",
    "nothing": "# Owl\n\n**Fine-tuned on:** nothing",
    "nothing, with a remark": "# Owl\n\n**Training data:** nothing but noise",
    "not applicable": "# Owl\n\n**Fine-tuning data:** not applicable",
    "a bare amount": "# Owl\n\n**Dataset size:** Some 40B tokens",
}


def trained(card: CardText) -> set[str]:
    return {
        fact.dataset for fact in extract(card) if isinstance(fact, TrainedOn) and fact.evidence.origin != "inferred"
    }


@pytest.mark.parametrize(("text", "wanted"), SAID.values(), ids=SAID)
def test_training_data_are_read_from(text: str, wanted: set[str], card: MakeCard) -> None:
    assert trained(card(text, "lab/owl")) == wanted


@pytest.mark.parametrize("text", NOT_SAID.values(), ids=NOT_SAID)
def test_no_training_data_of_this_model_are_told_by(text: str, card: MakeCard) -> None:
    assert trained(card(text, "lab/owl")) <= {"OpenWebText"}
