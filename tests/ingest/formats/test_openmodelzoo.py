"""Models of the Open Model Zoo."""

import re

import pytest
import yaml
from format_reading import corpus_cards, facts, make_folder, quoted, read_checked, read_one, values
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.records import Evaluation
from ingest.document import read_markdown
from ingest.formats import claim
from ingest.formats.accuracy_tables import measure_of, results
from ingest.formats.openmodelzoo import OpenModelZooReader

README = """# duck-detection-0001

## Use Case and High-Level Description

Finds ducks on ponds, with a small backbone that was pre-trained on ImageNet.

## Specification

| Metric            | Value              |
|-------------------|--------------------|
| Type              | Object detection   |
| GFlops            | 1.25               |
| MParams           | 7.1094             |
| Min duck height   | 20 pixels          |
| COCO val2017 box AP | 41.5%            |
| Source framework  | PyTorch\\*          |

## Accuracy

Numbers were measured on the Cityscapes validation dataset.

| Metric | Original model | Converted model |
|--------|----------------|-----------------|
| mAP    | 44.20%         | 44.10%          |
| PSNR   | 12.5dB         | 12.4dB          |

## Legal Information

The weights come under the [MIT License](https://example.org/ducks/LICENSE).
"""

MODEL = """# a comment
description: >-
  Finds ducks
  on ponds.
task_type: detection
files:
  - name: FP16-INT8/duck-detection-0001.bin
    size: 1234567
    source: https://example.org/duck.bin
  - name: FP16-INT8/duck-detection-0001.xml
    size: 99
input_info:
  - name: image
framework: dldt
license: https://raw.githubusercontent.com/openvinotoolkit/open_model_zoo/master/LICENSE
"""


def zoo(files: dict[str, str], relative: str = "intel/duck-detection-0001"):
    return read_one(OpenModelZooReader(), relative, files)


@pytest.fixture
def duck():
    return zoo({"README.md": README, "model.yml": MODEL})


def measured(card):
    return [(fact.dataset, fact.split, fact.metric, fact.value, fact.unit) for fact in facts(card, Evaluation)]


def test_readme_and_model_yml_are_one_model_named_by_the_folder(duck):
    (asset,) = duck.assets
    assert (asset.id, asset.kind) == ("duck-detection-0001", "model")
    assert [document.path for document in duck.documents] == ["zoo/intel/duck-detection-0001/README.md"]


def test_the_specification_gives_sizes_task_and_framework(duck):
    assert values(duck, "params") == ["7.1094M"]
    assert values(duck, "flops") == ["1.25G"]
    assert set(values(duck, "task")) == {"object-detection"}
    assert values(duck, "framework") == ["OpenVINO IR", "PyTorch"]
    assert "Min duck height: 20 pixels" in values(duck, "tag")


def test_a_row_of_a_table_is_evidence_of_origin_table(duck):
    (params,) = [fact for fact in duck.assets[0].facts if getattr(fact, "name", "") == "params"]
    assert params.evidence.quote == "| MParams           | 7.1094             |"
    assert params.evidence.origin == "table"


def test_original_and_converted_model_are_told_apart(duck):
    assert measured(duck) == [
        ("COCO", "val2017", "box AP", "41.5", "%"),
        ("Cityscapes", "validation", "mAP", "44.20", "%"),
        ("Cityscapes", "validation", "mAP (converted model)", "44.10", "%"),
        ("Cityscapes", "validation", "PSNR", "12.5", "dB"),
        ("Cityscapes", "validation", "PSNR (converted model)", "12.4", "dB"),
    ]


def test_model_yml_gives_weights_precision_and_licence(duck):
    assert values(duck, "size") == ["1234567 bytes (FP16-INT8/duck-detection-0001.bin)"]
    assert "FP16-INT8" in values(duck, "tag")
    assert values(duck, "license") == ["apache-2.0", "mit"]


def test_an_address_that_names_no_licence_gives_way_to_the_legal_section():
    unknown = MODEL.replace("openvinotoolkit/open_model_zoo", "someone/ducks")
    assert values(zoo({"README.md": README, "model.yml": unknown}), "license") == ["mit"]
    bare = README.replace("[MIT License]", "[terms]")
    assert values(zoo({"README.md": bare, "model.yml": unknown}), "license") == ["other"]


def test_a_composite_model_has_only_a_readme_and_sizes_by_part():
    text = """# duck-song (composite)

## Use Case and High-Level Description

Sings.

## Composite model specification

| Metric           | Value |
|------------------|-------|
| Source framework | ONNX\\* |

## Encoder model specification

| Metric  | Value |
|---------|-------|
| MParams | 21.2  |
| GFlops per second of audio | 2.5 |
"""
    card = zoo({"README.md": text}, "duck-song")
    assert values(card, "params") == ["21.2M (Encoder)"]
    assert values(card, "flops") == ["2.5G (Encoder, per second of audio)"]


def test_a_part_of_a_composite_model_has_only_model_yml():
    card = zoo({"model.yml": MODEL}, "duck-song/duck-song-encoder")
    assert card.assets[0].id == "duck-song-encoder"
    assert card.assets[0].summary == "Finds ducks on ponds."
    assert values(card, "task") == ["object-detection"]


def test_a_plain_readme_is_left_to_other_readers():
    assert not list(
        claim(make_folder("a", {"README.md": "# a\n\n| Metric | Value |\n|-|-|\n"}), [OpenModelZooReader()])
    )


def test_broken_yaml_is_a_warning_and_its_readable_keys_are_kept():
    card = zoo({"README.md": README, "model.yml": "task_type: detection\nfiles: [\n  }\nframework: tf\n"})
    assert card.warnings
    assert "TensorFlow" in values(card, "framework")


@pytest.mark.parametrize(
    ("label", "metric", "dataset", "split"),
    [
        ("WER @ LibriSpeech test-clean", "WER", "LibriSpeech", "test-clean"),
        ("Accuracy on GNHK test subset", "Accuracy", "GNHK", "test"),
        ("Accuracy on the alphanumeric subset of ICDAR03", "Accuracy", "ICDAR03", None),
        ("LFW accuracy", "accuracy", "LFW", None),
        ("VeRi-776 mAP", "mAP", "VeRi-776", None),
        ("Accuracy top-1 (ImageNet)", "Accuracy top-1", "ImageNet", None),
        ("AP (head height >10px)", "AP (head height >10px)", None, None),
        ("Exact match (EM)", "Exact match (EM)", None, None),
        ("AP for pedestrians", "AP for pedestrians", None, None),
        ("Gender accuracy", "Gender accuracy", None, None),
        ("Top 1", "Top 1", None, None),
    ],
)
def test_a_label_is_split_into_metric_data_and_split(label, metric, dataset, split):
    measure = measure_of(label)
    assert (measure.metric, measure.dataset, measure.split) == (metric, dataset, split)


def table(text: str) -> list[tuple[str | None, str | None, str]]:
    return [(found.dataset, found.metric, found.value) for found in results(read_markdown("a.md", text))]


def test_rows_may_be_datasets_or_classes():
    assert table("## Accuracy\n\n| Dataset | Accuracy | Dataset size |\n|-|-|-|\n| SVT | 88.5% | 647 |\n") == [
        ("SVT", "Accuracy", "88.5")
    ]
    assert table("## Accuracy\n\n| Label | IOU |\n|-|-|\n| **mean** | **0.7** |\n| Road | 0.9 |\n") == [
        (None, "mean IOU", "0.7"),
        (None, "IOU (Road)", "0.9"),
    ]


def test_a_table_without_the_line_of_dashes_is_a_table():
    assert table("## Accuracy\n\n| Metric | Value |\n| mAP | 6.1% |\n| PSNR | 20 dB |\n") == [
        (None, "mAP", "6.1"),
        (None, "PSNR", "20"),
    ]


def test_of_a_confusion_matrix_the_diagonal_is_read():
    text = "### Colour accuracy, %\n\n| | red | blue |\n|-|-|-|\n| red | **90.1** | 9.9 |\n| blue | 20 | 80 |\n"
    assert table(text) == [(None, "Colour accuracy (red)", "90.1"), (None, "Colour accuracy (blue)", "80")]


def test_private_data_is_not_replaced_by_a_public_name():
    text = "Pre-trained on ImageNet.\n\n## Accuracy\n\nTested on an internal dataset.\n\n"
    assert table(text + "| Metric | Value |\n|-|-|\n| AP | 88% |\n") == [(None, "AP", "88")]
    note = "## Specification\n\n| Metric | Value |\n|-|-|\n| AP | 0.44 (internal test set) |\n"
    assert table(note) == [("internal test set", "AP", "0.44")]


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_damaged_files_never_break_the_reader(data):
    files = {"README.md": README, "model.yml": MODEL}
    name = data.draw(st.sampled_from(sorted(files)))
    at, size = data.draw(st.integers(0, len(files[name]))), data.draw(st.integers(0, 60))
    files[name] = files[name][:at] + data.draw(st.text(max_size=30)) + files[name][at + size :]
    for bundle in claim(make_folder("duck", files), [OpenModelZooReader()]):
        read_checked(OpenModelZooReader(), bundle)


def test_every_model_of_the_corpus_has_its_data_and_its_rows():
    specified = re.compile(r"^\| *(?:Type|G?FLOPs|GFlops|GOps|MParams|Source framework) *\| *[^|\s-].*", re.M)
    counted = {"models": 0, "yaml": 0, "specified": 0, "accuracy": 0}
    for bundle, card in corpus_cards("open-model-zoo", OpenModelZooReader()):
        counted["models"] += 1
        found = quoted(card.assets[0])
        for file in bundle.companions:
            data = yaml.safe_load(file.text)
            assert f"task_type: {data['task_type']}" in found["task"], bundle.path
            assert f"framework: {data['framework']}" in found["framework"], bundle.path
            assert found["license"], bundle.path
            counted["yaml"] += 1
        attributes = {quote for name in ("task", "flops", "params", "framework") for quote in found[name]}
        for match in specified.finditer(bundle.primary.text):
            assert match[0].strip() in attributes, (bundle.path, match[0])
            counted["specified"] += 1
        for row in _accuracy_rows(bundle.primary.text):
            assert row in found["Evaluation"], (bundle.path, row)
            counted["accuracy"] += 1
    assert counted["models"] >= 144
    assert counted["accuracy"] > 150


def _accuracy_rows(text: str) -> list[str]:
    """Rows with a number under a heading `Accuracy`, found without any parser."""
    rows, inside = [], False
    for line in text.split("\n"):
        if line.startswith("#"):
            inside = "accuracy" in line.lower()
        elif inside and re.match(r"\|.*\|[ *]*[\d.]+[ *%dB]*\|", line.strip()):
            rows.append(line.strip())
    return rows
