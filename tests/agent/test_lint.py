"""`almanac lint`: contradictions within cards, and how complete they are."""

import json
from typing import Any

import pytest
from stores import Almanac, Cards

CONTRADICTIONS = {
    "a licence": (
        "---\nlicense: mit\n---\n# Owl\n\n## License\n\nThis model is released under the Apache 2.0 license.\n",
        "licence",
        {"mit", "apache-2.0"},
        [2, 8],
    ),
    "a language": (
        "---\nlanguage: en\n---\n# Owl\n\n**Language:** German\n",
        "language",
        {"en", "de"},
        [2, 6],
    ),
    "a base model": (
        "---\nbase_model: roberta-base\n---\n# Owl\n\nThis model is a fine-tuned version of `bert-base-cased`.\n",
        "base model",
        {"roberta-base", "bert-base-cased"},
        [2, 6],
    ),
    "more languages": (
        "---\nlanguage: en\n---\n# Owl\n\n**Languages:** English, German\n",
        "language",
        {"en", "de"},
        [2, 6],
    ),
    "training data that the text denies": (
        "---\ndatasets:\n- xsum\n---\n# Owl\n\nIt was never fine-tuned on XSum.\n",
        "training data",
        {"xsum", "not xsum"},
        [3, 7],
    ),
    "training data": (
        "---\ndatasets:\n- snli\n---\n# Owl\n\nThe model was fine-tuned on SQuAD 2.0.\n",
        "training data",
        {"snli", "squad_v2"},
        [3, 7],
    ),
}
AGREEMENTS = {
    "the same licence": "---\nlicense: mit\n---\n# Owl\n\nThe model is released under the MIT License.\n",
    "one more language": "---\nlanguage: [en, de]\n---\n# Owl\n\n**Language:** German\n",
    "the same base model": "---\nbase_model: bert-base-cased\n---\n# Owl\n\nFine-tuned from `bert-base-cased`.\n",
    "more data than listed": "---\ndatasets:\n- snli\n---\n# Owl\n\nThe model was fine-tuned on SNLI and MultiNLI.\n",
    "data of another phase": (
        "---\ndatasets:\n- c4\n---\n# Owl\n\nPre-trained on C4, with a T5 loss, and fine-tuned on SST-2.\n"
    ),
    "a part of what is listed": "---\ndatasets:\n- glue\n---\n# Owl\n\nThe model was fine-tuned on SST-2.\n",
    "the data of the parent": "---\ndatasets:\n- snli\n---\n# Owl\n\nBERT was pretrained on BookCorpus.\n",
}


def report(text: str, models: Cards, almanac: Almanac) -> dict[str, Any]:
    models.write("lab/owl", text)
    ran = almanac("lint", models.root, "--json")
    assert ran.code == 0
    (found,) = [json.loads(line) for line in ran.out.splitlines()]
    return dict(found)


@pytest.mark.parametrize(("text", "field", "values", "lines"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_metadata_and_text_that_differ_are_both_shown_with_their_lines(
    text: str, field: str, values: set[str], lines: list[int], models: Cards, almanac: Almanac
) -> None:
    (found,) = report(text, models, almanac)["contradictions"]
    assert found["field"] == field
    assert set(found["values"]) == values
    assert found["places"] == [f"models/lab/owl/README.md:{line}" for line in lines]


@pytest.mark.parametrize("text", AGREEMENTS.values(), ids=AGREEMENTS)
def test_no_contradiction_is(text: str, models: Cards, almanac: Almanac) -> None:
    assert report(text, models, almanac)["contradictions"] == []


def test_completeness_counts_what_a_good_card_states(models: Cards, almanac: Almanac) -> None:
    poor = report("# Owl\n", models, almanac)
    rich = report(
        "---\nlicense: mit\nlanguage: en\npipeline_tag: question-answering\ndatasets:\n- squad\n---\n"
        "# Owl\n\nAn owl that answers questions. Fine-tuned from `bert-base-cased` on a V100 GPU for 2 epochs.\n",
        models,
        almanac,
    )
    assert poor["completeness"] < 0.3 < rich["completeness"] < 1
    assert "licence" in poor["missing"]
    assert {"licence", "task", "training data"}.isdisjoint(rich["missing"])
    assert "results" in rich["missing"]


def test_the_table_names_cards_with_their_scores_and_contradictions(models: Cards, almanac: Almanac) -> None:
    models.write("lab/owl", CONTRADICTIONS["a licence"][0])
    models.write("lab/duck", "# Duck\n")
    ran = almanac("lint", models.root)
    assert ran.code == 0
    for expected in ("lab/owl", "lab/duck", "apache-2.0", "mit", "%"):
        assert expected in ran.out
