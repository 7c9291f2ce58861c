"""Results of a card's own model, in whatever form the card prints them."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from catalog.records import Evaluation
from catalog.vocabulary import squash, vocabulary
from ingest.extract import results
from ingest.extract.card_text import CardText

MakeCard = Callable[..., CardText]


def told(card: CardText) -> set[tuple[str | None, str | None, str]]:
    """(dataset, metric, value) with canonical names where there are any."""
    return {_plain(fact) for fact in results.extract(card) if isinstance(fact, Evaluation)}


def _plain(fact: Evaluation) -> tuple[str | None, str | None, str]:
    dataset = vocabulary("datasets").find(fact.dataset or "") or fact.dataset
    return dataset, vocabulary("metrics").find(fact.metric or "", weak=True) or fact.metric, fact.value


def test_a_table_of_metrics_takes_its_dataset_from_the_title(card: MakeCard) -> None:
    text = (
        "# Small BERT fine-tuned on SQuAD v2\n\n## Results\n\n| Metric | # Value |\n|---|---|\n"
        "| **EM** | **60.4** |\n| **F1** | 64.2 |\n"
    )
    assert told(card(text)) == {("squad_v2", "exact_match", "60.4"), ("squad_v2", "f1", "64.2")}


def test_only_the_column_of_this_model_counts(card: MakeCard) -> None:
    text = (
        "# Foo-7B-Instruct\n\n## Evaluation\n\n| Benchmark | Metric | Llama-2-7B | Foo-7B-Instruct | Mistral-7B |\n"
        "|---|---|---|---|---|\n| MMLU | 5-shot acc | 45.3 | 61.2 | 60.1 |\n"
        "| GSM8K | exact match | 14.6 | 52.2 | 40.0 |\n"
    )
    assert told(card(text, "lab/Foo-7B-Instruct")) == {("mmlu", "accuracy", "61.2"), ("gsm8k", "exact_match", "52.2")}


def test_only_the_row_of_this_model_counts(card: MakeCard) -> None:
    text = (
        "# Reviews\n\nAccuracy on the IMDB test set:\n\n| Model | Accuracy |\n|---|---|\n| BERT-base | 90.1 |\n"
        "| `review-net` (this model) | 93.2 |\n| RoBERTa-large | 95.0 |\n"
    )
    assert told(card(text, "lab/review-net")) == {("imdb", "accuracy", "93.2")}


def test_a_comparison_without_this_model_says_nothing(card: MakeCard) -> None:
    text = "# Notes on SQuAD\n\n## Results\n\n| Model | F1 |\n|---|---|\n| BERT-base | 88.5 |\n| XLNet-large | 94.5 |\n"
    assert told(card(text, "lab/tiny-reader")) == set()


def test_a_number_that_links_to_another_model_is_its_result(card: MakeCard) -> None:
    text = (
        "# Reader for SQuAD\n\n## Results\n\n| | SQuAD 1.1 | SQuAD 2.0 |\n|---|---|---|\n| | F1 | F1 |\n"
        "| reader-base | [92.4](https://huggingface.co/lab/reader-one) | 83.6 |\n"
    )
    assert told(card(text, "lab/reader-base")) == {("squad_v2", "f1", "83.6")}


def test_rows_of_datasets_are_all_taken(card: MakeCard) -> None:
    text = (
        "# M\n\n## Eval results\n\ntestset | BLEU | chr-F\n---|---|---\n"
        "newstest2014 | 34.9 | 0.606\nTatoeba | 50.5 | 0.671\n"
    )
    found = told(card(text))
    assert {value for _, _, value in found} == {"34.9", "0.606", "50.5", "0.671"}
    assert all(dataset for dataset, _, _ in found)


def test_columns_may_be_splits(card: MakeCard) -> None:
    text = "# NER on CoNLL-2003\n\n## Results\n\nmetric|dev|test\n-|-|-\nf1 |95.1 |91.3\n"
    found = [fact for fact in results.extract(card(text)) if isinstance(fact, Evaluation)]
    assert {(fact.split, fact.value) for fact in found} == {("dev", "95.1"), ("test", "91.3")}


def test_two_metrics_in_one_cell_are_two_results(card: MakeCard) -> None:
    text = "# P\n\n## Results\n\n| Task | Metric | P |\n|---|---|---|\n| Parsing | UAS/LAS | 87.12/82.32 |\n"
    assert {(metric, value) for _, metric, value in told(card(text, "lab/P"))} == {("uas", "87.12"), ("las", "82.32")}


def test_a_second_header_row_names_the_metrics(card: MakeCard) -> None:
    text = (
        "# G\n\n## Evaluation results\n\n| Dataset | LAMBADA | LAMBADA | WikiText2 |\n|---|---|---|---|\n"
        "| (metric) | (PPL) | (ACC) | (PPL) |\n| | 35.13 | 45.99 | 29.41 |\n"
    )
    assert {(metric, value) for _, metric, value in told(card(text))} == {
        ("perplexity", "35.13"),
        ("accuracy", "45.99"),
        ("perplexity", "29.41"),
    }


def test_of_a_classification_report_only_the_summary_counts(card: MakeCard) -> None:
    text = (
        "# Topics\n\n## Result on the AG News dataset\n\n```\n              precision    recall  f1-score   support\n\n"
        "       World       0.83      0.76      0.80       483\n"
        "      Sports       0.79      0.75      0.77       420\n\n"
        "    accuracy                           0.87       903\n"
        "   macro avg       0.86      0.85      0.84       903\n```\n"
    )
    assert told(card(text)) == {
        ("ag_news", "accuracy", "0.87"),
        ("ag_news", "precision_macro", "0.86"),
        ("ag_news", "recall_macro", "0.85"),
        ("ag_news", "f1_macro", "0.84"),
    }


def test_printed_output_of_the_squad_script_is_read_without_its_parts(card: MakeCard) -> None:
    text = (
        '# QA on SQuAD 2.0\n\n## Performance\n\n```\n"exact": 79.97,\n"f1": 83.0,\n'
        '"total": 11873,\n"HasAns_exact": 78.03,\n"best_f1": 83.01\n```\n'
    )
    assert told(card(text)) == {("squad_v2", "exact_match", "79.97"), ("squad_v2", "f1", "83.0")}


def test_a_rounded_value_is_not_told_twice(card: MakeCard) -> None:
    text = (
        "# QA on SQuAD 2.0\n\n## Results\n\n| Metric | Value |\n|---|---|\n| F1 | 82.22 |\n\n```\n"
        '{"f1": 82.22801347271162}\n```\n'
    )
    assert told(card(text)) == {("squad_v2", "f1", "82.22")}


def test_a_trainer_card_is_read_from_its_list_and_its_last_epoch(card: MakeCard) -> None:
    text = (
        "---\nbase_model: distilbert-base-uncased\n---\n# tuned\n\nThis model is a fine-tuned version of "
        "[distilbert-base-uncased](https://huggingface.co/distilbert-base-uncased) on the emotion dataset.\n"
        "It achieves the "
        "following results on the evaluation set:\n- Loss: 0.2120\n- Accuracy: 0.9275\n"
        "- F1: 0.9276\n\n### Training results\n\n"
        "| Training Loss | Epoch | Step | Validation Loss | Accuracy | F1 |\n|:-:|:-:|:-:|:-:|:-:|:-:|\n"
        "| 0.8 | 1.0 | 250 | 0.30 | 0.9000 | 0.8990 |\n| 0.2 | 2.0 | 500 | 0.21 | 0.9275 | 0.9276 |\n"
    )
    found = {(metric, value) for _, metric, value in told(card(text))}
    assert found == {("loss", "0.2120"), ("accuracy", "0.9275"), ("f1", "0.9276")}


def test_an_evaluation_harness_table_names_metric_and_value_in_columns(card: MakeCard) -> None:
    text = (
        "# M\n\n## Evaluation\n\n|Tasks|Version|Metric|Value| |Stderr|\n|---|--:|---|--:|---|--:|\n"
        "|hellaswag|1|acc|0.5703|± |0.0049|\n| |1|acc_norm|0.7533|± |0.0043|\n"
    )
    assert {(dataset, value) for dataset, _, value in told(card(text))} == {
        ("hellaswag", "0.5703"),
        ("hellaswag", "0.7533"),
    }


def test_an_html_table_is_read_like_any_other(card: MakeCard) -> None:
    text = (
        "# Sentiment on IMDB\n\n<table>\n<tr><th>Model</th><th>Accuracy</th></tr>\n"
        "<tr><td>baseline</td><td>80.1</td></tr>\n"
        "\n<tr><td>ours</td><td><b>88.1</b></td></tr>\n</table>\n"
    )
    assert told(card(text)) == {("imdb", "accuracy", "88.1")}


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("The model reaches an F1 score of 87.1 on the dev set.", {("f1", "87.1")}),
        ("We achieve **18.22** ROUGE-2 on the test set.", {("rouge2", "18.22")}),
        ("It obtains 90% classification accuracy on the validation set.", {("accuracy", "90")}),
        ("Evaluation gives a perplexity of 50.16.", {("perplexity", "50.16")}),
        ("The model achieves 97% on the test set.", {("accuracy", "97")}),
        ("Its F1 is .68 on unseen labels.", {("f1", "0.68")}),
        ("The model reaches an F1 of 87.1 (for comparison, BERT-base reaches an F1 of 88.7).", {("f1", "87.1")}),
        ("Our model outperforms the baseline by 1.2 F1.", set()),
        ("BERT-large reaches an F1 of 92.8.", set()),
        ("The accuracy improved by 2.1 points.", set()),
        ("Training accuracy was 99.1 after three epochs.", set()),
        ("The epoch with the best F1 was number 5.", set()),
        ("We removed examples with a ROUGE-2 below 5.", set()),
    ],
)
def test_sentences_about_this_model_are_read_and_others_are_not(
    card: MakeCard, sentence: str, wanted: set[tuple[str, str]]
) -> None:
    text = f"# Reader\n\n## Results\n\n{sentence}\n"
    assert {(metric, value) for _, metric, value in told(card(text))} == wanted


def test_numbers_of_other_sections_are_no_results(card: MakeCard) -> None:
    text = (
        "# Reader\n\n## How to use\n\nPick an accuracy threshold: accuracy = 0.9.\n\n"
        "## Training hyperparameters\n\nF1: 0.5\n"
    )
    assert told(card(text)) == set()


def test_hyperparameters_and_sizes_are_no_results(card: MakeCard) -> None:
    text = (
        "# Reader\n\n## Results\n\n| Parameter | Value |\n|---|---|\n| Batch size | 64 |\n\n"
        "| Dataset | Split | # samples |\n"
        "|---|---|---|\n| SQuAD | train | 87.7 |\n"
    )
    assert told(card(text)) == set()


def test_a_dataset_card_has_no_results(card: MakeCard) -> None:
    text = "---\ntask_categories: [question-answering]\npretty_name: X\n---\n# X\n\n## Results\n\nF1: 0.9\n"
    assert list(results.extract(card(text, "x"))) == []


def test_every_quote_is_in_the_file(card: MakeCard) -> None:
    text = (
        "# QA on SQuAD\n\n## Results\n\n| Metric | Value |\n|---|---|\n| F1 | 82.2 |\n\n"
        "It reaches an exact match of\n71.3 on the dev set.\n"
    )
    found = list(results.extract(card(text)))
    assert len(found) == 2
    assert all(fact.evidence.quote in text for fact in found)


@pytest.mark.parametrize(
    "text",
    [
        "# T\n\n" + "f1 0.9 " * 100_000,
        "# T\n\n" + "\n".join(f"- run {i} accuracy: 0.{i}" for i in range(2_000)),
        "# T\n\n|a|F1|\n|-|-|\n" + "\n".join(f"|r{i}|0.{i}|" for i in range(5_000)),
        "# T\n\n<table>" + "<tr><td>1</td>" * 20_000,
        "# T\n\n" + "| a " * 100_000,
    ],
    ids=["a long line", "a long list", "a long table", "an open table", "a wide row"],
)
def test_odd_input_takes_linear_time(card: MakeCard, text: str) -> None:
    read = card(text)
    started = time.process_time()
    list(results.extract(read))
    assert time.process_time() - started < 10


def test_the_gold_results_are_found(
    gold_cards: list[tuple[dict[str, Any], CardText]],
    gold_aliases: dict[str, dict[str, str]],
    f1: Callable[[set[Any], set[Any]], float],
) -> None:
    names = {kind: {squash(k): squash(v) for k, v in gold_aliases[kind].items()} for kind in ("datasets", "metrics")}

    def key(id_: str, dataset: str, metric: str, value: Any) -> tuple[str, str, str, float]:
        dataset, metric = squash(dataset), squash(metric)
        return (
            id_,
            names["datasets"].get(dataset, dataset),
            names["metrics"].get(metric, metric),
            round(float(value), 4),
        )

    wanted, found = set(), set()
    for gold, read in gold_cards:
        stated = [e for e in gold["eval_results"] if e["dataset"] and e["metric"]]
        wanted |= {key(gold["id"], e["dataset"], e["metric"], e["value"]) for e in stated}
        found |= {key(gold["id"], d, m, v) for d, m, v in told(read) if d and m}
    assert f1(found, wanted) > 0.70
