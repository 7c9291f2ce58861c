"""Results in the styles that cards are written in: trainers, LLM benchmarks, leaderboards, lists, sentences."""

from collections.abc import Callable

import pytest

from catalog.records import Evaluation
from catalog.vocabulary import vocabulary
from ingest.extract import results
from ingest.extract.card_text import CardText

MakeCard = Callable[..., CardText]
Told = set[tuple[str | None, str | None, str | None, str]]


def told(card: CardText) -> Told:
    """(dataset, split, metric, value) with canonical names where there are any."""
    datasets, metrics = vocabulary("datasets"), vocabulary("metrics")
    return {
        (
            datasets.find(fact.dataset or "", weak=True) or fact.dataset,
            fact.split,
            metrics.find(fact.metric or "", weak=True) or fact.metric,
            fact.value,
        )
        for fact in results.extract(card)
        if isinstance(fact, Evaluation)
    }


# ------------------------------------------------------------------------------------------------------- trainers

_TRAINED = (
    "This model is a fine-tuned version of [bert-base-cased](https://huggingface.co/bert-base-cased) on the imdb "
    "dataset.\n"
)
_LOG = (
    "\n### Training results\n\n| Training Loss | Epoch | Step | Validation Loss | Accuracy |\n|:-:|:-:|:-:|:-:|:-:|\n"
    "| 0.5 | 1.0 | 100 | 0.2000 | 0.9100 |\n| 0.3 | 2.0 | 200 | 0.2500 | 0.9000 |\n"
)


def test_a_stated_result_rules_out_the_last_row_of_the_log(card: MakeCard) -> None:
    stated = "It achieves the following results on the evaluation set:\n- Loss: 0.2000\n- Accuracy: 0.9100\n"
    assert told(card(f"# out\n\n{_TRAINED}{stated}{_LOG}")) == {
        ("imdb", "validation", "loss", "0.2000"),
        ("imdb", "validation", "accuracy", "0.9100"),
    }


def test_a_log_alone_counts_with_its_last_row_and_without_the_training_loss(card: MakeCard) -> None:
    assert told(card(f"# out\n\n{_TRAINED}{_LOG}")) == {
        ("imdb", "validation", "loss", "0.2500"),
        ("imdb", "validation", "accuracy", "0.9000"),
    }


def test_the_length_of_summaries_is_no_result(card: MakeCard) -> None:
    text = "# s\n\nFine-tuned on the xsum dataset.\n\n## Results\n\n- Rouge1: 28.29\n- Gen Len: 18.83\n"
    assert {metric for _, _, metric, _ in told(card(text))} == {"rouge1"}


def test_losses_of_the_training_are_left_out_of_a_list(card: MakeCard) -> None:
    text = f"# kb\n\n{_TRAINED}\n## Results\n\n- Train Loss: 0.96\n- Validation Loss: 1.13\n- Epoch: 1\n"
    assert told(card(text)) == {("imdb", "validation", "loss", "1.13")}


@pytest.mark.parametrize(
    "output",
    [
        "{'eval_loss': 0.31, 'eval_exact_match': 80.1, 'eval_runtime': 12.1, 'epoch': 3.0}",
        "***** eval metrics *****\n  epoch = 3.0\n  eval_exact_match = 80.1\n  eval_loss = 0.31\n  eval_samples = 2000",
    ],
)
def test_the_output_of_an_evaluation_script_is_read_without_its_timing(card: MakeCard, output: str) -> None:
    assert told(card(f"# qa on SQuAD\n\n## Results\n\n```\n{output}\n```\n")) == {
        ("squad", "validation", "loss", "0.31"),
        ("squad", "validation", "exact_match", "80.1"),
    }


@pytest.mark.parametrize(
    "code",
    [
        "p = 0.95\noutput = model.generate(ids, top_p=p)\nf1 = 0.5",
        "import evaluate\naccuracy: float = 0.9",
        "for step in range(3):\n    eval_loss = 0.0",
    ],
)
def test_the_variables_of_a_program_are_no_results(card: MakeCard, code: str) -> None:
    assert told(card(f"# lm on WikiText-103\n\n## Evaluation\n\n```python\n{code}\n```\n")) == set()


# ------------------------------------------------------------------------------------------------- LLM benchmarks


def test_a_benchmark_table_without_a_heading_is_read_in_the_column_of_this_model(card: MakeCard) -> None:
    text = (
        "# Nova-9B\n\n| Benchmark | Nova-2B | Nova-9B | Nova-9B-Instruct |\n|---|---|---|---|\n"
        "| MMLU (5-shot) | 51.0 | 71.3 | 72.0 |\n| HumanEval (pass@1) | 22.0 | 40.2 | 44.1 |\n"
    )
    assert told(card(text, "lab/Nova-9B")) == {
        ("mmlu", None, None, "71.3"),
        ("openai_humaneval", None, "pass@1", "40.2"),
    }


def test_cells_that_span_rows_belong_to_each_of_them(card: MakeCard) -> None:
    text = (
        "# Nova-9B\n\n## Evaluation\n\n<table>\n<tr><td>Category</td><td>Benchmark</td><td># Shots</td><td>Metric</td>"
        "<td>Rival-8B</td><td>Nova-9B</td></tr>\n"
        '<tr><td rowspan="2">General</td><td>HellaSwag</td><td>10</td><td>acc_norm</td><td>78.6</td>'
        "<td>81.0</td></tr>\n"
        "<tr><td>GSM8K</td><td>8</td><td>exact_match</td><td>57.2</td><td>77.5</td></tr>\n</table>\n"
    )
    assert told(card(text, "lab/Nova-9B")) == {
        ("hellaswag", None, "acc_norm", "81.0"),
        ("gsm8k", None, "exact_match", "77.5"),
    }


def test_a_leaderboard_lists_benchmarks_as_its_metrics(card: MakeCard) -> None:
    text = (
        "# mix\n\n# Open LLM Leaderboard Evaluation Results\n\n| Metric |Value|\n|---|---:|\n"
        "|HellaSwag (10-Shot)|84.21|\n|GSM8k (5-shot)|54.20|\n"
    )
    assert told(card(text, "lab/mix")) == {("hellaswag", None, None, "84.21"), ("gsm8k", None, None, "54.20")}


def test_benchmarks_in_a_list_of_results_need_no_metric(card: MakeCard) -> None:
    text = "# Chatty\n\n## Benchmarks\n\n- MMLU: 68.2\n- **GSM8K** (8-shot): 74.1\n- HumanEval pass@1: 45.1\n"
    assert told(card(text)) == {
        ("mmlu", None, None, "68.2"),
        ("gsm8k", None, None, "74.1"),
        ("openai_humaneval", None, "pass@1", "45.1"),
    }


def test_datasets_listed_with_their_sizes_are_no_results(card: MakeCard) -> None:
    text = "# Chatty\n\n## Training data\n\n- GSM8K: 7\n- SQuAD: 87 thousand questions\n"
    assert told(card(text)) == set()


# --------------------------------------------------------------------------------------------- tables that compare


@pytest.mark.parametrize(
    "table",
    [
        "| | reader-large || BERT-base ||\n|---|---|---|---|---|\n| | EM | F1 | EM | F1 |\n"
        "| SQuAD | 84.1 | 90.9 | 80.8 | 88.5 |\n",
        "<table>\n<tr><th rowspan=2>Dataset</th><th colspan=2>BERT-base</th>"
        "<th colspan=2>reader-large (ours)</th></tr>\n"
        "<tr><th>EM</th><th>F1</th><th>EM</th><th>F1</th></tr>\n"
        "<tr><td>SQuAD</td><td>80.8</td><td>88.5</td><td><b>84.1</b></td><td>90.9</td></tr>\n</table>\n",
        "| Dataset | BERT-base EM | BERT-base F1 | reader-large EM | reader-large F1 |\n|---|---|---|---|---|\n"
        "| SQuAD | 80.8 | 88.5 | 84.1 | 90.9 |\n",
    ],
    ids=["pipes", "html", "one row"],
)
def test_header_cells_that_span_metrics_name_the_model(card: MakeCard, table: str) -> None:
    assert told(card(f"# reader-large\n\n## Results\n\n{table}", "lab/reader-large")) == {
        ("squad", None, "exact_match", "84.1"),
        ("squad", None, "f1", "90.9"),
    }


def test_header_cells_that_span_splits_name_the_dataset(card: MakeCard) -> None:
    text = (
        "# tagger\n\n## Results\n\n| Model | CoNLL-2003 || SNLI ||\n|---|---|---|---|---|\n"
        "| | dev F1 | test F1 | dev acc | test acc |\n"
        "| tagger | 95.0 | 92.1 | 88.9 | 89.4 |\n| BERT | 94 | 91 | 87 | 88 |\n"
    )
    assert told(card(text, "lab/tagger")) == {
        ("conll2003", "dev", "f1", "95.0"),
        ("conll2003", "test", "f1", "92.1"),
        ("snli", "dev", "accuracy", "88.9"),
        ("snli", "test", "accuracy", "89.4"),
    }


def test_where_rows_are_models_the_columns_of_one_metric_are_data(card: MakeCard) -> None:
    text = (
        "# parser-x\n\n## Results\n\n| Model | FooBank UAS | BarBank UAS |\n|---|---|---|\n| parser-x | 91.0 | 85.0 |\n"
        "| parser-y | 90.0 | 84.0 |\n"
    )
    assert told(card(text, "lab/parser-x")) == {("FooBank", None, "uas", "91.0"), ("BarBank", None, "uas", "85.0")}


def test_two_values_of_a_pair_of_test_sets_are_told_apart(card: MakeCard) -> None:
    text = "# tiny\n\n## Results\n\n| Model | MNLI-m/mm |\n|---|---|\n| tiny | 82.5/81.8 |\n| BERT-base | 84.6/83.4 |\n"
    assert {(dataset, value) for dataset, _, _, value in told(card(text, "lab/tiny"))} == {
        ("multi_nli", "82.5"),
        ("multi_nli_mismatch", "81.8"),
    }


def test_the_model_after_fine_tuning_is_meant_not_before(card: MakeCard) -> None:
    text = (
        "# ear\n\n## Results\n\n| Dataset | WER before fine-tuning | WER after fine-tuning |\n|---|---|---|\n"
        "| FLEURS | 40.1 | 21.3 |\n"
    )
    assert {value for *_, value in told(card(text))} == {"21.3"}


def test_remarks_tell_the_parts_of_a_dataset_apart(card: MakeCard) -> None:
    text = (
        "# cls\n\n## Results\n\n| Dataset | F1 |\n|---|---|\n| TREC-50 (coarse) | 97.0 |\n| TREC-50 (fine) | 91.2 |\n"
    )
    assert {(dataset, value) for dataset, _, _, value in told(card(text))} == {
        ("TREC-50 (coarse)", "97.0"),
        ("TREC-50 (fine)", "91.2"),
    }


def test_a_table_about_the_family_counts_in_the_row_of_the_checkpoint(card: MakeCard) -> None:
    text = (
        "# Kiwi\n\nKiwi, a small encoder.\n\n## Results\n\nAccuracy of the fine-tuned models:\n\n"
        "| Dataset | Kiwi | BERT-base |\n|---|---|---|\n| IMDB | 92.0 | 91.5 |\n| SNLI | 88.1 | 89.0 |\n"
    )
    assert told(card(text, "lab/kiwi-imdb")) == {("imdb", None, "accuracy", "92.0")}


def test_what_a_model_costs_is_no_result(card: MakeCard) -> None:
    text = (
        "# net50\n\n## Results on ImageNet-1k\n\n| model | img_size | top1 | gmacs | Avg. length | params |\n"
        "|---|---|---|---|---|---|\n| net50 | 288 | 81.2 | 6.8 | 12.5 | 25.6 |\n"
    )
    assert {(metric, value) for _, _, metric, value in told(card(text, "lab/net50"))} == {("top1_accuracy", "81.2")}


def test_rows_and_columns_of_speed_and_size_are_no_results(card: MakeCard) -> None:
    text = (
        "# ear\n\n## Results\n\n| Dataset | ear | other-net |\n|---|---|---|\n| ESC-50 | 86.4 | 87.9 |\n"
        "| Size (MB) | 38.5 | 98.1 |\n| Latency (ms) | 8.5 | 27.3 |\n\n"
        "| 1 CPU (ms) | 4 CPU (ms) |\n|---|---|\n| 49.92 | 36.77 |\n"
    )
    assert {value for *_, value in told(card(text, "lab/ear"))} == {"86.4"}


def test_two_runs_of_one_metric_are_not_taken_for_two_datasets(card: MakeCard) -> None:
    text = "# vit-s\n\n## Results\n\n| name | original acc@1 | keras acc@1 |\n|---|---|---|\n| vit-s | 78.3 | 78.36 |\n"
    assert told(card(text, "lab/vit-s")) == set()


def test_a_single_letter_alone_is_a_setting_and_a_metric_among_metrics(card: MakeCard) -> None:
    assert told(card("# m\n\nIt has hidden size H=128, A=4 heads and F=4 inner layers.\n")) == set()
    listed = told(card("# m\n\n## Results\n\nP: 92.1, R: 90.3, F: 91.2\n"))
    assert {(metric, value) for _, _, metric, value in listed} == {
        ("precision", "92.1"),
        ("recall", "90.3"),
        ("f1", "91.2"),
    }


def test_the_evidence_of_an_html_row_holds_its_values(card: MakeCard) -> None:
    text = (
        "# reader on SQuAD\n\n<table>\n<tr>\n<th>Metric</th>\n<th>Value</th>\n</tr>\n<tr>\n<td>F1</td>\n<td>88.1</td>\n"
        "</tr>\n</table>\n"
    )
    (found,) = results.extract(card(text))
    assert found.evidence.quote == "<tr>\n<td>F1</td>\n<td>88.1</td>"
    assert (found.evidence.line_start, found.evidence.line_end) == (8, 10)


# ------------------------------------------------------------------------------------ which data, which split


def test_the_section_on_test_data_names_the_dataset_and_split_of_the_results(card: MakeCard) -> None:
    text = (
        "# reader\n\nTrained on Natural Questions.\n\n## Evaluation\n\n### Testing Data, Factors & Metrics\n\n"
        "#### Testing Data\n\nThe validation split of SQuAD 2.0.\n\n### Results\n\n"
        "| Exact match | F1 |\n|---|---|\n| 78.3 | 81.9 |\n"
    )
    assert told(card(text)) == {
        ("squad_v2", "validation", "exact_match", "78.3"),
        ("squad_v2", "validation", "f1", "81.9"),
    }


def test_results_are_on_what_was_evaluated_not_on_what_was_pretrained(card: MakeCard) -> None:
    text = (
        "# BioNet\n\nPretrained on PubMed abstracts.\n\n## Evaluation\n\nWe evaluated it on SQuAD 2.0.\n\n"
        "The scores are good.\n\nIt reaches an F1 of 88.9 on the test set.\n"
    )
    assert told(card(text)) == {("squad_v2", "test", "f1", "88.9")}


@pytest.mark.parametrize(
    "text",
    [
        "Scores on the KlexNER test set:\n\n| Metric | Value |\n|---|---|\n| F1 | 80.5 |\n",
        "On the KlexNER test set the model reaches an F1 of 80.5.\n",
    ],
)
def test_a_test_set_that_no_vocabulary_knows_goes_before_the_training_data(card: MakeCard, text: str) -> None:
    wanted = {("KlexNER", "test", "f1", "80.5")}
    assert told(card(f"# tag\n\nTrained on Wikipedia.\n\n## Results\n\n{text}")) == wanted


def test_the_training_set_of_the_same_section_goes_before_that_of_another(card: MakeCard) -> None:
    text = (
        "# lit\n\nTrained on WikiText-103 and then fine-tuned on CoNLL-2003.\n\n# Stats\n\n## Language modeling\n\n"
        "WikiText-103 has 103 million tokens.\n\n### Results\n\n| Model | Perplexity |\n|---|---|\n"
        "| Vanilla BERT | 6.82 |\n| Fine-tuned BERT | 4.98 |\n\n## Named entities\n\n### Results\n\nThe F1 is 91.0.\n"
    )
    assert ("wikitext/wikitext-103", None, "perplexity", "4.98") in told(card(text, "lab/lit"))


def test_the_perplexity_of_a_pretrained_model_is_on_what_was_kept_back_of_its_corpora(card: MakeCard) -> None:
    text = (
        "# ro\n\nPretrained on Wikipedia and BookCorpus.\n\n## Validation perplexity\n\n"
        "| Model | Validation Perplexity |\n|---|---|\n| ro | 4.99 |\n| ro-2 | 5.10 |\n"
    )
    assert told(card(text, "lab/ro")) == {("pretraining-validation", "validation", "perplexity", "4.99")}


@pytest.mark.parametrize(
    ("heading", "split"),
    [("Results on the test set", "test"), ("Dev set results", "dev"), ("Validation metrics", "validation")],
)
def test_a_heading_names_the_split(card: MakeCard, heading: str, split: str) -> None:
    text = f"# ner\n\nTrained on CoNLL-2003.\n\n## {heading}\n\n- Precision: 86.0\n- F1: 86.1\n"
    assert {(found, value) for _, found, _, value in told(card(text))} == {(split, "86.0"), (split, "86.1")}


def test_items_take_over_from_the_item_above_them(card: MakeCard) -> None:
    text = "# qa\n\n## Results\n\n- SQuAD dev set\n  - EM: 81.2\n  - F1: 88.4\n- SQuAD 2.0 dev set\n  - EM: 74.0\n"
    assert told(card(text)) == {
        ("squad", "dev", "exact_match", "81.2"),
        ("squad", "dev", "f1", "88.4"),
        ("squad_v2", "dev", "exact_match", "74.0"),
    }


def test_a_dataset_in_brackets_behind_a_value_counts(card: MakeCard) -> None:
    assert told(card("# NER\n\nF1-Score: **93,06** (corrected CoNLL-03)\n")) == {("conll2003", None, "f1", "93.06")}


# ------------------------------------------------------------------------------------------------------ sentences


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        (
            "It achieves F1 scores of 95.6 and 91.8 on the dev and test sets, respectively.",
            {("dev", "f1", "95.6"), ("test", "f1", "91.8")},
        ),
        (
            "It gets an exact match and F1 of 79.1 and 82.4, respectively, on the dev set.",
            {("dev", "exact_match", "79.1"), ("dev", "f1", "82.4")},
        ),
        (
            "The model reaches 94.1% accuracy and an F1 of 0.938 on the validation set.",
            {("validation", "accuracy", "94.1"), ("validation", "f1", "0.938")},
        ),
        (
            "It has a top-1 accuracy of 81.4% and a top-5 accuracy of 95.3%.",
            {(None, "top1_accuracy", "81.4"), (None, "top5_accuracy", "95.3")},
        ),
        ("The F1 is .68 and .72 for the unseen and seen labels, respectively.", set()),
    ],
)
def test_numbers_in_a_list_go_with_the_words_in_a_list(
    card: MakeCard, sentence: str, wanted: set[tuple[str | None, str, str]]
) -> None:
    found = told(card(f"# m\n\n## Results\n\n{sentence}\n"))
    assert {(split, metric, value) for _, split, metric, value in found} == wanted


@pytest.mark.parametrize(
    ("sentence", "wanted"),
    [
        ("It obtains an accuracy of 89.2 on SNLI and 82.3 on MultiNLI.", {("snli", "89.2"), ("multi_nli", "82.3")}),
        ("Tuned on MultiNLI, it reaches an accuracy of 89.2 on SNLI.", {("snli", "89.2")}),
        ("On SNLI the accuracy is 89.2.", {("snli", "89.2")}),
    ],
)
def test_each_number_is_on_the_dataset_beside_it(card: MakeCard, sentence: str, wanted: set[tuple[str, str]]) -> None:
    found = told(card(f"# m\n\n## Results\n\n{sentence}\n"))
    assert {(dataset, value) for dataset, _, _, value in found} == wanted


@pytest.mark.parametrize(
    "sentence",
    [
        "Earlier work reported 93.2% accuracy.",
        "GPT-4 scores 86.4 accuracy on MMLU.",
        "Annotators agreed with an accuracy of 91%.",
        "The labels have an accuracy of about 95%.",
        "The training accuracy was 0.61 with a learning rate of 0.0005.",
    ],
)
def test_what_is_no_result_of_this_model_is_left_out(card: MakeCard, sentence: str) -> None:
    assert told(card(f"# m on IMDB\n\n## Results\n\n{sentence}\n")) == set()
