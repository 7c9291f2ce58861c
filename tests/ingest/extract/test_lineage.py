"""Parents of a model from prose, key–value lines, titles and code."""

import pytest

from catalog.records import AssetCard, DerivedFrom
from ingest.document import read_markdown
from ingest.extract import provenance
from ingest.extract.card_text import CardText


def parents(text: str, id_: str = "lab/model", origin: str = "stated") -> dict[str, str]:
    """Parent as printed → relation."""
    document = read_markdown(f"hf-models/{id_}/README.md", text)
    card = CardText(document, AssetCard(id=id_, kind="model", title=document.title))
    facts = [fact for fact in provenance.extract(card) if isinstance(fact, DerivedFrom)]
    return {
        fact.base: fact.relation for fact in facts if (fact.evidence.origin == "inferred") == (origin == "inferred")
    }


POSITIVE = {
    "a trainer card": (
        "This model is a fine-tuned version of [org/base-x](https://huggingface.co/org/base-x) on an unknown dataset.",
        {"org/base-x": "finetune"},
    ),
    "a title": ("# T5-base fine-tuned on WikiSQL\n", {"T5-base": "finetune"}),
    "an id in brackets": (
        "BERT (`bert-large-cased`) trained for sentiment classification.",
        {"bert-large-cased": "finetune"},
    ),
    "a key": ("**Language model:** deepset/gbert-base\n**Language:** German\n", {"deepset/gbert-base": "finetune"}),
    "a template key": ("- **Finetuned from model :** unsloth/llama-3-8b\n", {"unsloth/llama-3-8b": "finetune"}),
    "a command": (
        "# QA\n\n```bash\npython run_squad.py \\\n  --model_name_or_path albert-base-v2 \\\n  --do_train\n```",
        {"albert-base-v2": "finetune"},
    ),
    "a training script": (
        "## Training\n\n```python\nm = AutoModel.from_pretrained('xlm-roberta-base')\nTrainer(model=m).train()\n```",
        {"xlm-roberta-base": "finetune"},
    ),
    "a warm start of two": (
        "The encoder and the decoder are `bert-base-cased` and `gpt2`.",
        {"bert-base-cased": "initialization", "gpt2": "initialization"},
    ),
    "further pre-training": (
        "A `bert-base-cased` model further pre-trained on clinical notes.",
        {"bert-base-cased": "continued-pretraining"},
    ),
    "distillation": (
        "A distilled version of bert-base-multilingual-cased.",
        {"bert-base-multilingual-cased": "distillation"},
    ),
    "a smaller vocabulary": (
        "Smaller versions of [mt5-base](https://huggingface.co/google/mt5-base) with tokens of one language.",
        {"google/mt5-base": "vocabulary-reduction"},
    ),
    "a port": (
        "A ported version of [their seq2seq transformer](https://x.org/nmt) for en-fi.",
        {"their seq2seq transformer-en-fi": "conversion"},
    ),
    "quantisation": (
        "This repo contains GGUF files for [Foo 7B](https://huggingface.co/org/Foo-7B).",
        {"org/Foo-7B": "quantization"},
    ),
    "an adapter": ("A LoRA adapter for meta-llama/Llama-2-7b-hf.", {"meta-llama/Llama-2-7b-hf": "adapter"}),
    "a recipe of a merge": (
        "# M\n\n```yaml\nmodels:\n  - model: a1/foo-7b\n  - model: b2/bar-7b\nmerge_method: slerp\n```",
        {"a1/foo-7b": "merge", "b2/bar-7b": "merge"},
    ),
    "a bare address": (
        "The model is based on BERTurk for Turkish https://huggingface.co/dbmdz/bert-base-turkish-cased",
        {"dbmdz/bert-base-turkish-cased": "finetune"},
    ),
    "an id and its maker's page": (
        "It is based on `wug-base-cased` by [wuglab](https://huggingface.co/wuglab), tuned on letters.",
        {"wuglab/wug-base-cased": "finetune"},
    ),
    "an id and its maker": (
        "This model is based off Sentence-Transformers' `distiluse-base-multilingual-cased`, extended to Welsh.",
        {"distiluse-base-multilingual-cased": "finetune"},
    ),
    "a maker in the genitive": (
        "This model is based off **deepset's** `gelectra-large-mini-v9`, extended to Welsh.",
        {"deepset/gelectra-large-mini-v9": "finetune"},
    ),
    "an evaluator": (
        "# Answer-evaluator\n\nThe model is a pretrained [bert-base-cased](https://huggingface.co/bert-base-cased) "
        "with a sequence classification head.",
        {"bert-base-cased": "finetune"},
    ),
    "a task before the parent": (
        "It is a pretrained model for Welsh sentiment analysis using [bert-base-cased](https://huggingface.co/bert-base-cased).",
        {"bert-base-cased": "finetune"},
    ),
    "a model of a size for a task": (
        "This is a fast BERT-large question answering model.",
        {"BERT-large": "finetune"},
    ),
    "German": (
        "Dieses Modell basiert auf [gbert](https://huggingface.co/deepset/gbert-base).",
        {"deepset/gbert-base": "finetune"},
    ),
    "French": ("Modèle affiné sur FQuAD à partir de camembert-base.", {"camembert-base": "finetune"}),
}


@pytest.mark.parametrize(("text", "wanted"), POSITIVE.values(), ids=POSITIVE)
def test_a_parent_is_found_in(text: str, wanted: dict[str, str]) -> None:
    assert parents(text) == wanted


TRAPS = {
    "an architecture": "BigLM is a language model based on Google's BERT architecture.",
    "a comparison": "RoBERTa outperforms BERT when fine-tuned on SQuAD. We compare it with mBERT fine-tuned on SNLI.",
    "an advice": "You can fine-tune `bert-base-cased` in the same way.",
    "a language version": "A Tagalog version of BERT trained on a large corpus.",
    "a cased version": "This is a cased version of `google/electra-small-discriminator`, trained on Welsh news.",
    "a family for a task": "This is a BERT question answering model.",
    "a usage snippet": "## Usage\n\n```python\nmodel = AutoModel.from_pretrained('bert-base-cased')\n```",
    "a repository of code": "Converted with the script of [google-research/bert](https://github.com/google-research/bert).",
    "an architecture behind a key": "**Model:** GPT-2 architecture with longer windows",
    "a kind of network": "The text encoder is a ViT-L/14 Transformer.",
    "its own name": "This model, `lab/model`, was fine-tuned on SST-2.",
}


@pytest.mark.parametrize("text", TRAPS.values(), ids=TRAPS)
def test_no_parent_is_taken_from(text: str) -> None:
    assert parents(text) == {}


def test_the_surest_name_of_a_parent_rules_out_the_vaguer_ones() -> None:
    text = "# BioBERT NLI\n\nThis is BioBERT fine-tuned on SNLI.\n\n**Base model**: `someone/biobert_v1.1`\n"
    assert parents(text) == {"someone/biobert_v1.1": "finetune"}


def test_a_title_calls_a_model_by_its_own_name_where_the_text_names_what_it_was_made_from() -> None:
    text = (
        "# Pond-BERT-large for sentiment analysis\n\nA BERT-large model trained on letters, then fine-tuned for it.\n"
    )
    assert parents(text, "lab/pond-bert-large-sentiment") == {"BERT-large": "finetune"}
    assert parents("# BERT-large for sentiment analysis\n", "lab/bert-large-sentiment") == {"BERT-large": "finetune"}


def test_a_bare_family_takes_its_size_from_the_title() -> None:
    assert parents("# GPT-2 (medium) for jokes\n\nA fine-tuned GPT-2 for jokes.") == {"GPT-2 medium": "finetune"}


def test_what_only_the_id_says_is_inferred() -> None:
    assert parents("# Some title", "lab/bert-base-cased-finetuned-squad") == {}
    inferred = parents("# Some title", "lab/bert-base-cased-finetuned-squad", "inferred")
    assert inferred == {"bert-base-cased": "finetune"}
