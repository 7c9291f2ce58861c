"""Ways in which cards name training data: said outright, junk in the place of a name, or only looking like it."""

# ruff: noqa: E501 (sentences of cards stay whole)

from collections.abc import Callable

import pytest

from catalog.records import TrainedOn
from catalog.vocabulary import squash, vocabulary
from ingest.extract import extract
from ingest.extract.card_text import CardText
from ingest.extract.training import roles
from ingest.naming import dataset_name

#: None where the phase does not matter
SAID: list[tuple[str, set[tuple[str, str | None]]]] = [
    ("The model was trained on the CoNLL-2003 English NER data.", {("CoNLL-2003", "finetune")}),
    ("# X for NER\n\nTraining data: WikiANN (Danish part)", {("WikiANN", "finetune")}),
    ("It was fine-tuned for two epochs on Quora Question Pairs.", {("Quora Question Pairs", "finetune")}),
    ("We pre-train on OSCAR and then fine-tune on XNLI.", {("XNLI", "finetune"), ("OSCAR", "pretrain")}),
    (
        "The pre-training corpus consists of Wikipedia, BookCorpus and CC-News.",
        {("CC-News", "pretrain"), ("Wikipedia", "pretrain"), ("BookCorpus", "pretrain")},
    ),
    ("Pretrained on 100GB of text from the mC4 corpus.", {("mC4", "pretrain")}),
    ("bert-base-cased fine-tuned on the SST-2 dataset from the GLUE benchmark.", {("SST-2", "finetune")}),
    (
        "## Training data\n\n- [SNLI](https://nlp.stanford.edu/projects/snli/)\n- [MultiNLI](https://cims.nyu.edu/~sbowman/multinli/)\n\n# y",
        {("SNLI", "finetune"), ("MultiNLI", "finetune")},
    ),
    ("# bert for sentiment\n\n## Dataset\n\nThe IMDb Large Movie Review Dataset was used.", {("IMDb", "finetune")}),
    ("It learned from Common Voice 7.0 and VoxPopuli.", {("Common Voice 7.0", None), ("VoxPopuli", None)}),
    ("The final model was obtained after training on MS MARCO passages.", {("MS MARCO", "finetune")}),
    ("First trained on SNLI, afterwards on STSb.", {("SNLI", "finetune"), ("STSb", "finetune")}),
    ("Fine-tuning was done with the help of the TyDi QA gold passage set.", {("TyDi QA", "finetune")}),
    (
        "SFT data: OpenHermes-2.5\nDPO data: UltraFeedback",
        {("OpenHermes-2.5", "finetune"), ("UltraFeedback", "finetune")},
    ),
    (
        "This model was trained with [HuggingFaceH4/ultrachat_200k](https://huggingface.co/datasets/HuggingFaceH4/ultrachat_200k).",
        {("HuggingFaceH4/ultrachat_200k", "finetune")},
    ),
    (
        "This model is a fine-tuned version of [t5-small](https://huggingface.co/t5-small) on the xsum dataset.",
        {("xsum", "finetune")},
    ),
    (
        "This model is a fine-tuned version of [bert-base-cased](https://huggingface.co/bert-base-cased) on the glue mrpc dataset.",
        {("glue mrpc", "finetune")},
    ),
    ("This model is a fine-tuned version of [x/y](https://huggingface.co/x/y) on the imagefolder dataset.", set()),
    ("This model is a fine-tuned version of [x/y](https://huggingface.co/x/y) on the generator dataset.", set()),
    ("This model is a fine-tuned version of [x/y](https://huggingface.co/x/y) on an unknown dataset.", set()),
    ("This model is a fine-tuned version of [x/y](https://huggingface.co/x/y) on the None dataset.", set()),
    ("This model is a fine-tuned version of [x/y](https://huggingface.co/x/y) on the audiofolder dataset.", set()),
    (
        "This model is a fine-tuned version of [x/y](https://huggingface.co/x/y) on the mozilla-foundation/common_voice_11_0 dataset.",
        {("mozilla-foundation/common_voice_11_0", "finetune")},
    ),
    (
        "This is a [sentence-transformers](https://www.SBERT.net) model finetuned from [m/n](https://huggingface.co/m/n) on the [all-nli](https://huggingface.co/datasets/sentence-transformers/all-nli) dataset.",
        {("sentence-transformers/all-nli", "finetune")},
    ),
    (
        "### Training Dataset\n\n#### all-nli\n\n* Dataset: [all-nli](https://huggingface.co/datasets/sentence-transformers/all-nli) at [d482672](https://huggingface.co/datasets/sentence-transformers/all-nli/tree/d482672)\n* Size: 557,850 training samples",
        {("sentence-transformers/all-nli", "finetune")},
    ),
    ("Model trained on ImageNet-1k at 224x224.", {("ImageNet-1k", "pretrain")}),
    ("It has been trained on LibriSpeech 960h.", {("LibriSpeech", None)}),
    ("Trained on a dataset of recipes.", set()),
    ("Trained on a private dataset.", set()),
    ("Trained on our own data set of tweets.", set()),
    ("Trained on custom data", set()),
    ("**Training data:** custom dataset", set()),
    ("Dataset: private", set()),
    ("Datasets: None", set()),
    ("Training data: the dataset", set()),
    ("Training data: pretraining corpus", set()),
    ("datasets used: n/a", set()),
    ("The model was fine-tuned on a downstream task.", set()),
    ("Fine-tuned on a single V100 for 3 epochs.", set()),
    ("trained on Google Colab", set()),
    ("trained on TPU v3-8", set()),
    ("The pre-training data is described in the paper.", set()),
    ("The model was trained on the Training set.", set()),
    ("The model was trained on text.", set()),
    ("Trained on the train split with Adam.", set()),
    ("We trained on English Wikipedia.", {("Wikipedia", "pretrain")}),
    ("trained on the German part of the OPUS corpus", {("OPUS", "pretrain")}),
    (
        "Trained on data from the Kaggle competition Jigsaw Toxic Comment Classification Challenge.",
        {("Jigsaw Toxic Comment Classification Challenge", "finetune")},
    ),
    ("The training set is a concatenation of SQuAD v2 and NewsQA.", {("SQuAD v2", "finetune"), ("NewsQA", "finetune")}),
    ("Entrenado con el corpus SQUAD-es-v2.", {("SQUAD-es-v2", "finetune")}),
    ("Das Modell wurde auf GermEval 2014 trainiert.", {("GermEval 2014", "finetune")}),
    (
        "```\npython run_glue.py --model_name_or_path roberta-base --task_name MRPC --do_train\n```",
        {("MRPC", "finetune")},
    ),
    (
        "```bash\npython run_summarization.py --dataset_name cnn_dailymail --dataset_config 3.0.0 --do_train\n```",
        {("cnn_dailymail", "finetune")},
    ),
    ("---\ndatasets:\n- squad_v2\n- custom\n- private\n---\n# X", {("squad_v2", "finetune")}),
    ("---\ndatasets: []\n---\n# X\n", set()),
    ("---\ndatasets:\n- null\n- N/A\n---\n# X\n", set()),
    ("## Training data\n\nThe [EmoBank](https://github.com/JULIELab/EmoBank) corpus.", {("EmoBank", "finetune")}),
    (
        "## Training data\n\nThis model was trained on the Emotion dataset (`dair-ai/emotion`).",
        {("dair-ai/emotion", "finetune")},
    ),
    ("Fine-tuned on the **FinancialPhraseBank**.", {("FinancialPhraseBank", "finetune")}),
    ("We used DREAM and RACE for training.", {("RACE", "finetune"), ("DREAM", "finetune")}),
    ("Trained with 2M sentence pairs of ParaCrawl v9.", {("ParaCrawl v9", "pretrain")}),
]
NOT_SAID: list[str] = [
    "BERT was trained on Wikipedia and BookCorpus.",
    "Evaluated on SQuAD 2.0.",
    "It reaches 90 F1 on CoNLL-2003.",
    "We will train on C4 in the future.",
    "It was not trained on SNLI.",
    "You can fine-tune it on SQuAD.",
    "Unlike T5, which was trained on C4, our model is small.",
    "The tokenizer was trained on OSCAR.",
    "For evaluation, we use GLUE.",
    "The teacher was trained on MNLI.",
    "Compared to a model trained on XNLI, it is better.",
    "## How to use\n```python\nds = load_dataset('imdb')\n```",
    "If you want to train on CoNLL-2003, use the script.",
    "Datasets such as MNLI are hard.",
    "The license of the SQuAD data set is CC BY-SA.",
    "## Evaluation data\n\nWe evaluate on XQuAD.",
    "| Dataset | F1 |\n|---|---|\n| SQuAD | 88 |",
    "SST-2 was excluded from training.",
    "The test set comes from TREC.",
]


def identity(name: str) -> str:
    return vocabulary("datasets").find(name, weak=True) or squash(name)


def trained(card: CardText) -> dict[str, str | None]:
    """Dataset → phase, of those that the card states and that name something."""
    facts = [fact for fact in roles(card, [*card.asset.facts, *extract(card)]) if isinstance(fact, TrainedOn)]
    named = [(dataset_name(fact.dataset), fact.role) for fact in facts if fact.evidence.origin != "inferred"]
    return {identity(name): role for name, role in named if name}


@pytest.mark.parametrize(("text", "expected"), SAID, ids=[text[:60] for text, _ in SAID])
def test_training_data_are_read_from(
    text: str, expected: set[tuple[str, str | None]], card: Callable[..., CardText]
) -> None:
    found = trained(card(text))
    assert set(found) == {identity(name) for name, _ in expected}
    assert all(role in (None, found[identity(name)]) for name, role in expected)


@pytest.mark.parametrize("text", NOT_SAID, ids=[text[:60] for text in NOT_SAID])
def test_no_training_data_are_read_from(text: str, card: Callable[..., CardText]) -> None:
    assert trained(card(text)) == {}
