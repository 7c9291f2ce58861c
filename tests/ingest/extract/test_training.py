"""Training data from prose, lists, key–value lines and sections."""

import pytest

from catalog.records import AssetCard, Attribute, DerivedFrom, Evidence, TrainedOn
from ingest.document import read_markdown
from ingest.extract import provenance
from ingest.extract.card_text import CardText
from ingest.extract.training import roles


def card_of(text: str, id_: str = "lab/model", facts: tuple[TrainedOn | DerivedFrom | Attribute, ...] = ()) -> CardText:
    document = read_markdown(f"hf-models/{id_}/README.md", text)
    return CardText(document, AssetCard(id=id_, kind="model", title=document.title, facts=facts))


def trained(text: str, id_: str = "lab/model") -> dict[str, str | None]:
    """Dataset as printed → role, of what the card states."""
    card = card_of(text, id_)
    facts = roles(card, provenance.extract(card))
    stated = [fact for fact in facts if isinstance(fact, TrainedOn) and fact.evidence.origin != "inferred"]
    return {fact.dataset: fact.role for fact in stated}


POSITIVE = {
    "a participle after the parent": (
        "[bert-base-cased](https://huggingface.co/bert-base-cased) fine-tuned on [CoNLL-2003](https://x.org).",
        {"CoNLL-2003": "finetune"},
    ),
    "two phases in one sentence": (
        "It was pre-trained on Wikipedia and then fine-tuned on SNLI and MultiNLI.",
        {"Wikipedia": "pretrain", "SNLI": "finetune", "MultiNLI": "finetune"},
    ),
    "a list behind a lead sentence": (
        "The model was pretrained on:\n\n- the Italian part of OSCAR\n- [Wikipedia](https://dumps.wikimedia.org/itwiki)\n",
        {"OSCAR": "pretrain", "Wikipedia": "pretrain"},
    ),
    "a remark on one item of the list": (
        "It was pretrained on [BookCorpus](https://b.org), a set of\n11,038 novels and [English Wikipedia](https://w.org).",
        {"BookCorpus": "pretrain", "English Wikipedia": "pretrain"},
    ),
    "a special corpus at the end of a list": (
        "Trained on a cleaned version of the Turkish OSCAR corpus, a recent Wikipedia dump and various OPUS corpora.",
        {"OSCAR corpus": "pretrain", "Wikipedia dump": "pretrain", "OPUS corpora": "pretrain"},
    ),
    "a key and a value": (
        "**Base model:** roberta-base\n**Training data:** SQuAD 2.0\n**Eval data:** XQuAD",
        {"SQuAD 2.0": "finetune"},
    ),
    "a bare section": (
        "## Training data\n\nMongolian Wikipedia and CC-100\n",
        {"Wikipedia": "pretrain", "CC-100": "pretrain"},
    ),
    "a section that describes its data": (
        "## Dataset\n\nXSum consists of news articles with one-line summaries.",
        {"XSum": "finetune"},
    ),
    "a passive": (
        "The Common Voice and VoxPopuli data were used for fine-tuning.",
        {"Common Voice": "finetune", "VoxPopuli": "finetune"},
    ),
    "a trainer card": (
        "This model is a fine-tuned version of [base](https://huggingface.co/distilbert-base-uncased) on "
        "the emotion dataset.\nIt achieves the following results on the evaluation set:\n- Loss: 0.2",
        {"emotion dataset": "finetune"},
    ),
    "an aligned model": (
        "Fine-tuned on [OpenOrca](https://huggingface.co/datasets/Open-Orca/OpenOrca), then DPO on UltraFeedback.",
        {"Open-Orca/OpenOrca": "finetune", "UltraFeedback": "finetune"},
    ),
    "Spanish": ("Este modelo fue entrenado con el corpus OSCAR.", {"OSCAR": "pretrain"}),
    "German": ("Das Modell wurde auf GermEval 2014 trainiert.", {"GermEval 2014": "finetune"}),
    "Portuguese": ("O modelo foi treinado no corpus BrWaC.", {"BrWaC": "pretrain"}),
    "French": ("Ce modèle a été affiné sur FQuAD.", {"FQuAD": "finetune"}),
}


@pytest.mark.parametrize(("text", "wanted"), POSITIVE.values(), ids=POSITIVE)
def test_training_data_are_found_in(text: str, wanted: dict[str, str]) -> None:
    assert trained(text) == wanted


TRAPS = {
    "the parent's own training": "## Model\nThis model is based on bert-base-cased, and BERT was trained on Wikipedia.",
    "another model of a comparison": "Unlike GPT-2, which was trained on WebText, it is small.",
    "a negation": "The model was not fine-tuned on SQuAD.",
    "an advice": "You can fine-tune this model on SQuAD.",
    "a plan": "We plan to train it on The Pile.",
    "an evaluation": "The model was evaluated on XNLI and tested on PAWS-X.",
    "results of a fine-tuning": "## Results\nFine-tuned on SQuAD it reaches 88 F1.",
    "hardware": "It was trained on a Tesla V100 GPU with the Transformers library.",
    "a usage example": "## Usage\n\n```python\nload_dataset('squad')\nAutoModel.from_pretrained('lab/model')\n```",
    "the card of the parent": "# Original model card: Base\n\n## Training data\n\nThe model was trained on C4.",
    "a translated dataset": "The data set SQuAD1.1 was machine-translated. See Dutch SQuAD.",
}


@pytest.mark.parametrize("text", TRAPS.values(), ids=TRAPS)
def test_nothing_is_taken_from(text: str) -> None:
    assert trained(text) == {}


def test_a_section_about_the_parent_says_nothing_about_the_model() -> None:
    text = (
        "# mT5-small fine-tuned on TyDi QA\n\n[mT5](https://huggingface.co/google/mt5-small) fine-tuned on TyDi QA.\n\n"
        "## Details of mT5\n\nmT5 is pretrained on the mC4 corpus.\n"
    )
    assert trained(text) == {"TyDi QA": "finetune"}


def test_the_evidence_is_the_sentence_with_its_lines() -> None:
    card = card_of("# X\n\nSome words.\nThe model was fine-tuned on\nXNLI. More words.\n")
    (fact,) = [fact for fact in provenance.extract(card) if isinstance(fact, TrainedOn)]
    assert fact.evidence.quote == "The model was fine-tuned on\nXNLI."
    assert (fact.evidence.line_start, fact.evidence.line_end) == (4, 5)


def test_a_dataset_of_the_metadata_takes_the_phase_that_the_text_tells() -> None:
    evidence = Evidence(path="p", line_start=1, line_end=1, quote="- squad_v2", origin="metadata")
    card = card_of("Fine-tuned on SQuAD 2.0.", facts=(TrainedOn(dataset="squad_v2", role=None, evidence=evidence),))
    decided = roles(card, [*card.asset.facts, *provenance.extract(card)])
    assert {fact.role for fact in decided if isinstance(fact, TrainedOn)} == {"finetune"}


@pytest.mark.parametrize(
    ("task", "dataset", "role"),
    [
        ("fill-mask", "wikipedia", "pretrain"),
        ("token-classification", "conll2003", "finetune"),
        ("fill-mask", "my-texts", "pretrain"),
    ],
)
def test_an_open_phase_follows_the_task(task: str, dataset: str, role: str) -> None:
    evidence = Evidence(path="p", line_start=1, line_end=1, quote=dataset, origin="metadata")
    facts = (
        Attribute(name="task", value=task, evidence=evidence),
        TrainedOn(dataset=dataset, role=None, evidence=evidence),
    )
    decided = roles(card_of("# Model"), facts)
    assert [fact.role for fact in decided if isinstance(fact, TrainedOn)] == [role]


def test_an_open_phase_is_fine_tuning_where_there_is_a_parent() -> None:
    evidence = Evidence(path="p", line_start=1, line_end=1, quote="q", origin="metadata")
    facts = (
        DerivedFrom(base="bert-base-cased", relation="finetune", evidence=evidence),
        TrainedOn(dataset="my-labels", role=None, evidence=evidence),
    )
    assert [fact.role for fact in roles(card_of("# X"), facts) if isinstance(fact, TrainedOn)] == ["finetune"]
