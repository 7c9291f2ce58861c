"""Hugging Face cards: what their metadata states."""

from pathlib import Path
from typing import Any

import pytest

from catalog.records import AssetCard, Attribute, DerivedFrom, Evaluation, Fact, TrainedOn
from ingest.formats.huggingface import HuggingFaceReader
from ingest.sources import Bundle, RawFile, Skips, walk


def read(text: str, root: str = "models", folder: str = "den/owl") -> AssetCard:
    file = RawFile(root, f"{folder}/README.md", Path("/nowhere"))
    file.__dict__["data"] = text.encode()
    card = HuggingFaceReader().read(Bundle("huggingface", file))
    (asset,) = card.assets
    lines = text.split("\n")
    for fact in asset.facts:
        at = fact.evidence
        assert at.quote == "\n".join(lines[at.line_start - 1 : at.line_end]).strip()
        assert at.origin == "metadata"
    return asset


def front(text: str) -> AssetCard:
    return read(f"---\n{text}\n---\n# Owl\n\nIt hoots at night in the old barn.\n")


def values(asset: AssetCard, name: str) -> list[str]:
    return [fact.value for fact in asset.facts if isinstance(fact, Attribute) and fact.name == name]


def of(asset: AssetCard, kind: type[Any]) -> list[Any]:
    return [fact for fact in asset.facts if isinstance(fact, kind)]


@pytest.mark.parametrize(("relative", "claimed"), [("owl", 1), ("den/owl", 1), ("", 0), ("den/owl/onnx", 0)])
def test_a_readme_one_or_two_folders_down_is_a_card(relative: str, claimed: int, tmp_path: Path) -> None:
    (tmp_path / relative).mkdir(parents=True, exist_ok=True)
    (tmp_path / relative / "README.md").write_text("# Owl")
    (folder,) = walk("models", tmp_path, 1_000, Skips())
    assert len(list(HuggingFaceReader().claim(folder))) == claimed


def test_id_title_and_summary() -> None:
    asset = read("# Owl\n\n[![badge](x.svg)](x)\n\nOwl is a small model that answers questions about birds.\n")
    assert (asset.id, asset.title) == ("den/owl", "Owl")
    assert asset.summary == "Owl is a small model that answers questions about birds."


def test_a_card_without_a_title_is_called_by_its_id() -> None:
    assert read("text").title == "den/owl"


def test_attributes_are_canonical_where_there_is_a_canon() -> None:
    asset = front(
        "license: Apache-2.0\nlanguage:\n- English\n- zh-CN\npipeline_tag: question-answering\n"
        "library_name: transformers\ntags: [owl, night]"
    )
    assert values(asset, "license") == ["apache-2.0"]
    assert values(asset, "language") == ["en", "zh"]
    assert values(asset, "task") == ["question-answering"]
    assert values(asset, "library") == ["transformers"]
    assert values(asset, "tag") == ["owl", "night"]


def test_what_no_vocabulary_knows_stays_as_printed() -> None:
    asset = front("license: Owl-Licence-1\nlanguage: owlish\npipeline_tag: Night Flight")
    assert values(asset, "license") == ["owl-licence-1"]
    assert values(asset, "language") == ["owlish"]
    assert values(asset, "task") == ["night flight"]


@pytest.mark.parametrize("printed", ["en, fr", "en;fr", "en | fr", "English/French"])
def test_several_languages_in_one_value(printed: str) -> None:
    assert values(front(f"language: '{printed}'"), "language") == ["en", "fr"]


def test_norwegian_is_not_false() -> None:
    assert values(front("language:\n- no\n- en"), "language") == ["no", "en"]


def test_datasets_of_a_model_went_into_its_training() -> None:
    asset = front("datasets:\n- squad_v2\n- den/minutes\npipeline_tag: question-answering")
    assert [(fact.dataset, fact.role, fact.evidence.line_start) for fact in of(asset, TrainedOn)] == [
        ("squad_v2", None, 3),
        ("den/minutes", None, 4),
    ]


@pytest.mark.parametrize(
    ("metadata", "relations"),
    [
        ("base_model: den/egg", ["finetune"]),
        ("base_model: den/egg\nbase_model_relation: quantized", ["quantization"]),
        ("base_model: [den/egg, den/nest]", ["merge", "merge"]),
        ("base_model: den/egg\nlibrary_name: peft", ["adapter"]),
        ("base_model: den/egg\ntags: [gguf]", ["quantization"]),
        ("base_model: den/egg\ntags: [mergekit]", ["merge"]),
        ("base_model: den/egg\nquantized_by: someone", ["quantization"]),
    ],
)
def test_the_relation_to_the_base_model(metadata: str, relations: list[str]) -> None:
    assert [fact.relation for fact in of(front(metadata), DerivedFrom)] == relations


def test_tags_with_a_prefix_state_the_fact_as_well() -> None:
    asset = front(
        "tags:\n- license:mit\n- dataset:squad\n- base_model:finetune:den/egg\n- arxiv:1810.04805\n- region:us"
    )
    assert values(asset, "license") == ["mit"]
    assert values(asset, "arxiv") == ["1810.04805"]
    assert [fact.dataset for fact in of(asset, TrainedOn)] == ["squad"]
    assert [fact.base for fact in of(asset, DerivedFrom)] == ["den/egg"]
    assert "region:us" in values(asset, "tag")


def test_the_results_of_a_model_index() -> None:
    asset = front(
        "model-index:\n- name: owl\n  results:\n  - task:\n      type: question-answering\n    dataset:\n"
        "      type: squad_v2\n      name: SQuAD 2.0\n      split: validation\n    metrics:\n"
        "    - type: f1\n      value: 84.5\n    - type: exact_match\n      value: 81%\n"
        "  - dataset:\n      name: Own notes\n    metrics:\n    - name: Accuracy\n      value: 0.9\n"
        "    - type: loss\n      value:\n"
    )
    assert [
        (r.dataset, r.split, r.metric, r.value, r.unit, r.task, r.evidence.line_start) for r in of(asset, Evaluation)
    ] == [
        ("squad_v2", "validation", "f1", "84.5", None, "question-answering", 12),
        ("squad_v2", "validation", "exact_match", "81", "%", "question-answering", 14),
        ("Own notes", None, "Accuracy", "0.9", None, None, 19),
    ]


@pytest.mark.parametrize(
    ("dataset", "found"),
    [
        ("{type: glue, name: GLUE, config: sst2}", "glue/sst2"),
        ("{type: glue, name: GLUE, args: mnli_of_ours}", "glue"),
        ("{type: unknown, name: SQuAD}", "SQuAD"),
        ("{type: generator, name: Unknown}", None),
    ],
)
def test_a_result_is_on_the_subset_where_one_is_known_and_on_nothing_where_none_is_named(
    dataset: str, found: str | None
) -> None:
    asset = front(
        f"model-index:\n- results:\n  - dataset: {dataset}\n    metrics:\n    - {{type: accuracy, value: 0.9}}\n"
    )
    assert [result.dataset for result in of(asset, Evaluation)] == [found]


def test_emissions_of_both_spellings() -> None:
    assert values(front("co2_eq_emissions: 12.5"), "co2") == ["12.5"]
    asset = front("co2_eq_emissions:\n  emissions: 7\n  hardware_used: 4 x A100\n  source: code carbon")
    assert (values(asset, "co2"), values(asset, "hardware")) == (["7"], ["4 x A100"])


def test_the_splits_of_a_dataset() -> None:
    text = (
        "---\npretty_name: Owl Notes\ntask_categories: [question-answering]\ndataset_info:\n"
        "- config_name: night\n  splits:\n  - name: train\n    num_examples: 900\n  - name: test\n"
        "    num_examples: 90\n"
        "- config_name: day\n  splits:\n  - name: train\n    num_examples: 5\n---\n# Dataset Card for Owl Notes\n"
    )
    asset = read(text, root="cards")
    assert (asset.kind, asset.title, asset.names) == ("dataset", "Owl Notes", ("Owl Notes",))
    splits = {f.name: f.value for f in asset.facts if isinstance(f, Attribute) and f.name.startswith("split.")}
    assert splits == {"split.night/train": "900", "split.night/test": "90", "split.day/train": "5"}
    assert values(asset, "task") == ["question-answering"]


@pytest.mark.parametrize(
    ("text", "root", "kind"),
    [
        ("---\npipeline_tag: fill-mask\n---\n", "datasets", "model"),
        ("---\ntask_categories: [x]\n---\n", "models", "dataset"),
        ("# Dataset Card for Owl", "models", "dataset"),
        ("# Owl", "my-datasets", "dataset"),
        ("# Owl", "cards", "model"),
        ("# The Owl dataset", "cards", "dataset"),
        ("# A model for the Owl dataset card task", "models", "model"),
        ("", "cards", "model"),
    ],
)
def test_model_or_dataset(text: str, root: str, kind: str) -> None:
    assert read(text, root=root).kind == kind


def test_a_card_of_nothing_but_metadata_has_its_facts() -> None:
    asset = read("---\nlicense: mit\ndatasets: squad\nbase_model: den/egg\n---\n")
    kinds: list[type[Fact]] = [type(fact) for fact in asset.facts]
    assert kinds == [Attribute, TrainedOn, DerivedFrom]
    assert asset.summary == ""


@pytest.mark.parametrize(
    "metadata",
    [
        "model-index: 7",
        "model-index:\n- results: metrics",
        "model-index:\n- results:\n  - metrics: f1",
        "dataset_info: [a, {splits: 3}]",
        "dataset_info: {splits: [{name: [x], num_examples: {y: 1}}]}",
        "tags: {a: {b: c}}",
        "datasets: [[a, [b]], {c: d}]",
        "language: [[], {}]",
        "license: {name: mit, link: x}",
        "base_model: {a: [b]}\nbase_model_relation: [x]",
        "co2_eq_emissions: [1, 2]",
        "42: x\n? [a]\n: b",
    ],
)
def test_metadata_of_another_shape_is_survived(metadata: str) -> None:
    front(metadata)
