"""Ways in which cards state hyper-parameters, machines, papers, makers, sizes, times and dates."""

# ruff: noqa: E501 (sentences of cards stay whole)

from collections.abc import Callable

import pytest

from catalog.records import Attribute
from catalog.vocabulary import squash
from ingest.extract import attributes
from ingest.extract.card_text import CardText

STATED: list[tuple[str, dict[str, str]]] = [
    (
        "- learning_rate: 5e-05\n- train_batch_size: 8\n- eval_batch_size: 16\n- seed: 42\n- optimizer: Use adamw_torch with betas=(0.9,0.999) and epsilon=1e-08\n- lr_scheduler_type: linear\n- num_epochs: 3.0",
        {
            "learning_rate": "5e-05",
            "batch_size": "8",
            "seed": "42",
            "optimizer": "adamw_torch",
            "lr_scheduler_type": "linear",
            "epochs": "3.0",
        },
    ),
    (
        "We trained for 3 epochs with a learning rate of 2e-5 and a batch size of 32.",
        {"epochs": "3", "learning_rate": "2e-5", "batch_size": "32"},
    ),
    (
        "The model was trained for 10 epochs using Adam with a learning rate of 1e-4, batch size 64 and a maximum sequence length of 256 tokens.",
        {"epochs": "10", "learning_rate": "1e-4", "batch_size": "64", "max_seq_length": "256"},
    ),
    (
        "Trained with AdamW (lr = 3e-4, weight decay 0.1) for 100k steps.",
        {"learning_rate": "3e-4", "weight_decay": "0.1", "max_steps": "100k", "optimizer": "AdamW"},
    ),
    (
        "| Hyperparameter | Value |\n|---|---|\n| Learning rate | 1e-5 |\n| Batch size | 16 |\n| Epochs | 4 |\n| Max length | 512 |",
        {"learning_rate": "1e-5", "batch_size": "16", "epochs": "4", "max_seq_length": "512"},
    ),
    (
        "| learning_rate | batch_size | epochs |\n|---|---|---|\n| 2e-5 | 24 | 2 |",
        {"learning_rate": "2e-5", "batch_size": "24", "epochs": "2"},
    ),
    (
        "```\npython run_glue.py --model_name_or_path x --do_train --per_device_train_batch_size 32 --learning_rate 2e-5 --num_train_epochs 3 --max_seq_length 128\n```",
        {"batch_size": "32", "learning_rate": "2e-5", "epochs": "3", "max_seq_length": "128"},
    ),
    (
        "```yaml\nbase_model: a/b\nsequence_len: 4096\nmicro_batch_size: 2\nnum_epochs: 4\nlearning_rate: 0.0002\noptimizer: adamw_bnb_8bit\nlora_r: 32\n```",
        {
            "max_seq_length": "4096",
            "batch_size": "2",
            "epochs": "4",
            "learning_rate": "0.0002",
            "optimizer": "adamw_bnb_8bit",
            "lora_r": "32",
        },
    ),
    (
        "## Training\n\n```python\nargs = TrainingArguments(learning_rate=5e-5, per_device_train_batch_size=16, num_train_epochs=2)\n```",
        {"learning_rate": "5e-5", "batch_size": "16", "epochs": "2"},
    ),
    (
        "The learning rate was set to 3e-5. We used a batch size of 2,048.",
        {"learning_rate": "3e-5", "batch_size": "2,048"},
    ),
    ("Batch size: 4 per device, 8 devices\nLearning rate: 1 × 10^-5", {"batch_size": "4"}),
    ("We fine-tuned for five epochs.", {"epochs": "5"}),
    ("**Epochs:** 12, **batch size:** 96", {"epochs": "12", "batch_size": "96"}),
    ("Peak LR 6e-4, context length 2048, batch of 0.5M tokens", {"learning_rate": "6e-4", "max_seq_length": "2048"}),
    (
        '```json\n{"lr": 1e-5, "max_len": 128, "n_epochs": 3}\n```',
        {"learning_rate": "1e-5", "max_seq_length": "128", "epochs": "3"},
    ),
    ("Entrenado durante 5 épocas con tasa de aprendizaje 2e-5.", {"epochs": "5", "learning_rate": "2e-5"}),
    (
        "The model trained for one million steps with a batch\nsize of 256.",
        {"max_steps": "one million", "batch_size": "256"},
    ),
    (
        "Training: 3 epochs, lr=1e-5, bs=16, max_len=256",
        {"epochs": "3", "learning_rate": "1e-5", "batch_size": "16", "max_seq_length": "256"},
    ),
    ("Trained on 8x NVIDIA A100 80GB GPUs for 3 days.", {"hardware": "8x NVIDIA A100 80GB GPUs"}),
    ("- **Hardware Type:** 4 x H100\n- **Hours used:** 200", {"hardware": "4 x H100"}),
    ("The model was trained on 64 V100 GPUs.", {"hardware": "64 V100 GPUs"}),
    (
        "BERT can be trained on a single GPU. This model was trained on two Quadro RTX 6000.",
        {"hardware": "two Quadro RTX 6000"},
    ),
    ("Inference needs 16 GB; a T4 is enough.", {}),
    ("### Compute infrastructure\n\nNVIDIA GeForce RTX 4090", {"hardware": "NVIDIA GeForce RTX 4090"}),
    (
        "See our paper [Tiny Owls Hunt Well at Night](https://arxiv.org/abs/2101.01234).",
        {"paper": "Tiny Owls Hunt Well at Night", "arxiv": "2101.01234"},
    ),
    ("# OwlBERT\n\n[OwlBERT](https://arxiv.org/abs/2101.01234) is a language model for owls.", {"arxiv": "2101.01234"}),
    (
        "# X\n\n[Tiny Owls Hunt Well at Night in Forests](https://arxiv.org/pdf/2101.01234.pdf)\n",
        {"paper": "Tiny Owls Hunt Well at Night in Forests", "arxiv": "2101.01234"},
    ),
    ("- **Paper [optional]:** https://arxiv.org/abs/2101.01234", {"arxiv": "2101.01234"}),
    (
        "```bibtex\n@article{owl,\n title={Owls at Night},\n author={A. Owl and B. Bat},\n journal={arXiv preprint arXiv:2101.01234},\n year={2021}}\n```",
        {"paper": "Owls at Night", "arxiv": "2101.01234"},
    ),
    ('Presented in the paper "Owls at Night and by Day" (EMNLP 2021).', {"paper": "Owls at Night and by Day"}),
    ("It was introduced in [this paper](https://arxiv.org/abs/2101.01234).", {"arxiv": "2101.01234"}),
    ("**Paper:** Owls at Night and by Day", {"paper": "Owls at Night and by Day"}),
    ("It was described in https://hf.co/papers/2101.01234 .", {"arxiv": "2101.01234"}),
    ("- **Developed by:** Owl Institute", {"organization": "Owl Institute"}),
    ("- **Shared by [optional]:** Owl Lab", {"organization": "Owl Lab"}),
    ("This model was released by the Owl Institute of Ornithology.", {"organization": "Owl Institute of Ornithology"}),
    ("> Created by Ana Owl | LinkedIn", {"organization": "Ana Owl"}),
    ("The model was proposed by Ana Owl, Bert Bat and Cid Crow.", {"organization": "Ana Owl, Bert Bat and Cid Crow"}),
    ("This model card was written by the Hugging Face team.", {}),
    ("- **Developed by:** [More Information Needed]", {}),
    ("The model has 1.3B parameters.", {"params": "1.3B"}),
    ("- **Model size:** 7B params", {"params": "7B"}),
    ("Number of parameters: 66,362,880", {"params": "66,362,880"}),
    ("Training took 36 hours on 4 A100.", {"training_time": "36 hours"}),
    ("**Hours used:** 200", {"training_time": "200"}),
    ("**Model release date:** July 23, 2024", {"date": "July 23, 2024"}),
    ("This model was released on 12 May 2023.", {"date": "12 May 2023"}),
    ("Date: 2021-03-01", {"date": "2021-03-01"}),
    ("The model was trained between January 2023 and July 2023.", {"date": "between January 2023 and July 2023"}),
    ("We trained it for about 4 days on one TPU.", {"training_time": "about 4 days"}),
]
#: code that runs a model has lengths and batches that are none of training
RUNS = """## Usage

```python
inputs = tokenizer(text, max_length=50)
model.generate(inputs, max_length=40, batch_size=1)
```
"""


def stated(card: CardText) -> dict[str, str]:
    """Name of the attribute (`hyper.` left out) → its first value."""
    found: dict[str, str] = {}
    for fact in attributes.extract(card):
        if isinstance(fact, Attribute):
            found.setdefault(fact.name.removeprefix("hyper."), fact.value)
    return found


@pytest.mark.parametrize(("text", "expected"), STATED, ids=[text[:60] for text, _ in STATED])
def test_values_are_read_from(text: str, expected: dict[str, str], card: Callable[..., CardText]) -> None:
    found = stated(card(text))
    assert {name: squash(found.get(name, "")) for name in expected} == {n: squash(v) for n, v in expected.items()}
    assert expected or not found.keys() & {"hardware", "organization"}


def test_code_that_only_runs_a_model_has_no_hyper_parameters(card: Callable[..., CardText]) -> None:
    assert stated(card(RUNS)) == {}
