"""Pages of TF Hub."""

import re
import time

import pytest
from format_reading import corpus_cards, facts, make_folder, read_checked, read_one, values
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.records import DerivedFrom, TrainedOn
from ingest.formats import claim
from ingest.formats.tfhub import TFHubReader

PAGE = """# Module acme/speech/tiny-encoder/3
Turns speech into vectors.

<!-- asset-path: internal -->
<!-- task: audio-embedding -->
<!-- dataset: librispeech -->
<!-- dataset: audioset, voxceleb -->
<!-- language: en -->
<!-- language: pt-br -->
<!-- network-architecture: conformer -->
<!-- fine-tunable: true -->
<!-- format: saved_model_2 -->
<!-- license: apache-2.0 -->

## Overview
A small encoder for spoken words that runs on a phone.
"""


def page(text: str):
    return read_one(TFHubReader(), "acme/models", {"1.md": text})


def test_a_module_page_is_a_model_under_the_id_of_its_heading():
    (asset,) = page(PAGE).assets
    assert (asset.id, asset.kind) == ("acme/speech/tiny-encoder/3", "model")
    assert asset.summary.startswith("Turns speech into vectors.")


def test_a_model_is_also_known_without_its_version():
    assert page(PAGE).assets[0].names == ("acme/speech/tiny-encoder", "tiny-encoder")


def test_every_comment_becomes_a_fact_with_the_comment_as_evidence():
    card = page(PAGE)
    assert [fact.dataset for fact in facts(card, TrainedOn)] == ["librispeech", "audioset", "voxceleb"]
    assert facts(card, TrainedOn)[1].evidence.quote == "<!-- dataset: audioset, voxceleb -->"
    assert facts(card, TrainedOn)[1].evidence.line_start == 7
    assert "feature-extraction" in values(card, "task")
    assert values(card, "language") == ["en", "pt"]
    assert values(card, "architecture") == ["conformer"]
    assert values(card, "license") == ["apache-2.0"]
    assert values(card, "framework") == ["TensorFlow"]
    assert values(card, "tag") == ["fine-tunable", "saved_model_2"]
    assert values(card, "organization") == ["acme"]


def test_multiple_is_no_dataset_but_is_kept():
    card = page(PAGE.replace("librispeech", "multiple"))
    assert "multiple" not in [fact.dataset for fact in facts(card, TrainedOn)]
    assert "dataset:multiple" in values(card, "tag")


def test_two_datasets_joined_by_and_are_two():
    card = page("# Module a/b/1\n<!-- dataset: wikipedia-and-bookscorpus -->\n")
    assert [fact.dataset for fact in facts(card, TrainedOn)] == ["wikipedia", "bookscorpus"]


def test_multilingual_stays_multilingual():
    assert values(page("# Module a/b/1\n<!-- language: multilingual -->\n"), "language") == ["multilingual"]


def test_a_deployment_page_is_converted_from_its_parent():
    card = page("# Lite acme/cat-net/int8/2\n<!-- parent-model: acme/cat-net/classification/2 -->\n")
    (fact,) = facts(card, DerivedFrom)
    assert (fact.base, fact.relation) == ("acme/cat-net/classification/2", "conversion")
    assert values(card, "framework") == ["TensorFlow Lite"]


def test_a_deployment_page_under_the_name_of_its_parent_is_not_its_own_parent():
    assert not facts(page("# Lite acme/cat-net/int8/1\n<!-- parent-model: acme/cat-net/int8 -->\n"), DerivedFrom)


@pytest.mark.parametrize("kind", ["Placeholder", "Collection", "Tfjs", "Coral"])
def test_other_kinds_of_pages_with_an_id_are_models_too(kind):
    assert page(f"# {kind} acme/cats/1\n\nCats.\n").assets[0].id == "acme/cats/1"


def test_a_publisher_page_is_a_document_without_asset():
    card = page("# Publisher acme\n\nWe make small models.\n")
    assert card.assets == ()
    assert card.documents[0].title == "Publisher acme"


@pytest.mark.parametrize(
    "text",
    [
        "# Module overview\n\nProse.\n",
        "# My model\n",
        "## Module a/b/1\n",
        "Text\n\n# Module a/b/1\n",
        "",
        "# Unit a/b/1\n",
    ],
)
def test_other_markdown_is_left_to_other_readers(text):
    assert not list(claim(make_folder("a/b", {"README.md": text}), [TFHubReader()]))


def test_a_licence_comment_above_the_heading_does_not_hide_it():
    assert page("<!-- Copyright of somebody -->\n# Module a/b/1\n").assets[0].id == "a/b/1"


def test_a_page_with_ten_thousand_comments_and_a_long_line_is_read_quickly():
    text = "# Module a/b/1\n" + "<!-- dataset: x -->\n" * 5_000 + "<!-- dataset" * 80_000
    started = time.perf_counter()
    page(text)
    assert time.perf_counter() - started < 10


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_page_never_breaks_the_reader(data):
    at, size = data.draw(st.integers(0, len(PAGE))), data.draw(st.integers(0, 40))
    text = PAGE[:at] + data.draw(st.text(max_size=30)) + PAGE[at + size :]
    for bundle in claim(make_folder("a", {"1.md": text}), [TFHubReader()]):
        read_checked(TFHubReader(), bundle)


def test_every_comment_of_the_corpus_is_in_the_facts():
    comment = re.compile(r"<!-- *(dataset|task|language|network-architecture|license|parent-model): *(\S+) *-->")
    counted = 0
    for bundle, card in corpus_cards("tfhub", TFHubReader()):
        quotes = {fact.evidence.quote for asset in card.assets for fact in asset.facts}
        for match in comment.finditer(bundle.primary.text):
            own_name = match[1] == "parent-model" and card.assets and card.assets[0].id.startswith(match[2])
            if card.assets and not own_name and match[0] != "<!-- network-architecture: other -->":
                assert match[0] in quotes, (bundle.path, match[0])
                counted += 1
    assert counted > 1_000
