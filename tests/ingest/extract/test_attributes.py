"""Size, hardware, hyper-parameters, paper, people and licence, as the text states them."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from catalog.records import Attribute
from ingest.extract import attributes
from ingest.extract.card_text import CardText

MakeCard = Callable[..., CardText]


def told(card: CardText, name: str) -> list[str]:
    return [fact.value for fact in attributes.extract(card) if isinstance(fact, Attribute) and fact.name == name]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The model has 6 layers, in all 134M parameters (compared to 177M parameters for mBERT).", "134M"),
        ("It follows the bert-base-cased architecture (12-layer, 768-hidden, 12-heads, 110M parameters).", "110M"),
        ("A 7B-parameter model.", "7B"),
        ("Parameters: 1.3 billion", "1.3 billion"),
        ("El modelo tiene 125 millones de parámetros.", "125 millones"),
        ("This GPT-2 (774M) model writes abstracts.", "774M"),
        ("Trained on 110M sentences.", None),
        ("It is smaller than BERT-large with its 340M parameters.", None),
    ],
)
def test_sizes_in_sentences(card: MakeCard, text: str, wanted: str | None) -> None:
    assert next(iter(told(card(f"# X\n\n{text}\n"), "params")), None) == wanted


def test_the_size_is_read_from_the_own_row_of_a_table(card: MakeCard) -> None:
    text = (
        "# F\n\n| Model | #params | Arch |\n|---|---|---|\n| `lab/foo-base` | 124.5M | Base |\n"
        "| `lab/foo-large` | 335.2M | Large |\n"
    )
    assert told(card(text, "lab/foo-large"), "params") == ["335.2M"]


def test_the_unit_of_a_size_may_stand_in_the_header(card: MakeCard) -> None:
    text = "# F\n\n| Model | MM Params |\n|---|---|\n| foo-6-6 | 230 |\n| foo-12-1 | 222 |\n"
    assert told(card(text, "lab/foo-12-1"), "params") == ["222M"]


@pytest.mark.parametrize(
    ("text", "id_", "wanted"),
    [
        ("There are four of them: 40M, 90M, 250M and 2B parameters.", "lab/owl-90m", ["90M"]),
        ("The family ranges from 40M to 9B parameters.", "lab/owl-2b", []),
        ("The owls have 90M, 250M or 2B parameters. This one has 250M parameters.", "lab/owl-mid", ["250M"]),
        ("It has 12 layers and 90M parameters.", "lab/owl-90m", ["90M"]),
    ],
)
def test_of_the_sizes_of_a_family_the_own_one_counts(card: MakeCard, text: str, id_: str, wanted: list[str]) -> None:
    assert told(card(f"# Owl\n\n{text}\n", id_), "params")[:1] == wanted


def test_a_column_that_leaves_the_embeddings_out_is_not_the_size(card: MakeCard) -> None:
    text = "# Owl\n\n| Model | Non-embedding params |\n|---|---|\n| lab/owl | 70M |\n\nIt has 90M parameters.\n"
    assert told(card(text, "lab/owl"), "params") == ["90M"]


def test_a_size_that_only_the_id_tells_is_inferred(card: MakeCard) -> None:
    facts = [f for f in attributes.extract(card("# Chat\n", "lab/llama-7b")) if isinstance(f, Attribute)]
    assert [(f.name, f.value, f.evidence.origin) for f in facts] == [("params", "7B", "inferred")]


@pytest.mark.parametrize(
    "text",
    [
        "```\npython run.py --learning_rate 3e-5 --num_train_epochs 3 --train_batch_size 8 --eval_batch_size 99\n```",
        '```json\n{"learning_rate": 3e-5, "num_train_epochs": 3, "train_batch_size": 8}\n```',
        "- learning_rate: 3e-5\n- train_batch_size: 8\n- eval_batch_size: 99\n- num_epochs: 3\n",
        "| Parameter | Value |\n|---|---|\n| Learning rate | 3e-5 |\n| Batch size | 8 |\n| Epochs | 3 |\n",
        "We train with a batch size of 8 for three epochs with a learning rate of `3e-5`.",
    ],
    ids=["a command", "a configuration", "a list", "a table", "a sentence"],
)
def test_hyperparameters_in_every_form(card: MakeCard, text: str) -> None:
    read = card(f"# X\n\n{text}\n")
    values = {name: told(read, f"hyper.{name}") for name in ("learning_rate", "batch_size", "epochs")}
    assert values == {"learning_rate": ["3e-5"], "batch_size": ["8"], "epochs": ["3"]}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The model was trained on a Tesla P100 GPU for two days.", "a Tesla P100 GPU"),
        ("**Infrastructure**: 4x Tesla V100", "4x Tesla V100"),
        ("Training took 12 hours on a TPU v3-8.", "a TPU v3-8"),
        ("Inference needs a GPU with 16 GB.", None),
        ("We trained on 100,000 tweets.", None),
    ],
)
def test_hardware_of_training(card: MakeCard, text: str, wanted: str | None) -> None:
    assert next(iter(told(card(f"# X\n\n{text}\n"), "hardware")), None) == wanted


def test_the_paper_to_cite_and_its_authors(card: MakeCard) -> None:
    text = (
        "# X\n\nIntroduced in [our paper](https://arxiv.org/abs/2001.00001).\n\n```\n@article{a,\n"
        "  title={A {Nice} Model},\n"
        "  author={Ann Example and Bo Sample},\n  journal={arXiv preprint arXiv:2001.00001}\n}\n"
        "```\n\n## References\n\n"
        "Other work: https://arxiv.org/abs/1810.00002\n"
    )
    read = card(text)
    assert told(read, "paper") == ["A Nice Model"]
    assert told(read, "arxiv") == ["2001.00001"]
    assert told(read, "organization") == ["Ann Example and Bo Sample"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("- **Developed by:** Example Lab\n", ["Example Lab"]),
        ("- **Developed by:** [More Information Needed]\n", []),
        ("This model was created by the Example Research Team in spring.", ["Example Research Team"]),
        ("It starts from BERT, created by Google.", []),
    ],
)
def test_who_made_it(card: MakeCard, text: str, wanted: list[str]) -> None:
    assert told(card(f"# X\n\n{text}\n"), "organization") == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("## License\n\nApache License 2.0\n", ["apache-2.0"]),
        ("The model is released under the MIT license.", ["mit"]),
        ("License: CC BY-NC 4.0", ["cc-by-nc-4.0"]),
        ("The dataset is released under the CC0 license.", []),
        ("We thank MIT for its support.", []),
        ("Code and models of this toolkit are published under the MIT licence.", ["mit"]),
        ("The models use a toolkit that is published under the MIT licence.", []),
    ],
)
def test_the_licence_in_the_text(card: MakeCard, text: str, wanted: list[str]) -> None:
    assert told(card(f"# X\n\n{text}\n"), "license") == wanted


@pytest.mark.parametrize(
    "text",
    [
        "trained on " + "2 x " * 100_000 + "V100 GPU",
        "learning rate " * 20_000,
        "@article{a, title = {" + "x " * 100_000,
        "1" * 200_000,
    ],
    ids=["devices", "keys", "an open entry", "digits"],
)
def test_odd_input_takes_linear_time(card: MakeCard, text: str) -> None:
    read = card("# X\n\n" + text)
    started = time.process_time()
    list(attributes.extract(read))
    assert time.process_time() - started < 5


def test_the_gold_sizes_and_licences_are_found(
    gold_cards: list[tuple[dict[str, Any], CardText]], f1: Callable[[set[Any], set[Any]], float]
) -> None:
    wanted, found = set(), set()
    for gold, read in gold_cards:
        facts = [f for f in (*read.asset.facts, *attributes.extract(read)) if isinstance(f, Attribute)]
        stated = [f for f in facts if f.name == "params" and f.evidence.origin != "inferred"]
        found |= {(gold["id"], _number(f.value)) for f in stated[:1]}
        found |= {(gold["id"], f.value) for f in [f for f in facts if f.name == "license"][:1]}
        wanted |= {(gold["id"], _number(gold["params"]))} if gold["params"] else set()
        wanted |= {(gold["id"], gold["license"])} if gold["license"] else set()
    assert f1(found, wanted) > 0.97


def _number(size: str) -> str:
    digits = re.match(r"\D*([\d.]+)", size)
    return digits[1] if digits else size
