"""Which claims of a model become facts: those that the card bears out, and no others."""

import json
from typing import Any

import pytest

from catalog.records import AssetCard, Attribute, DerivedFrom, Evaluation, TrainedOn
from ingest.extract.llm_claims import Checked, Drop, Page, checked
from ingest.extract.llm_schema import answer_schema

CARD = """---
license: apache-2.0
---
# Night Owl

Night Owl starts from **Barn-Owl large** and was
fine-tuned on the Hoot Corpus v2 and on Wikipedia. It speaks English and French.

| data | accuracy |
|---|---|
| Hoot Corpus v2 | 88.25 % |

It has 12 million parameters. 猫头鹰数据集 was used as well.
"""
PAGE = Page(AssetCard(id="den/night-owl", kind="model", title="Night Owl"), "cards/den/night-owl/README.md", CARD)


def check(page: Page = PAGE, **claim: Any) -> Checked:
    return checked([claim], page)


def trained(dataset: str, quote: str, role: str | None = "finetune") -> Checked:
    return check(kind="trained_on", dataset=dataset, role=role, quote=quote)


def attribute(name: str, value: str, quote: str) -> Checked:
    return check(kind="attribute", name=name, value=value, quote=quote)


def test_a_fact_has_the_text_of_the_file_as_evidence_whatever_white_space_the_model_wrote() -> None:
    found = trained("Hoot Corpus v2", "and was fine-tuned on  the Hoot Corpus v2")
    [fact] = found.facts
    assert isinstance(fact, TrainedOn)
    assert (fact.dataset, fact.role) == ("Hoot Corpus v2", "finetune")
    assert fact.evidence.quote == "and was\nfine-tuned on the Hoot Corpus v2"
    assert fact.evidence.quote in CARD
    assert (fact.evidence.line_start, fact.evidence.line_end) == (6, 7)
    assert fact.evidence.origin == "llm"


@pytest.mark.parametrize(
    "quote",
    [
        "fine-tuned on the Hoot Corpus v3",
        "fine-tuned on the hoot corpus v2",
        "fine-tuned on ... the Hoot Corpus v2",
        "tuned on the Hoot Corp",
        "",
        " \n",
        CARD * 5,
    ],
)
def test_a_fact_whose_quote_is_not_in_the_card_is_dropped_and_counted(quote: str) -> None:
    found = trained("Hoot Corpus v2", quote)
    assert (found.facts, found.dropped) == ((), {Drop.QUOTE: 1})


@pytest.mark.parametrize("dataset", ["SQuAD", "Corpus v", "Wiki", "", "Hoot Corpus v2 and C4"])
def test_a_real_quote_does_not_carry_a_value_that_it_does_not_print(dataset: str) -> None:
    found = trained(dataset, "fine-tuned on the Hoot Corpus v2 and on Wikipedia.")
    assert (found.facts, found.dropped) == ((), {Drop.VALUE: 1})


def test_names_may_be_spelled_without_the_joints_of_the_card_and_in_scripts_without_spaces() -> None:
    assert trained("hoot-corpus-v2", "on the Hoot Corpus v2").facts
    assert trained("猫头鹰数据集", "猫头鹰数据集 was used").facts


def test_a_description_is_no_name() -> None:
    page = Page(PAGE.asset, PAGE.path, "Trained on our own data and on squad.")
    assert check(page, kind="trained_on", dataset="our own data", role=None, quote="on our own data").dropped == {
        Drop.MEANING: 1
    }
    assert check(page, kind="trained_on", dataset="squad", role=None, quote="on squad").facts


def test_a_parent_is_read_and_the_model_itself_is_none() -> None:
    [fact] = check(kind="derived_from", base="Barn-Owl large", relation="finetune", quote="**Barn-Owl large**").facts
    assert isinstance(fact, DerivedFrom)
    assert fact.base == "Barn-Owl large"
    own = check(kind="derived_from", base="Night Owl", relation="finetune", quote="Night Owl starts from")
    assert own.dropped == {Drop.MEANING: 1}


def result(value: str, **setting: str | None) -> Checked:
    row = "| Hoot Corpus v2 | 88.25 % |"
    told = {"dataset": "Hoot Corpus v2", "split": None, "metric": "accuracy"} | setting
    return check(kind="evaluation", quote=row, value=value, **told)


def test_a_result_takes_its_setting_from_elsewhere_in_the_card_but_not_its_number() -> None:
    [fact] = result("88.25 %").facts
    assert isinstance(fact, Evaluation)
    assert (fact.dataset, fact.metric, fact.value, fact.unit) == ("Hoot Corpus v2", "accuracy", "88.25", "%")
    assert result("88.2").dropped == {Drop.VALUE: 1}
    assert result("8.25").dropped == {Drop.VALUE: 1}
    assert result("88.25", metric="F1").dropped == {Drop.VALUE: 1}
    assert result("88.25", dataset=None, metric=None).dropped == {Drop.MEANING: 1}


@pytest.mark.parametrize(
    ("name", "value", "quote", "canonical"),
    [
        ("license", "apache-2.0", "license: apache-2.0", "apache-2.0"),
        ("language", "French", "It speaks English and French.", "fr"),
        ("params", "12 million", "It has 12 million parameters.", "12 million"),
    ],
)
def test_values_are_canonical_where_the_catalogue_has_them_so(
    name: str, value: str, quote: str, canonical: str
) -> None:
    [fact] = attribute(name, value, quote).facts
    assert isinstance(fact, Attribute)
    assert (fact.name, fact.value) == (name, canonical)


@pytest.mark.parametrize(
    ("name", "value", "quote"),
    [
        ("license", "Corpus", "Hoot Corpus v2"),
        ("language", "Hoot", "Hoot Corpus v2"),
        ("task", "speaks", "It speaks English"),
        ("arxiv", "88.25", "88.25 %"),
        ("params", "parameters", "12 million parameters"),
    ],
)
def test_a_value_that_means_nothing_is_dropped(name: str, value: str, quote: str) -> None:
    assert attribute(name, value, quote).dropped == {Drop.MEANING: 1}


@pytest.mark.parametrize(
    "raw",
    [
        None,
        "trained on squad",
        {},
        {"kind": "trained_on", "dataset": "Wikipedia", "quote": "on Wikipedia"},
        {"kind": "trained_on", "dataset": "Wikipedia", "role": "seen", "quote": "on Wikipedia"},
        {"kind": "attribute", "name": "owner", "value": "Wikipedia", "quote": "on Wikipedia"},
        {"kind": "trained_on", "dataset": "Wikipedia", "role": None, "quote": "on Wikipedia", "asset": "other/model"},
    ],
)
def test_what_is_not_in_the_form_asked_for_is_dropped_by_itself(raw: object) -> None:
    good = {"kind": "trained_on", "dataset": "Wikipedia", "role": None, "quote": "on Wikipedia"}
    found = checked([raw, good], PAGE)
    assert (len(found.facts), found.dropped) == (1, {Drop.FORM: 1})


def test_a_dataset_has_no_training_data() -> None:
    page = Page(PAGE.asset.model_copy(update={"kind": "dataset"}), PAGE.path, CARD)
    claim = {"kind": "trained_on", "dataset": "Wikipedia", "role": None, "quote": "on Wikipedia"}
    assert check(page, **claim).dropped == {Drop.FORM: 1}
    assert check(page, kind="attribute", name="language", value="English", quote="speaks English").facts


@pytest.mark.parametrize("kind", ["model", "dataset"])
def test_the_form_is_in_the_subset_that_strict_modes_take(kind: Any) -> None:
    schema = answer_schema(kind)
    assert not {"oneOf", "const", "default", "allOf"} & set(json.dumps(schema).split('"'))
    for part in (schema, *schema["$defs"].values()):
        assert part["additionalProperties"] is False
        assert set(part["required"]) == set(part["properties"])
        assert "asset" not in part["properties"]
