"""Families of OpenMMLab."""

import math

import pytest
import yaml
from format_reading import corpus_cards, make_folder, read_checked, read_one
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.records import DerivedFrom, Evaluation, TrainedOn
from ingest.formats import claim
from ingest.formats.openmmlab import OpenMMLabReader, source_name

METAFILE = """Collections:
  - Name: DuckNet
    Metadata:
      Training Data:
        - ImageNet-1k
        - DuckPond
      Training Techniques:
        - SGD with Momentum
        - Weight Decay
      Training Resources: 4x A100 GPUs
      Architecture: [Duck Block]
    Paper:
      Title: 'DuckNet: nets for ducks'
      URL: https://arxiv.org/abs/2301.01234
    README: configs/ducknet/README.md
    Code:
      URL: https://github.com/open-mmlab/mmpretrain/blob/main/duck.py

Models:
  - Name: ducknet-s_8xb32_in1k
    In Collection: DuckNet
    Metadata:
      FLOPs: 1100000000
      Parameters: 5500000
      Batch Size: 256
    Results:
      - Dataset: ImageNet-1k
        Metrics:
          Top 1 Accuracy: 71.5
          Top 5 Accuracy: 90.25
        Task: Image Classification
      - Dataset: COCO
        Metrics:
          box AP: null
        Task: Object Detection
    Weights: https://example.org/ducknet-s.pth
    Downstream:
      - ducknet-s_pond
  - Name: ducknet-s_pond
    In Collection: DuckNet
    Metadata:
      Training Data: DuckPond-2
      Pretrained: ImageNet-21k
    Results: null
    Converted From:
      Weights: https://example.org/weights/duck_small-1a2b.pth.tar
      Code: https://github.com/someone/ducks
"""

README = "# DuckNet\n\n## Abstract\n\nDuckNet is a network that tells ducks from geese by their feathers.\n"


def family(files: dict[str, str]):
    return read_one(OpenMMLabReader(), "configs/ducknet", files)


def ducks():
    return family({"metafile.yml": METAFILE, "README.md": README})


def of(card, index, kind, name=""):
    found = [fact for fact in card.assets[index].facts if isinstance(fact, kind)] if isinstance(kind, type) else []
    return [fact for fact in found if not name or fact.name == name]


def attributes(card, index, name):
    return [fact.value for fact in card.assets[index].facts if getattr(fact, "name", None) == name]


def test_each_entry_of_models_is_a_model_and_the_readme_belongs_to_the_family():
    card = ducks()
    assert [asset.id for asset in card.assets] == ["ducknet-s_8xb32_in1k", "ducknet-s_pond"]
    assert [document.path.rpartition("/")[2] for document in card.documents] == ["metafile.yml", "README.md"]
    assert "ducks from geese" in card.assets[1].summary


def test_a_model_inherits_from_its_collection_with_the_lines_of_the_collection():
    facts = of(ducks(), 0, TrainedOn)
    assert [(fact.dataset, fact.role) for fact in facts] == [("ImageNet-1k", None), ("DuckPond", None)]
    assert (facts[1].evidence.line_start, facts[1].evidence.line_end) == (4, 6)
    assert facts[1].evidence.quote.startswith("Training Data:")
    assert facts[1].evidence.quote.endswith("- DuckPond")


def test_what_a_model_states_itself_is_not_inherited():
    facts = of(ducks(), 1, TrainedOn)
    assert [(fact.dataset, fact.role) for fact in facts] == [("DuckPond-2", None), ("ImageNet-21k", "pretrain")]


def test_metadata_becomes_attributes():
    card = ducks()
    assert attributes(card, 0, "params") == ["5500000"]
    assert attributes(card, 0, "flops") == ["1100000000"]
    assert attributes(card, 0, "hyper.batch_size") == ["256"]
    assert attributes(card, 0, "hardware") == ["4x A100 GPUs"]
    assert attributes(card, 0, "architecture") == ["Duck Block"]
    assert attributes(card, 0, "hyper.optimizer") == ["SGD with Momentum"]
    assert attributes(card, 0, "paper") == ["DuckNet: nets for ducks"]
    assert attributes(card, 0, "arxiv") == ["2301.01234"]
    assert attributes(card, 0, "library") == ["mmpretrain"]


def test_every_metric_with_a_value_is_a_result():
    facts = of(ducks(), 0, Evaluation)
    assert [(fact.dataset, fact.metric, fact.value, fact.task) for fact in facts] == [
        ("ImageNet-1k", "Top 1 Accuracy", "71.5", "Image Classification"),
        ("ImageNet-1k", "Top 5 Accuracy", "90.25", "Image Classification"),
    ]
    assert facts[1].evidence.quote.endswith("Top 5 Accuracy: 90.25")
    assert attributes(ducks(), 0, "task") == ["image-classification", "object-detection"]


def test_results_may_stand_without_a_list():
    result = "    Task: Semantic Segmentation\n    Dataset: Ponds\n    Metrics:\n      mIoU: 70.1\n"
    text = "Models:\n- Name: a\n  Results:\n" + result
    (fact,) = of(family({"metafile.yaml": text}), 0, Evaluation)
    assert (fact.dataset, fact.metric, fact.value) == ("Ponds", "mIoU", "70.1")


def test_lineage_is_the_converted_weights_and_the_upstream_model():
    facts = of(ducks(), 1, DerivedFrom)
    assert [(fact.base, fact.relation) for fact in facts] == [
        ("duck_small-1a2b", "conversion"),
        ("ducknet-s_8xb32_in1k", "finetune"),
    ]


def test_the_name_of_converted_weights_is_taken_from_their_address():
    assert source_name("https://huggingface.co/someone/duck-9b") == "someone/duck-9b"
    assert source_name("https://example.org/a/duck.pth?download=1") == "duck"
    assert source_name("https://drive.google.com/file/d/1x2y/view") is None
    assert source_name("https://github.com/someone/ducks") == "someone/ducks"


def test_the_metafile_can_be_searched_under_the_names_of_its_entries():
    blocks = ducks().documents[0].blocks
    assert [block.headings for block in blocks] == [
        ("ducknet", "DuckNet"),
        ("ducknet", "ducknet-s_8xb32_in1k"),
        ("ducknet", "ducknet-s_pond"),
    ]


def test_an_entry_without_a_name_is_a_warning():
    card = family({"metafile.yml": "Models:\n- Metadata:\n    Parameters: 1\n- Name: a\n"})
    assert [asset.id for asset in card.assets] == ["a"]
    assert "no Name" in card.warnings[0]


def test_a_metafile_that_cannot_be_read_is_a_warning_and_still_searched():
    card = family({"metafile.yml": "Models:\n- Name: [a\n"})
    assert card.assets == ()
    assert card.warnings
    assert "Name: [a" in card.documents[0].text


@pytest.mark.parametrize("bottomless", ["[" * 100_000, "- " * 100_000, "? " * 100_000])
def test_bottomless_yaml_is_refused_before_it_can_end_the_process(bottomless):
    card = family({"metafile.yml": METAFILE + "X: \n  " + bottomless})
    assert "nested too deeply" in card.warnings[0]


def test_line_ends_that_only_yaml_knows_do_not_shift_the_lines():
    card = family({"metafile.yml": "# a\u2028b\x85c\nModels:\n- Name: a\n  Metadata:\n    Parameters: 7\n"})
    (fact,) = [fact for fact in card.assets[0].facts if getattr(fact, "name", "") == "params"]
    assert (fact.evidence.line_start, fact.evidence.quote) == (5, "Parameters: 7")


def test_aliases_are_quoted_where_their_anchor_stands():
    text = "Data: &data [A, B]\nModels:\n- Name: a\n  Metadata:\n    Training Data: *data\n"
    facts = of(family({"metafile.yml": text}), 0, TrainedOn)
    assert [fact.evidence.quote for fact in facts] == ["Data: &data [A, B]"] * 2


def test_other_yaml_is_left_to_other_readers():
    assert not list(claim(make_folder("a", {"metafile.yml": "Import:\n- a.yml\n"}), [OpenMMLabReader()]))


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_a_damaged_metafile_never_breaks_the_reader(data):
    at, size = data.draw(st.integers(0, len(METAFILE))), data.draw(st.integers(0, 60))
    text = METAFILE[:at] + data.draw(st.text(max_size=30)) + METAFILE[at + size :]
    for bundle in claim(make_folder("a", {"metafile.yml": text, "README.md": README}), [OpenMMLabReader()]):
        read_checked(OpenMMLabReader(), bundle)


def test_every_model_of_the_corpus_has_its_data_sizes_and_results():
    counted = 0
    for bundle, card in corpus_cards("mmpretrain", OpenMMLabReader()):
        metafile = yaml.safe_load(bundle.primary.text)
        collections = {entry["Name"]: entry for entry in metafile["Collections"]}
        assets = {asset.id: asset for asset in card.assets}
        assert not card.warnings
        for model in metafile["Models"]:
            inherited = collections.get(model.get("In Collection"), {}).get("Metadata") or {}
            metadata = inherited | {key: value for key, value in model["Metadata"].items() if value is not None}
            facts = assets[model["Name"]].facts
            data = metadata.get("Training Data") or []
            stated = {fact.dataset for fact in facts if isinstance(fact, TrainedOn)}
            assert stated == ({data} if isinstance(data, str) else set(data)), model["Name"]
            printed = [float(fact.value) for fact in facts if getattr(fact, "name", "") == "params"]
            assert printed == [float(metadata["Parameters"])], model["Name"]
            assert _results(model) == _stated_results(facts), model["Name"]
            counted += 1
    assert counted >= 293


def _results(model):
    return sorted(
        (str(result["Dataset"]), metric, value)
        for result in model.get("Results") or []
        for metric, value in (result.get("Metrics") or {}).items()
        if value is not None and math.isfinite(value)
    )


def _stated_results(facts):
    return sorted((f.dataset, f.metric, float(f.value)) for f in facts if isinstance(f, Evaluation))


def test_nothing_is_extracted_from_the_text_of_a_family_of_one():
    assert family({"metafile.yml": "Models:\n- Name: a\n", "README.md": README}).about_family


def test_a_task_is_also_the_wider_task_that_it_is_a_kind_of():
    result = "  Results:\n  - Task: Text Recognition\n    Dataset: Signs\n    Metrics: {}\n"
    card = family({"metafile.yml": "Models:\n- Name: a\n" + result})
    assert attributes(card, 0, "task") == ["optical-character-recognition", "image-to-text"]
