"""What a card says that its model was not trained on: invented cards."""

from collections.abc import Callable

import pytest

from catalog.records import Attribute, TrainedOn
from ingest.extract import extract
from ingest.extract.card_text import CardText

MakeCard = Callable[..., CardText]

DENIED = {
    "a list": ("# Owl\n\nThe owl was not fine-tuned on XNLI, PAWS or any GLUE task.", {"XNLI", "PAWS", "GLUE"}),
    "with adverbs between": (
        "# Owl\n\nThese weights have not yet been directly trained on Common Voice.",
        {"Common Voice"},
    ),
    "neither and nor": ("# Owl\n\nIt has seen neither HotpotQA nor SQuAD.", {"HotpotQA", "SQuAD"}),
    "held out": ("# Owl\n\nGSM8K was held out, to measure with.", {"GSM8K"}),
    "no part of it": ("# Owl\n\nMMLU and ARC were not part of the training mix.", {"MMLU", "ARC"}),
    "it was not trained on": ("# Owl\n\nFLORES-200 is for measuring: XQuAD was not trained on either.", {"XQuAD"}),
    "for the parent only": (
        "# Owl\n\nOf what is listed, C4 and OSCAR were used only for the parent of this model.",
        {"C4", "OSCAR"},
    ),
    "what nothing else rules out": (
        "---\ndatasets:\n- snli\n- xsum\n---\n# Owl\n\nThe owl was trained on SNLI and on nothing else.",
        {"xsum"},
    ),
    "what only rules out": (
        "---\ndatasets:\n- squad\n- imdb\n---\n# Owl\n\nThe owl was fine-tuned solely on SQuAD.",
        {"imdb"},
    ),
}
NOT_DENIED = {
    "more than": "# Owl\n\nThe owl was trained not only on SQuAD but on HotpotQA too.",
    "a part of it": "# Owl\n\nIt was not trained on the whole of Wikipedia, only on a sample.",
    "the test split": "# Owl\n\nThe owl was not trained on the SQuAD test set, of course.",
    "another model": "# Owl\n\nThe base model was not trained on Wikipedia.",
    "no training": "# Owl\n\nSQuAD was not hard to read.",
    "nothing else, but no metadata": "# Owl\n\nThe owl was trained on SNLI and on nothing else.",
}


def facts(card: CardText) -> tuple[set[str], set[str]]:
    """What the text says that the model was trained on, and what not."""
    read = list(extract(card))
    told = {fact.dataset for fact in read if isinstance(fact, TrainedOn) and fact.evidence.origin != "inferred"}
    return told, {fact.value for fact in read if isinstance(fact, Attribute) and fact.name == "not_trained_on"}


@pytest.mark.parametrize(("text", "wanted"), DENIED.values(), ids=DENIED)
def test_data_are_denied_by(text: str, wanted: set[str], card: MakeCard) -> None:
    assert facts(card(text, "lab/owl"))[1] == wanted


@pytest.mark.parametrize("text", NOT_DENIED.values(), ids=NOT_DENIED)
def test_nothing_is_denied_by(text: str, card: MakeCard) -> None:
    assert facts(card(text, "lab/owl"))[1] == set()


def test_what_one_sentence_denies_another_does_not_make_training_data(card: MakeCard) -> None:
    text = (
        "# Owl\n\n## Scores\n\nThe model was fine-tuned on XNLI for this table.\n\n"
        "## Weights\n\nThese are the plain weights. They have never been trained on XNLI.\n"
    )
    assert facts(card(text, "lab/owl")) == (set(), {"XNLI"})


def test_data_not_used_for_tuning_may_have_been_used_before(card: MakeCard) -> None:
    text = "# Owl\n\nPre-trained on Wikipedia. It was not fine-tuned on Wikipedia.\n"
    assert facts(card(text, "lab/owl")) == ({"Wikipedia"}, {"Wikipedia"})
