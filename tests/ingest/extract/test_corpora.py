"""Training data from tables."""

from catalog.records import AssetCard, TrainedOn
from ingest.document import read_markdown
from ingest.extract import provenance
from ingest.extract.card_text import CardText


def listed(text: str, id_: str = "lab/first-model") -> list[str]:
    document = read_markdown(f"hf-models/{id_}/README.md", text)
    card = CardText(document, AssetCard(id=id_, kind="model", title=document.title))
    facts = [fact for fact in provenance.extract(card) if isinstance(fact, TrainedOn)]
    assert all(fact.evidence.quote in text for fact in facts)
    return [fact.dataset for fact in facts]


def test_a_table_of_corpora_is_a_list_of_training_data() -> None:
    text = (
        "## Training corpus\n\n| Corpus | Tokens |\n|---|---|\n| OSCAR | 6B |\n| Wolne Lektury | 41M |\n| Total | 7B |"
    )
    assert listed(text) == ["OSCAR", "Wolne Lektury"]


def test_an_overview_of_models_counts_for_the_own_row_only() -> None:
    text = (
        "## Models\n\n| Model | #params | Training data |\n|---|---|---|\n"
        "| `lab/first-model` | 110M | OSCAR (4 GB) |\n| `lab/second-model` | 335M | CCNet |\n"
    )
    assert listed(text) == ["OSCAR"]


def test_a_table_of_results_is_no_training_data() -> None:
    assert listed("## Evaluation\n\n| Dataset | F1 |\n|---|---|\n| XNLI | 80.1 |\n| SQuAD | 88.0 |\n") == []


def test_the_source_of_a_translation_is_not_taken_beside_it() -> None:
    text = "## Dataset\n\n| Dataset | # Q&A |\n|---|---|\n| SQuAD2.0 Train | 130 K |\n| Dutch SQuAD2.0 Train | 99 K |\n"
    assert listed(text) == ["Dutch SQuAD2.0"]
